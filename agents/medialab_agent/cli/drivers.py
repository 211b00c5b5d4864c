"""`medialab-agent drivers`: what is on the shelf."""

from medialab_agent.runtime.shelf import Shelf


def list_drivers() -> int:
    """Print one line a driver, and what is broken; 1 when something is."""
    shelf = Shelf()
    for manifest in shelf.manifests:
        levels = ", ".join(level.id for level in manifest.levels) or "-"
        print(f"{manifest.id:<16} {manifest.quality.value:<8} {manifest.name.de} / {manifest.name.en}; {levels}")
    for fact in shelf.facts():
        reason = fact.reason or fact.title
        print(f"! {reason.de} / {reason.en}")
    return 1 if shelf.facts() else 0
