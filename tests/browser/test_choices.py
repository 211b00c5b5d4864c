"""What only a person can decide: which driver a device gets."""

from playwright.sync_api import expect

from medialab_hub.services import agents
from tests.browser.paper_agent import AGENT
from tests.browser.visitor import Visitor

THING = "Unbekanntes Ding"


def test_a_person_chooses_between_drivers_and_the_agent_hears_it(visitor: Visitor) -> None:
    lab = visitor.lab
    thing = lab.agent.devices["what"]
    thing.candidates = ("paper", "rocket")
    lab.agent.report(thing)
    page = visitor.open_device(THING)
    expect(page.get_by_role("button", name="Treiber „rocket“ nehmen")).to_be_visible()
    page.get_by_role("button", name="Treiber „Papiertablet“ nehmen").click()
    expect(page.get_by_text("Der Treiber ist gewählt.").first).to_be_visible()
    config = lab.hub.run(lambda uow: agents.config_for(uow.session, AGENT))
    assert config.choices == {"what": "paper"}
    thing.candidates = ()
    lab.agent.report(thing)
    expect(page.get_by_role("button", name="Treiber „rocket“ nehmen")).to_have_count(0)
