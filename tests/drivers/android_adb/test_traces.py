"""The residue corpus: every trace is gone after a session reset, or a failed check names it."""

import pytest

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_models import PICO, QUEST, TABLET, Model
from medialab_agent.drivers.android_adb.simulator_traces import TRACES, leave
from medialab_wire.progress import Outcome

_REMOVED = {
    "photo",
    "video",
    "music",
    "recording",
    "document",
    "download",
    "screenshot",
    "empty-file",
    "named-folder",
    "hidden-file",
    "thumbnail",
    "messenger-media",
    "orphan-obb",
    "orphan-data",
    "new-app",
    "brightness",
    "font",
    "language",
    "rotation",
    "dark-mode",
    "keyboard-choice",
    "listener",
    "accessibility",
    "mock-location",
    "vpn",
    "owner-text",
    "proxy",
    "dns",
    "airplane",
    "stay-on",
    "device-name",
    "wifi",
    "contact",
    "event",
    "word",
    "guardian-paused",
}
"""Traces a session reset of a tablet removes by itself."""
_ON_HEADSETS = {"awake", "headset-capture", "guardian-paused"}
_HARMLESS = {"updated-app"}
"""Not a trace of a person: newer versions are allowed."""


@pytest.mark.parametrize("trace", sorted(TRACES))
async def test_a_trace_is_gone_or_named(bench, trace: str) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=QUEST if trace in _ON_HEADSETS else TABLET))
    leave(made.simulator.state, trace)
    assert made.simulator.residue() or trace in _HARMLESS
    run = await made.reset()
    left = made.simulator.residue()
    assert not left or run.failed or trace in _HARMLESS, left
    if trace in _REMOVED | _HARMLESS:
        assert run.outcome is Outcome.CLEAN, (run.failed, run.trouble)


@pytest.mark.parametrize("model", [TABLET, QUEST, PICO], ids=lambda model: model.product)
async def test_all_removable_traces_together(bench, model: Model) -> None:
    made = await bench(AndroidSimulator("SN-4711", model=model))
    for trace in sorted(_REMOVED if model is QUEST else _REMOVED - _ON_HEADSETS):
        leave(made.simulator.state, trace)
    run = await made.reset()
    assert (run.outcome, made.simulator.residue()) == (Outcome.CLEAN, {}), run.failed


def test_the_corpus_is_large_enough() -> None:
    assert len(TRACES) >= 40
