"""What people left behind: counts beyond those of the recorded good state."""

from collections.abc import Mapping


def beyond(traces: Mapping[str, int], kept: Mapping[str, int]) -> dict[str, int]:
    """Each kind's count minus what the good state already had; never below zero."""
    return {kind: max(0, count - kept.get(kind, 0)) for kind, count in traces.items()}
