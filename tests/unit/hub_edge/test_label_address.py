"""What a label's code says, on a hub others can open and on one they cannot."""

from medialab_hub.adapters.labels import LabelPrinter


def test_a_label_leads_to_its_device() -> None:
    assert LabelPrinter("http://medialab.local:8080/").address("ML-0007") == "HTTP://MEDIALAB.LOCAL:8080/FIND/ML-0007"


def test_a_hub_nobody_else_reaches_prints_no_address_that_would_be_wrong_elsewhere() -> None:
    assert LabelPrinter(None).address("ML-0007") == "ML-0007"
