"""What people type reaches one agent, for one connection and one key, and opens nowhere else."""

import os
from pathlib import Path
from stat import S_IMODE

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from hypothesis import given
from hypothesis import strategies as st

from medialab_agent.link.seal_key import FILE, SealKey
from medialab_hub.adapters.sealing import seal
from medialab_wire import sealed
from medialab_wire.commands import Config

TYPED = st.text(st.characters(exclude_categories=("Cs",)), max_size=sealed.MOST_CHARACTERS)


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SealKey:
    return SealKey(tmp_path_factory.mktemp("agent") / FILE)


@given(typed=TYPED)
def test_what_was_sealed_is_opened_and_fits_the_wire(key: SealKey, typed: str) -> None:
    closed = {"printer-1": {"password": seal(key.public, "printer-1", "password", typed)}}
    config = Config.model_validate_json(Config(version=1, sealed=closed).encode())
    assert key.open_all(config.sealed) == {"printer-1": {"password": typed}}


@given(typed=st.text(st.characters(codec="ascii"), min_size=1, max_size=60))
def test_the_size_of_a_usual_password_does_not_show(key: SealKey, typed: str) -> None:
    assert len(seal(key.public, "d", "k", typed)) == len(seal(key.public, "d", "k", "x"))


def test_moved_changed_or_for_another_agent_it_stays_closed(key: SealKey, tmp_path: Path) -> None:
    closed = seal(key.public, "printer-1", "password", "Zauberwald")
    assert key.open_all({"printer-2": {"password": closed}}) == {}
    assert key.open_all({"printer-1": {"user": closed}}) == {}
    assert key.open_all({"printer-1": {"password": closed[:-2] + ("AA" if closed[-2:] != "AA" else "BB")}}) == {}
    assert key.open_all({"printer-1": {"password": "A" * 200, "user": "A" * 101}}) == {}
    assert SealKey(tmp_path / FILE).open_all({"printer-1": {"password": closed}}) == {}
    assert key.open_all({"printer-1": {"password": closed, "user": closed}}) == {
        "printer-1": {"password": "Zauberwald"}
    }


def test_the_same_password_never_looks_the_same(key: SealKey) -> None:
    assert len({seal(key.public, "d", "k", "Zauberwald") for _ in range(9)}) == 9


def test_the_key_survives_a_restart_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / FILE
    first = SealKey(file)
    assert SealKey(file).public == first.public
    assert S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("spoilt", ["", "no key", "A" * 44, "é"])
def test_a_spoilt_key_file_is_replaced_by_a_new_key(tmp_path: Path, spoilt: str) -> None:
    file = tmp_path / FILE
    file.write_text(spoilt)
    assert SealKey(file).public == SealKey(file).public
    assert S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("bad", ["", "x", "A" * 43, "A" * 60, sealed.to_text(b"\x01" + bytes(31))])
def test_nothing_is_sealed_to_what_is_no_key(bad: str) -> None:
    """Zero and one are of the few with which the shared secret is known to everybody (RFC 7748, section 6.1)."""
    with pytest.raises(ValueError):
        seal(bad, "d", "k", "Zauberwald")


def _hmac(key: bytes, message: bytes) -> bytes:
    made = hmac.HMAC(key, hashes.SHA256())
    made.update(message)
    return made.finalize()


def _opened_by_the_book(private: X25519PrivateKey, closed: bytes, info: bytes) -> bytes:
    """RFC 9180, sections 4.1, 5.1 and 5.2, from its parts: another program than the one that sealed."""

    def extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
        return _hmac(salt or bytes(32), b"HPKE-v1" + suite + label + secret)

    def expand(suite: bytes, secret: bytes, label: bytes, more: bytes, size: int) -> bytes:
        labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + more
        return HKDFExpand(hashes.SHA256(), size, labelled).derive(secret)

    sent, text = closed[:32], closed[32:]
    kem, suite = b"KEM\x00\x20", b"HPKE\x00\x20\x00\x01\x00\x03"
    shared = private.exchange(X25519PublicKey.from_public_bytes(sent))
    both = sent + private.public_key().public_bytes_raw()
    secret = expand(kem, extract(kem, b"", b"eae_prk", shared), b"shared_secret", both, 32)
    context = b"\x00" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    scheduled = extract(suite, secret, b"secret", b"")
    key = expand(suite, scheduled, b"key", context, 32)
    nonce = expand(suite, scheduled, b"base_nonce", context, 12)
    return ChaCha20Poly1305(key).decrypt(nonce, text, b"")


def test_what_the_hub_seals_is_hpke_as_the_standard_has_it() -> None:
    private = X25519PrivateKey.generate()
    closed = seal(sealed.to_text(private.public_key().public_bytes_raw()), "printer-1", "password", "Zauberwald")
    opened = _opened_by_the_book(private, sealed.to_bytes(closed), sealed.bound_to("printer-1", "password"))
    assert sealed.unpadded(opened) == "Zauberwald"


def test_the_key_is_on_disk_with_its_name_before_it_is_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fsync(2) was asked for, as the kernel names it; for a folder, with what was in it by then."""
    settled: list[tuple[Path, list[str]]] = []
    fsync = os.fsync

    def note(handle: int) -> None:
        fsync(handle)
        path = Path(f"/proc/self/fd/{handle}").readlink()
        settled.append((path, [one.name for one in path.iterdir()] if path.is_dir() else []))

    monkeypatch.setattr(os, "fsync", note)
    SealKey(tmp_path / FILE)
    assert [path.parent for path, _ in settled[:-1]] == [tmp_path]
    assert settled[-1] == (tmp_path, [FILE])
