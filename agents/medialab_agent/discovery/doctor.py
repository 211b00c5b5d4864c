"""What this machine lacks for the devices it is to serve: facts in, findings with one command each out; pure."""

import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from medialab_agent.discovery import ble_texts, doctor_texts, mdns_texts, usb_texts
from medialab_agent.discovery.doctor_facts import Facts, collect, rule_key
from medialab_wire.base import WireModel
from medialab_wire.capabilities import DriverManifest
from medialab_wire.texts import Text

__all__ = ["Facts", "Finding", "collect", "findings", "spoken"]


class Finding(WireModel):
    """One thing looked at. `remedy` is the one command to type; empty when all is well or hands are needed."""

    name: str
    ok: bool
    text: Text
    remedy: str = ""


@dataclass(frozen=True)
class _Need:
    """Something drivers ask for, by whom, and the packages those name."""

    what: str
    drivers: tuple[Text, ...]
    debian: tuple[str, ...]
    python: tuple[str, ...]


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Everything looked at, buses first, in a stable order."""
    checks = (_buses, _tools, _packages, _groups, _rules)
    return tuple(finding for check in checks for finding in check(facts))


def spoken(finding: Finding, lang: Literal["de", "en"]) -> str:
    """For a terminal: one line, and a second one with the command."""
    mark = {("de", True): "ok   ", ("de", False): "fehlt", ("en", True): "ok     ", ("en", False): "missing"}
    line = f"{mark[lang, finding.ok]}  {finding.text.de if lang == 'de' else finding.text.en}"
    return f"{line}\n       $ {finding.remedy}" if finding.remedy else line


def _buses(facts: Facts) -> Iterator[Finding]:
    usb_reason = None if facts.has_usb else usb_texts.NO_BUS
    yield _bus("usb", usb_texts.TITLE, usb_reason if facts.has_libudev else usb_texts.NO_LIBUDEV, _libudev(facts))
    if facts.has_usb:
        yield Finding(name="udev", ok=facts.has_udev, text=doctor_texts.UDEV[facts.has_udev], remedy=_udev(facts))
    if not facts.has_dbus:
        yield _bus("ble", ble_texts.TITLE, ble_texts.NO_DBUS.reason, doctor_texts.START_BLUETOOTH)
    elif not facts.has_bluetooth:
        yield _bus("ble", ble_texts.TITLE, ble_texts.NO_ADAPTER.reason, "")
    else:
        yield _bus("ble", ble_texts.TITLE, None, "")
    yield _bus("mdns", mdns_texts.TITLE, None if facts.has_network else mdns_texts.NO_NETWORK, "")


def _bus(name: str, title: Text, reason: Text | None, remedy: str) -> Finding:
    return Finding(name=f"bus:{name}", ok=reason is None, text=reason or doctor_texts.works(title), remedy=remedy)


def _libudev(facts: Facts) -> str:
    return "" if facts.has_libudev else "sudo apt-get install -y libudev1"


def _udev(facts: Facts) -> str:
    return "" if facts.has_udev else "sudo apt-get install -y udev && sudo systemctl start systemd-udevd"


def _tools(facts: Facts) -> Iterator[Finding]:
    for need in _needs(facts.manifests, lambda m: m.needs.tools):
        ok = need.what in facts.tools
        text = doctor_texts.tool(need.what, ok, need.drivers)
        yield Finding(name=f"tool:{need.what}", ok=ok, text=text, remedy="" if ok else _install(need))


def _packages(facts: Facts) -> Iterator[Finding]:
    """Only where dpkg keeps the list; a tool that is there from elsewhere satisfies its driver."""
    if facts.packages is None:
        return
    lacking = (m for m in facts.manifests if not m.needs.tools)
    for need in _needs(lacking, lambda m: m.needs.debian):
        ok = need.what in facts.packages
        text = doctor_texts.package(need.what, ok, need.drivers)
        yield Finding(name=f"package:{need.what}", ok=ok, text=text, remedy="" if ok else _apt((need.what,)))


def _groups(facts: Facts) -> Iterator[Finding]:
    for need in _needs(facts.manifests, lambda m: m.needs.groups):
        ok = facts.is_root or need.what in facts.groups
        group, user = shlex.quote(need.what), shlex.quote(facts.user)
        remedy = "" if ok else f"sudo groupadd -f {group} && sudo usermod -aG {group} {user}"
        text = doctor_texts.group(need.what, ok, need.drivers)
        yield Finding(name=f"group:{need.what}", ok=ok, text=text, remedy=remedy)


def _rules(facts: Facts) -> Iterator[Finding]:
    """One finding per driver, for one file per driver cures it."""
    for manifest in facts.manifests:
        missing = [rule for rule in manifest.needs.udev_rules if rule_key(rule) not in facts.udev_rules]
        if not manifest.needs.udev_rules:
            continue
        ok = facts.is_root or not missing
        text = doctor_texts.rules(ok, manifest.name)
        yield Finding(name=f"rules:{manifest.id}", ok=ok, text=text, remedy="" if ok else _write_rules(manifest))


def _write_rules(manifest: DriverManifest) -> str:
    lines = " ".join(shlex.quote(rule) for rule in manifest.needs.udev_rules)
    file = f"/etc/udev/rules.d/70-medialab-{manifest.id}.rules"
    write = f"printf '%s\\n' {lines} | sudo tee {file}"
    return f"{write} && sudo udevadm control --reload && sudo udevadm trigger"


def _install(need: _Need) -> str:
    """A program from PyPI comes by its own name, everything else with the driver's packages."""
    own = [shlex.quote(program) for program in need.python if program.startswith(f"{need.what}==")]
    return f"pipx install {own[0]}" if own else _apt(need.debian)


def _apt(packages: Iterable[str]) -> str:
    names = " ".join(shlex.quote(name) for name in packages)
    return f"sudo apt-get install -y {names}" if names else ""


def _needs(
    manifests: Iterable[DriverManifest], wanted: Callable[[DriverManifest], tuple[str, ...]]
) -> tuple[_Need, ...]:
    """Each thing once, with every driver that wants it."""
    by_what: dict[str, list[DriverManifest]] = {}
    for manifest in manifests:
        for what in dict.fromkeys(wanted(manifest)):
            by_what.setdefault(what, []).append(manifest)
    return tuple(
        _Need(
            what,
            tuple(m.name for m in drivers),
            tuple(dict.fromkeys(package for m in drivers for package in m.needs.debian)),
            tuple(dict.fromkeys(program for m in drivers for program in m.needs.python)),
        )
        for what, drivers in sorted(by_what.items())
    )
