"""Devices come from a table: shown first, then exactly that; known ones change, and nobody's name comes along."""

from typing import Any

import pytest

from medialab_hub.domain.acquisitions import Acquired
from medialab_hub.errors import Conflict, HubError
from medialab_hub.services import acquisitions, agents, device_files, inventory
from medialab_hub.services.subjects import require_device
from medialab_hub.storage.reading import Reading
from medialab_wire.reports import Identity, IdentityKind
from tests.fixtures import lab_words as say
from tests.fixtures.hub_core import HubCore

HEADER = "Inventarnummer;Name;Modell;Gerätetyp;Seriennummer;Raum;Koffer;Preis;Kaufdatum;Förderprogramm\r\n"
OWN = HEADER + "K-1;Biene 1;Bee-Bot;bee-bot;SN 1;Lager;Koffer 7;79,90;01.08.2025;DigitalPakt\r\nK-2;;Bee-Bot;;;;;;;\r\n"
SNIPE = (
    "Asset Name,Asset Tag,Serial,Model,Status,Location,Purchase Cost,Notes,Checked Out To: First Name,"
    "Checked Out To: Last Name,Checked Out To: Email\n"
    'Kamera 1,C-1,X9,Canon EOS,Ready to Deploy,Studio,1234.50,"lang\nund breit",Mia,Kanarienvogel,mia@voliere.example\n'
    ",C-2,,Canon EOS,Archived,Studio,12.3.4,,,,\n"
)


@pytest.fixture(autouse=True)
def with_hands(core: HubCore) -> None:
    """An agent that knows devices without an interface."""
    by_hand = say.MANIFEST.model_copy(update={"id": "checklist", "by_hand": True})
    inventory_ = say.inventory(version="v-1").model_copy(update={"drivers": (by_hand,)})
    core.do(agents.take_state, "pi", say.ready())
    core.do(agents.take_inventory, "pi", inventory_)


def look(core: HubCore, text: str) -> dict[str, Any]:
    return Reading(core.database)(lambda session: device_files.compared(session, text.encode(), people=False))


def take(core: HubCore, text: str, *, people: bool = False) -> dict[str, Any]:
    data = text.encode()
    seen = Reading(core.database)(lambda session: device_files.compared(session, data, people=people))["seen"]
    return core.do(device_files.take, data, seen, "staff", people=people)


def by_tag(core: HubCore) -> dict[str, dict[str, Any]]:
    found = (core.index.row(key) for key in core.index.ids())
    return {row["asset_tag"]: row for row in found if row and row["asset_tag"]}


def test_a_table_is_shown_taken_over_and_then_nothing_is_left_to_do(core: HubCore) -> None:
    shown = look(core, OWN)
    assert (shown["layout"], shown["new"], shown["refused"], shown["is_done"]) == ("own", 2, 0, False)
    assert shown["rows"][0]["fields"]["price"] == ("", "79.90") and shown["rows"][1]["name"] == "Bee-Bot K-2"
    assert by_tag(core) == {}
    assert take(core, OWN)["is_done"]
    bees = by_tag(core)
    assert (bees["K-1"]["name"], bees["K-2"]["name"]) == ("Biene 1", "Bee-Bot K-2")
    bought = core.read(acquisitions.of_device, bees["K-1"]["id"])
    assert (bought["price_cents"], str(bought["bought_on"]), bought["programme"]) == (7990, "2025-08-01", "DigitalPakt")
    again = look(core, OWN)
    assert (again["same"], again["rows"]) == (2, [])
    exported = core.read(device_files.exported).decode("utf-8-sig")
    assert "K-1;Biene 1;Bee-Bot;bee-bot;SN 1;Lager;Koffer 7;79.90;2025-08-01;;;;DigitalPakt;" in exported
    assert look(core, exported)["same"] == 2
    changed = OWN.replace("Biene 1", "Biene A").replace("Lager", "Werkstatt").replace("SN 1", "SN 2")
    assert look(core, changed)["rows"][0]["fields"] == {
        "name": ("Biene 1", "Biene A"), "location": ("Lager", "Werkstatt"), "serial": ("", "SN 2")
    }  # fmt: skip
    take(core, changed)
    assert by_tag(core)["K-1"]["name"] == "Biene A" and look(core, changed)["same"] == 2
    core.do(acquisitions.note, bees["K-2"]["id"], Acquired(supplier="Laden"), "staff")
    take(core, OWN.replace("K-2;;Bee-Bot;;;;;;;", "K-2;;Bee-Bot;;;;;12;;"))
    assert core.read(acquisitions.of_device, bees["K-2"]["id"])["supplier"] == "Laden", (
        "what the row does not say stays"
    )


def test_an_agent_finds_the_device_that_was_entered_and_no_second_one(core: HubCore) -> None:
    take(core, OWN)
    device = by_tag(core)["K-1"]["id"]
    (address,) = [one for one in core.read(lambda s: agents.config_for(s, "pi")).manual if "bee-bot" in one]
    said = Identity(kind=IdentityKind.UUID, value=address.removeprefix("checklist://"), scope="checklist")
    assert core.find("b1", identities=(said,), driver="checklist") == device
    assert by_tag(core)["K-1"]["name"] == "Biene 1"


def test_of_an_export_of_snipe_it_people_come_along_only_when_asked_for(core: HubCore) -> None:
    shown = look(core, SNIPE)
    assert (shown["layout"], shown["new"], shown["refused"], shown["people"]) == ("snipe-it", 1, 1, 0)
    assert shown["ignored"] == ["Status", "Notes"] and len(shown["people_columns"]) == 3
    (flaw,) = shown["rows"][1]["flaws"]
    assert (shown["rows"][1]["row"], flaw["field"]) == (4, "price") and "1234,50" in flaw["text"]["de"]
    assert take(core, SNIPE)["people"] == 0 and look(core, SNIPE)["same"] == 1
    everything = core.do(lambda uow: str(uow.session.connection().exec_driver_sql("SELECT * FROM person").all()))
    assert everything == "[]"
    assert take(core, SNIPE, people=True)["people"] == 1
    assert take(core, SNIPE, people=True)["people"] == 0, "known by the address"


def test_what_was_not_seen_is_not_taken(core: HubCore) -> None:
    seen = look(core, OWN)["seen"]
    other = OWN.replace("79,90", "79,91").encode()
    with pytest.raises(Conflict, match="not-as-seen"):
        core.do(device_files.take, other, seen, "staff", people=False)
    take(core, HEADER + "K-2;Anders;;;;;;;;\r\n")
    with pytest.raises(Conflict, match="not-as-seen"):
        core.do(device_files.take, OWN.encode(), seen, "staff", people=False)


def test_rows_that_cannot_be_are_named_and_the_others_go_on(core: HubCore) -> None:
    take(core, OWN)
    key = by_tag(core)["K-2"]["id"]
    version = core.do(lambda uow: require_device(uow, key).version)
    core.do(inventory.retire, key, version, "kaputt", "staff")
    rows = [
        "K-2;x;;;;;;;;",
        "K-3;x;;;SN 1;;;;;",
        "K-4;x;;Waschmaschine;;;;;;",
        ";x;;;;;;;;",
        "K-5;a;;;;;;;;",
        "k-5;b;;;;;;;;",
        "K-6;x;;;;;;;32.13.2020;",
        "K-7;x;;;S;;;;;",
        "K-8;x;;;s;;;;;",
        "K-9;=cmd|' /C calc'!A0;;;;;;;;",
    ]
    told = look(core, HEADER + "\r\n".join(rows))
    flawed = {row["row"]: [flaw["field"] for flaw in row["flaws"]] for row in told["rows"]}
    assert flawed == {2: ["tag"], 3: ["serial"], 4: ["device_class"], 5: ["tag"], 6: [], 7: ["tag"], 8: ["bought_on"],
                      9: [], 10: ["serial"], 11: []}  # fmt: skip
    take(core, HEADER + "\r\n".join(rows))
    assert {"K-5", "K-7", "K-9"} <= set(by_tag(core)) and not {"K-3", "K-4", "K-6", "K-8"} & set(by_tag(core))
    assert "'=cmd" in core.read(device_files.exported).decode("utf-8-sig")


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfeI\0n\0", b"PK\x03\x04\0\0", (HEADER + '"K-1;x').encode(), b"Name\nx", HEADER.encode("utf-16"),
     (HEADER + "K-1;" + "x" * 30_000).encode(), (HEADER + "".join(f"K-{n};x;;;;;;;;\n" for n in range(2001))).encode(),
     b";" * 300 + b"Inventarnummer\n1"],
)  # fmt: skip
def test_a_file_that_is_none_is_refused_in_words(core: HubCore, data: bytes) -> None:
    with pytest.raises(HubError) as refused:
        core.read(device_files.compared, data, people=False)
    assert refused.value.code in ("file-unreadable", "file-too-long") and refused.value.title.de
