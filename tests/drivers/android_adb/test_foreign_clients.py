"""The simulator satisfies clients that were not written for it: adb's own program, adbutils, adb-shell."""

import asyncio
import os
import subprocess
from pathlib import Path

import adbutils
import pytest
from adb_shell.adb_device import AdbDeviceTcp
from adb_shell.auth.keygen import keygen
from adb_shell.auth.sign_pythonrsa import PythonRSASigner

from medialab_agent.drivers.android_adb.simulator_device import AndroidSimulator
from medialab_agent.drivers.android_adb.simulator_server import AdbServer

pytestmark = pytest.mark.peers
_BLOB = os.urandom(700_000)


async def test_the_adb_program(server: AdbServer, tmp_path: Path) -> None:
    simulator = AndroidSimulator("SN-4711")
    await server.connect([simulator])
    source, back = tmp_path / "in.bin", tmp_path / "out.bin"
    source.write_bytes(_BLOB)

    async def adb(*words: str) -> tuple[int, str]:
        call = ("adb", "-P", str(server.port), "-s", simulator.address, *words)
        done = await asyncio.to_thread(subprocess.run, call, env=server.environment, capture_output=True, timeout=30)
        return done.returncode, done.stdout.decode() + done.stderr.decode()

    assert await adb("shell", "getprop ro.serialno") == (0, "SN-4711\n")
    assert (await adb("shell", "exit 7"))[0] == 7
    assert (await adb("push", str(source), "/sdcard/Download/in.bin"))[0] == 0
    assert (await adb("pull", "/sdcard/Download/in.bin", str(back)))[0] == 0
    assert back.read_bytes() == _BLOB
    assert "in.bin" in (await adb("shell", "ls /sdcard/Download"))[1]
    package = tmp_path / "app.apk"
    package.write_bytes(b"com.spiel.paket\0" + _BLOB)
    assert "Success" in (await adb("install", str(package)))[1]
    assert "com.spiel.paket" in simulator.state.apps
    await simulator.stop()


async def test_adbutils(server: AdbServer) -> None:
    simulator = AndroidSimulator("SN-4711")
    await server.connect([simulator])

    def use() -> None:
        device = adbutils.AdbClient(host="127.0.0.1", port=server.port).device(simulator.address)
        assert device.shell("getprop ro.serialno") == "SN-4711"
        assert device.shell2("exit 3", v2=True).returncode == 3
        assert device.shell2("getprop ro.serialno").output.strip() == "SN-4711"
        device.sync.push(_BLOB, "/sdcard/Download/b.bin")
        assert device.sync.stat("/sdcard/Download/b.bin").size == len(_BLOB)
        assert device.sync.read_bytes("/sdcard/Download/b.bin") == _BLOB
        assert "b.bin" in [entry.path for entry in device.sync.list("/sdcard/Download")]
        assert "org.stopmotion.studio" in device.list_packages()

    await asyncio.to_thread(use)
    await simulator.stop()


async def test_adb_shell_directly_with_its_own_key(tmp_path: Path) -> None:
    simulator = AndroidSimulator("SN-4711")
    await simulator.start()
    key = tmp_path / "adbkey"
    keygen(str(key))
    signer = PythonRSASigner(Path(f"{key}.pub").read_text(), key.read_text())

    def use() -> None:
        device = AdbDeviceTcp(simulator.host, simulator.port, default_transport_timeout_s=10)
        assert device.connect(rsa_keys=[signer], auth_timeout_s=5)
        assert device.shell("getprop ro.serialno") == "SN-4711\n"
        file = tmp_path / "in.bin"
        file.write_bytes(_BLOB)
        device.push(str(file), "/sdcard/Download/c.bin")
        assert device.stat("/sdcard/Download/c.bin")[1] == len(_BLOB)
        device.pull("/sdcard/Download/c.bin", str(tmp_path / "out.bin"))
        assert (tmp_path / "out.bin").read_bytes() == _BLOB
        assert b"c.bin" in [bytes(entry.filename) for entry in device.list("/sdcard/Download")]
        device.close()

    await asyncio.to_thread(use)
    await simulator.stop()


async def test_our_client_pushes_stats_and_installs(server: AdbServer) -> None:
    simulator = AndroidSimulator("SN-4711")
    await server.connect([simulator])
    transport = (await server.client.devices())[0].transport_id
    await server.client.push(transport, "/sdcard/Download/d.bin", _BLOB)
    assert simulator.state.files["/sdcard/Download/d.bin"] == _BLOB
    found = await server.client.stat(transport, "/sdcard/Download/d.bin")
    assert found is not None and found[1] == len(_BLOB)
    assert await server.client.stat(transport, "/sdcard/Download/nichts") is None
    await server.client.install(transport, b"com.spiel.paket\0" + _BLOB)
    assert "com.spiel.paket" in simulator.state.apps
    await simulator.stop()
