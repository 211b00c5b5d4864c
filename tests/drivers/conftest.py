"""The workbench every driver suite runs on."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from medialab_agent.practice_lab.bench import RuntimeBench, open_bench
from medialab_agent.sdk.simulator import Simulator
from medialab_agent.sdk.testing.bench import OpenBench

pytest.register_assert_rewrite("medialab_agent.sdk.testing.suite")


@pytest.fixture(name="open_bench")
def open_bench_fixture(tmp_path: Path) -> OpenBench:
    """Opens a bench with a journal of its own each time."""
    count = iter(range(100))

    def make(
        driver: str, simulator: Simulator, settings: Mapping[str, str]
    ) -> AbstractAsyncContextManager[RuntimeBench]:
        return open_bench(tmp_path / f"agent-{next(count)}", driver, simulator, settings)

    return make
