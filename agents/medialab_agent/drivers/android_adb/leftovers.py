"""The scan for what no step of a reset handles: other folders, apps' files, memory cards, administrators. Pure."""

from medialab_agent.drivers.android_adb.evidence import UNKNOWN, Evidence, Finding, judge
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
    return listed(count(*name, number) for name, number in _leftover_counts(see).items() if number)


def _leftover_counts(see: Evidence) -> dict[tuple[str, str], int]:
    then, now, profile = see.baseline, see.now, see.profile
    listed = set(then.get("files") or ())
    elsewhere = [
        path
        for path in now.files or ()
        if not profile.is_learners(path) and not profile.leads_to_learners(path) and not profile.is_ignored(path)
    ]
    tmp = set(then.get("tmp_files") or ())
    return {
        ("unbekannte Dateien", "unknown files"): sum(1 for path in elsewhere if path_id(path) not in listed)
        if then.get("files") is not None
        else 0,
        ("Dateien von Apps", "app files"): len(see.wanted.app_files_to_delete()) + _stray_app_files(see),
        ("übertragene Dateien", "transfer files"): sum(1 for path in now.tmp_files or () if path_id(path) not in tmp),
        ("Speicherkarten", "memory cards"): len((now.volumes or frozenset()) - set(then.get("volumes") or ())),
        ("Verwaltungs-Apps", "administrators"): len((now.admins or frozenset()) - set(then.get("admins") or ())),
    }


def _stray_app_files(see: Evidence) -> int:
    """Files right under Android/, in no app's folder."""
    known = set(see.baseline.get("app_files") or ())
    kinds = ("data/", "media/", "obb/")
    inside = (path.removeprefix("/sdcard/Android/") for path in see.now.app_files or () if path_id(path) not in known)
    return sum(1 for path in inside if not path.startswith(kinds) or path.count("/") < 2)
