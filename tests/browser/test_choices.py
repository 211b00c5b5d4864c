"""What only a person can decide: which driver a device gets."""

from playwright.sync_api import expect

from medialab_hub.services import agents
from medialab_hub.services.agent_rows import AGENTS
from medialab_hub.storage.tables import Agent
from medialab_hub.storage.unit_of_work import UnitOfWork
from tests.browser.lab import Lab
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
    page.get_by_text("Doch ein anderes Gerät").click()
    page.get_by_role("button", name="Noch nicht entscheiden").click()
    expect(page.get_by_text("Doch ein anderes Gerät")).to_have_count(0)
    assert lab.hub.run(lambda uow: agents.config_for(uow.session, AGENT)).choices == {}
    thing.candidates = ()
    lab.agent.report(thing)
    expect(page.get_by_role("button", name="Treiber „rocket“ nehmen")).to_have_count(0)


def call_computer(lab: Lab, host: str) -> None:
    def named(uow: UnitOfWork) -> None:
        agent = uow.session.get(Agent, AGENT)
        assert agent is not None
        agent.host = host
        uow.touch(AGENTS, AGENT)

    lab.hub.run(named)


def test_a_device_names_the_computer_it_hangs_on_not_its_agent(visitor: Visitor) -> None:
    call_computer(visitor.lab, "wagen-3")
    try:
        page = visitor.open_device(THING)
        expect(page.get_by_text("über wagen-3")).to_be_visible()
    finally:
        call_computer(visitor.lab, "paper")
