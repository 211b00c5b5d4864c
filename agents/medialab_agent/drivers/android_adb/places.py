"""Where files lie, in words for the record: only folders that every Android has, never a name somebody gave. Pure."""

from collections import Counter
from collections.abc import Iterable

from medialab_agent.drivers.android_adb.profiles import Profile
from medialab_wire.texts import Text

_OUTER = ("/sdcard/Android/data", "/sdcard/Android/media", "/sdcard/Android/obb", "/sdcard/Android", "/data/local/tmp")
_TOP = Text(de="direkt unter /sdcard", en="right under /sdcard")
_ELSEWHERE = Text(de="in anderen Ordnern unter /sdcard", en="in other folders under /sdcard")


def by_place(paths: Iterable[tuple[str, bool]], profile: Profile) -> list[Text]:
    """How many files lie where, such as "1 Datei unter /sdcard/DCIM"; of each path: whether it is a folder."""
    found = list(paths)
    files = Counter(_place(path, profile, is_folder=False) for path, is_folder in found if not is_folder)
    folders = Counter(_place(path, profile, is_folder=True) for path, is_folder in found if is_folder)
    return [
        _amount(number, is_folder, place)
        for counted, is_folder in ((files, False), (folders, True))
        for place, number in sorted(counted.items(), key=lambda item: item[0].de)
        if not (is_folder and place in files)
    ]


def _amount(number: int, is_folder: bool, place: Text) -> Text:
    de = ("Ordner", "Ordner") if is_folder else ("Datei", "Dateien")
    en = ("folder", "folders") if is_folder else ("file", "files")
    return Text(
        de=f"{number} {de[number != 1]} {place.de}",
        en=f"{number} {en[number != 1]} {place.en}",
    )


def _place(path: str, profile: Profile, *, is_folder: bool) -> Text:
    known = (*_OUTER, *(f"/sdcard/{folder}" for folder in profile.folders))
    for folder in known:
        if path.startswith(folder + "/"):
            return Text(de=f"unter {folder}", en=f"under {folder}")
    return _TOP if path.count("/") == 2 and not is_folder else _ELSEWHERE
