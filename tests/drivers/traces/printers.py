"""Traces on printers: files, films, prints, heat, speed, settings."""

from typing import Any

from medialab_agent.drivers.bambu.simulator import RESIDUE as BAMBU_RESIDUE
from medialab_agent.drivers.bambu.simulator import BambuSimulator
from medialab_agent.drivers.moonraker.simulator import MoonrakerSimulator
from medialab_agent.drivers.octoprint.simulator import OctoPrintSimulator
from medialab_agent.drivers.prusalink.simulator import PrusaLinkSimulator
from medialab_agent.sdk.simulator import Fault
from medialab_agent.sdk.testing.bench import Bench
from medialab_wire.progress import ExecutionStatus, Outcome
from tests.drivers.traces.planting import Family, Trace

GCODE = b"G28\nM104 S210\nM140 S60\n" + b"G1 X1 Y1\n" * 50
NEW = 1_795_400_000
"""A time after the staff's files."""


def _heats(simulator: Any) -> bool:
    heaters = simulator.machine.heaters
    return any(heater.target for heater in (heaters() if callable(heaters) else heaters).values())


def _prints(simulator: Any) -> bool:
    simulator.machine.advance()
    return bool(simulator.machine.has_job)


async def _pair(bench: Bench, _simulator: OctoPrintSimulator) -> None:
    await bench.until(lambda report: report.help is not None)
    assert (await bench.order("pair")).status is ExecutionStatus.SUCCEEDED


def _start_octoprint(simulator: OctoPrintSimulator) -> None:
    simulator.machine.selected = ("local", "werkstatt/namensschild.gcode")
    simulator.machine.start(GCODE)


def _pause_octoprint(simulator: OctoPrintSimulator) -> None:
    _start_octoprint(simulator)
    simulator.machine.pause(True)


OCTOPRINT = Family(
    "octoprint",
    "OctoPrint",
    lambda: OctoPrintSimulator("traces-1", allow_after_s=0.0),
    (
        Trace("file", lambda s: s.store.put("anna.gcode", GCODE), lambda s: ("local", "anna.gcode") in s.store.files,
              "learner_files"),
        Trace("deep-file", lambda s: s.store.put("a/b/c/Würfel Çelik.gcode", GCODE), lambda s: "a" in s.store.folders,
              "learner_files"),
        Trace("empty-folder", lambda s: s.store.add_folder("klasse 7b"), lambda s: "klasse 7b" in s.store.folders,
              "learner_files"),
        Trace("card-file", lambda s: s.put_on_card("anna~1.gco"), lambda s: ("sdcard", "anna~1.gco") in s.store.files,
              "learner_files"),
        Trace("timelapse", lambda s: s.store.movies.append("anna.mp4"), lambda s: s.store.movies, "timelapses"),
        Trace("frames", lambda s: s.store.frames.update(ben=3), lambda s: s.store.frames, "timelapses"),
        Trace("changed-profile", lambda s: s.store.change_profile("_default", {"volume": {"depth": 123.0}}),
              lambda s: s.store.profiles["_default"]["volume"]["depth"] == 123.0),
        Trace("own-profile", lambda s: s.store.change_profile("ninja", {"name": "Ninja"}),
              lambda s: "ninja" in s.store.profiles),
        Trace("speed", lambda s: s.machine.overrides.update(M220=250), lambda s: s.machine.overrides["M220"] != 100),
        Trace("flow", lambda s: s.machine.overrides.update(M221=80), lambda s: s.machine.overrides["M221"] != 100),
        Trace("heat", lambda s: setattr(s.machine.heaters()["bed"], "target", 60.0), _heats),
        Trace("print", _start_octoprint, lambda s: _prints(s) or _heats(s)),
        Trace("paused-print", _pause_octoprint, lambda s: _prints(s) or _heats(s)),
        Trace("selected-file", lambda s: setattr(s.machine, "selected", ("local", "werkstatt/namensschild.gcode")),
              lambda s: s.machine.selected),
    ),
    prepare=_pair,
)  # fmt: skip


def _put(root: str, path: str, content: bytes = GCODE) -> Any:
    return lambda s: s.parts.store.put(root, path, content)


def _there(root: str, path: str) -> Any:
    return lambda s: (root, path) in s.parts.store.files


def _moonraker(name: str, **values: Any) -> Trace:
    """A changed value of the machine."""

    def plant(simulator: MoonrakerSimulator) -> None:
        for key, value in values.items():
            setattr(simulator.parts.machine, key, value)

    return Trace(name, plant, lambda s: any(getattr(s.parts.machine, key) == value for key, value in values.items()))


def _klipper_heats(simulator: MoonrakerSimulator) -> bool:
    return any(heater.target for heater in simulator.parts.machine.heaters().values())


def _klipper_prints(simulator: MoonrakerSimulator) -> bool:
    simulator.parts.machine.advance()
    return simulator.parts.machine.has_job or _klipper_heats(simulator)


def _start_klipper(simulator: MoonrakerSimulator) -> None:
    simulator.parts.machine.start("werkstatt/namensschild.gcode", GCODE)


def _pause_klipper(simulator: MoonrakerSimulator) -> None:
    _start_klipper(simulator)
    simulator.parts.machine.pause()


MOONRAKER = Family(
    "moonraker",
    "Klipper",
    lambda: MoonrakerSimulator("traces-1"),
    (
        Trace("file", _put("gcodes", "anna.gcode"), _there("gcodes", "anna.gcode"), "learner_files"),
        Trace("unusual-file", _put("gcodes", ".versteckt/geheim.txt", b"names"),
              _there("gcodes", ".versteckt/geheim.txt"), "learner_files"),
        Trace("empty-folder", lambda s: s.parts.store.folders.add(("gcodes", "klasse 7b")),
              lambda s: ("gcodes", "klasse 7b") in s.parts.store.folders, "learner_files"),
        Trace("replaced-file", _put("gcodes", "werkstatt/namensschild.gcode", b"G28\nM104 S205\nM140 S60\nG1 X51 Y10\n"
              ),
              lambda s: b"X51" in s.parts.store.files.get(("gcodes", "werkstatt/namensschild.gcode"), b"")),
        Trace("timelapse", _put("timelapse", "anna.mp4"), _there("timelapse", "anna.mp4"), "timelapses"),
        Trace("frames", _put("timelapse_frames", "frame0001.jpg"), _there("timelapse_frames", "frame0001.jpg"),
              "timelapses", Outcome.QUARANTINED, "timelapses"),
        Trace("queue", lambda s: s.parts.store.queue.append("anna.gcode"), lambda s: s.parts.store.queue,
              "queued_jobs"),
        Trace("history", lambda s: s.parts.store.note_print("anna.gcode", "complete"), lambda s: s.parts.store.history,
              "history"),
        _moonraker("speed", speed_factor=2.5),
        _moonraker("flow", extrude_factor=0.8),
        _moonraker("fan", fan=1.0),
        _moonraker("offset", offset_z=0.15),
        Trace("heat", lambda s: setattr(s.parts.machine.heaters()["extruder"], "target", 210.0), _klipper_heats),
        Trace("print", _start_klipper, _klipper_prints),
        Trace("paused-print", _pause_klipper, _klipper_prints),
        Trace("changed-settings", _put("config", "printer.cfg", b"[printer]\nkinematics: cartesian\n"),
              lambda s: b"cartesian" in s.parts.store.files["config", "printer.cfg"],
              "", Outcome.QUARANTINED, "configuration"),
        Trace("own-macro", _put("config", "macros/anna.cfg", b"[gcode_macro ANNA]\n"),
              _there("config", "macros/anna.cfg"), "", Outcome.QUARANTINED, "configuration"),
    ),
)  # fmt: skip


def _prusa_file(path: str, storage: str = "local", content: bytes | None = GCODE) -> tuple[Any, Any]:
    def plant(simulator: PrusaLinkSimulator) -> None:
        simulator.store.disks.setdefault(storage, {})
        simulator.store.put(storage, path, content, NEW)

    return plant, lambda s: path in s.store.disks[storage]


def _on_card(simulator: PrusaLinkSimulator) -> None:
    _prusa_file("ANNA.GCO", "sdcard")[0](simulator)
    simulator.store.read_only = frozenset({"sdcard"})


def _factor(name: str, percent: float) -> Trace:
    return Trace(name, lambda s: s.machine.factors.update({name: percent}), lambda s: s.machine.factors[name] != 100)


def _prusa_print(simulator: PrusaLinkSimulator) -> None:
    simulator.machine.start((simulator.storage, "werkstatt/namensschild.gcode"), GCODE)


def _prusa(*, is_buddy: bool) -> PrusaLinkSimulator:
    serial = "10589-3742441630000009" if is_buddy else "CZPX0009"
    return PrusaLinkSimulator(serial, is_buddy=is_buddy, settle_s=0.2, lag_s=0.05, rescan_s=0.05, slow_s=0.05)


PRUSALINK = Family(
    "prusalink",
    "PrusaLink on a Pi",
    lambda: _prusa(is_buddy=False),
    (
        Trace("file", *_prusa_file("anna.gcode"), "learner_files"),
        Trace("deep-file", *_prusa_file("klasse 7b/b/Würfel.gcode"), "learner_files"),
        Trace("empty-folder", *_prusa_file("klasse 7b", content=None), "learner_files"),
        Trace("card-file", _on_card, lambda s: "ANNA.GCO" in s.store.disks["sdcard"], "learner_files",
              Outcome.QUARANTINED, "learner-files"),
        _factor("speed", 250.0),
        _factor("flow", 80.0),
        Trace("heat", lambda s: setattr(s.machine.heaters["nozzle"], "target", 210.0), _heats),
        Trace("print", _prusa_print, lambda s: _prints(s) or _heats(s)),
    ),
)  # fmt: skip

BUDDY = Family(
    "prusalink",
    "PrusaLink in Buddy firmware",
    lambda: _prusa(is_buddy=True),
    (
        Trace("usb-file", *_prusa_file("anna.gcode", "usb"), "learner_files"),
        Trace("print", _prusa_print, lambda s: _prints(s) or _heats(s)),
    ),
)


def _bambu_file(path: str, content: bytes | None = b"PK" * 10) -> tuple[Any, Any]:
    return lambda s: s.storage.files.update({path: content}), lambda s: path in s.storage.files


def _bambu_field(name: str, value: Any, usual: Any) -> tuple[Any, Any]:
    return lambda s: s.machine.fields.update({name: value}), lambda s: s.machine.fields[name] != usual


def _stubborn_film(simulator: BambuSimulator) -> None:
    simulator.faults.add(Fault.RESIDUE)
    simulator.storage.files[BAMBU_RESIDUE] = b"film"


BAMBU = Family(
    "bambu",
    "Bambu",
    lambda: BambuSimulator("01P00A000000019", address="127.44.0.19", tick_s=0.05, notify_s=0.1),
    (
        Trace("file", *_bambu_file("/anna.gcode.3mf"), "learner_files"),
        Trace("deep-file", lambda s: s.storage.files.update({"/klasse 7b": None, "/klasse 7b/Würfel Çelik.3mf": b"PK"}),
              lambda s: "/klasse 7b" in s.storage.files, "learner_files"),
        Trace("cached-file", *_bambu_file("/cache/ben.3mf"), "learner_files"),
        Trace("timelapse", *_bambu_file("/timelapse/video_2026.mp4"), "timelapses"),
        Trace("thumbnail", *_bambu_file("/timelapse/thumbnail/video_2026.jpg"), "timelapses"),
        Trace("stubborn-film", _stubborn_film, lambda s: BAMBU_RESIDUE in s.storage.files, "timelapses",
              Outcome.QUARANTINED, "timelapses"),
        Trace("speed", *_bambu_field("spd_lvl", 4, 2)),
        Trace("heat", *_bambu_field("nozzle_target_temper", 200.0, 0.0)),
        Trace("print", lambda s: s.machine.begin("x.3mf"), lambda s: s.machine.is_working),
        Trace("card-taken-out", *_bambu_field("sdcard", False, True), "", Outcome.UNVERIFIED, "learner-files"),
    ),
    tells_changes=True,
)  # fmt: skip

FAMILIES = (OCTOPRINT, MOONRAKER, PRUSALINK, BUDDY, BAMBU)
