"""The areas of the Medienkompetenzrahmen NRW: six fields of four each.

Source: Medienberatung NRW, Medienkompetenzrahmen NRW, https://medienkompetenzrahmen.nrw"""

from medialab_wire.texts import Text


def _area(de: str, en: str) -> Text:
    return Text(de=de, en=en)


AREAS = {
    "1.1": _area("Medienausstattung (Hardware)", "Media equipment (hardware)"),
    "1.2": _area("Digitale Werkzeuge", "Digital tools"),
    "1.3": _area("Datenorganisation", "Organising data"),
    "1.4": _area("Datenschutz und Informationssicherheit", "Data protection and information security"),
    "2.1": _area("Informationsrecherche", "Searching for information"),
    "2.2": _area("Informationsauswertung", "Using information"),
    "2.3": _area("Informationsbewertung", "Rating information"),
    "2.4": _area("Informationskritik", "Questioning information"),
    "3.1": _area("Kommunikations- und Kooperationsprozesse", "Ways to communicate and cooperate"),
    "3.2": _area("Kommunikations- und Kooperationsregeln", "Rules of communication and cooperation"),
    "3.3": _area("Kommunikation und Kooperation in der Gesellschaft", "Communication and cooperation in society"),
    "3.4": _area("Cybergewalt und -kriminalität", "Violence and crime on the net"),
    "4.1": _area("Medienproduktion und Präsentation", "Producing and presenting media"),
    "4.2": _area("Gestaltungsmittel", "Means of design"),
    "4.3": _area("Quellendokumentation", "Naming sources"),
    "4.4": _area("Rechtliche Grundlagen", "Legal basics"),
    "5.1": _area("Medienanalyse", "Analysing media"),
    "5.2": _area("Meinungsbildung", "Forming opinions"),
    "5.3": _area("Identitätsbildung", "Forming identity"),
    "5.4": _area("Selbstregulierte Mediennutzung", "Using media in a self-controlled way"),
    "6.1": _area("Prinzipien der digitalen Welt", "Principles of the digital world"),
    "6.2": _area("Algorithmen erkennen", "Recognising algorithms"),
    "6.3": _area("Modellieren und Programmieren", "Modelling and programming"),
    "6.4": _area("Bedeutung von Algorithmen", "What algorithms mean to us"),
}
"""Area by its number, in the order of the framework."""
