"""`medialab-agent doctor`: what this machine lacks, with the one command that helps."""

import json
from typing import Literal

from medialab_agent.discovery.doctor import collect, findings, spoken
from medialab_agent.runtime.shelf import Shelf


def examine(lang: Literal["de", "en"], *, as_json: bool) -> int:
    """Print every finding; 1 when something is missing."""
    shelf = Shelf()
    found = findings(collect(shelf.manifests))
    if as_json:
        print(json.dumps([finding.model_dump() for finding in found], ensure_ascii=False, indent=2))
    else:
        print("\n".join(spoken(finding, lang) for finding in found))
    return 0 if all(finding.ok for finding in found) else 1
