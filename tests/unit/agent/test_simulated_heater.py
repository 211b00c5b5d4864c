"""A simulated heater follows its target at its own pace."""

from medialab_agent.sdk.simulated_heater import Heater


def test_it_warms_to_its_target_and_cools_to_the_room() -> None:
    heater = Heater(ambient=20.0, heats=10.0, cools=5.0)
    heater.advance(100.0)
    assert heater.actual == 20.0
    heater.target = 60.0
    heater.advance(102.0)
    assert heater.actual == 40.0
    heater.advance(200.0)
    assert heater.actual == 60.0
    heater.target = 0.0
    heater.advance(204.0)
    assert heater.actual == 40.0
    heater.advance(300.0)
    assert heater.actual == 20.0
