"""The scan for what no step of a reset handles: other folders, apps' files, memory cards, administrators. Pure."""

from medialab_agent.drivers.android_adb.evidence import UNKNOWN, Evidence, Finding, judge
from medialab_agent.drivers.android_adb.places import by_place
from medialab_agent.drivers.android_adb.reset import path_id
from medialab_agent.sdk.evidence import count, listed
from medialab_wire.progress import CheckResult
from medialab_wire.texts import Text

NOTHING = Text(de="nichts", en="nothing")


def leftovers(see: Evidence) -> Finding:
    """Nothing anywhere else: other folders of /sdcard, Android/, the transfer folder, memory cards, administrators."""
    then, now = see.baseline, see.now
    lists = (now.files, now.app_files, now.tmp_files, now.volumes, now.admins)
    known = tuple(then.get(key) for key in ("files", "app_files", "tmp_files", "volumes", "admins"))
    if any(part is None for part in lists + known):
        return _partly_read(see)
    found = _found(see)
    return judge(found is None, NOTHING, found or NOTHING)


def _partly_read(see: Evidence) -> Finding:
    found = _found(see)
    return Finding(CheckResult.FAILED, NOTHING, found) if found else UNKNOWN


def _found(see: Evidence) -> Text | None:
    others = (count(*name, number) for name, number in _leftover_counts(see).items() if number)
    return listed((*by_place(_leftover_files(see), see.profile), *others))


def _leftover_files(see: Evidence) -> list[tuple[str, bool]]:
    """Paths nobody handles, and whether each is a folder."""
    then, now, profile = see.baseline, see.now, see.profile
    known = set(then.get("files") or ())
    is_recorded = then.get("files") is not None
    elsewhere = [
        path
        for path in now.files or ()
        if not profile.is_learners(path) and not profile.leads_to_learners(path) and not profile.is_ignored(path)
    ]
    tmp = set(then.get("tmp_files") or ())
    return [
        *((path, (now.files or {})[path] < 0) for path in elsewhere if path_id(path) not in known and is_recorded),
        *((path, False) for path in (*see.wanted.app_files_to_delete(), *_stray_app_files(see))),
        *((path, False) for path in now.tmp_files or () if path_id(path) not in tmp),
    ]


def _leftover_counts(see: Evidence) -> dict[tuple[str, str], int]:
    then, now = see.baseline, see.now
    return {
        ("Speicherkarten", "memory cards"): len((now.volumes or frozenset()) - set(then.get("volumes") or ())),
        ("Verwaltungs-Apps", "administrators"): len((now.admins or frozenset()) - set(then.get("admins") or ())),
    }


def _stray_app_files(see: Evidence) -> list[str]:
    """Files right under Android/, in no app's folder."""
    known = set(see.baseline.get("app_files") or ())
    kinds = ("data/", "media/", "obb/")
    inside = {
        path: path.removeprefix("/sdcard/Android/") for path in see.now.app_files or () if path_id(path) not in known
    }
    return [path for path, below in inside.items() if not below.startswith(kinds) or below.count("/") < 2]
