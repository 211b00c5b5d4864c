"""What this computer and an iPad agree on when somebody taps “Trust”: keys and certificates.

Fields and certificates as in libimobiledevice, common/userpref.c (pair_record_generate_keys_and_certs)."""

import contextlib
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from medialab_agent.drivers.apple_ios.troubles import garbled, not_trusted

KEY_BITS = 2048
VALID_DAYS = 3650
SENT = ("DeviceCertificate", "HostCertificate", "RootCertificate", "HostID", "SystemBUID")
"""What the device is told of a record; private keys stay here."""
_SHOWN = (("HostCertificate", "HostPrivateKey"), ("RootCertificate", "RootPrivateKey"))
"""What devices let in: most programs show the host's certificate, libimobiledevice the root's (src/idevice.c)."""
CIPHERS = "DEFAULT:@SECLEVEL=0"
"""Older records and older iPads use SHA-1 and short keys; the cable is what protects them."""
LEGACY_SERVER_CONNECT = 0x4
"""OpenSSL's SSL_OP_LEGACY_SERVER_CONNECT, for iPads that know no secure renegotiation."""


@dataclass(frozen=True)
class Trust:
    """A record in use."""

    host_id: str
    buid: str
    context: ssl.SSLContext

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Trust":
        """Raises `NotTrusted` for a record that is of no use."""
        host_id, buid = record.get("HostID"), record.get("SystemBUID")
        if not (isinstance(host_id, str) and isinstance(buid, str)):
            raise not_trusted()
        for names in _SHOWN:
            certificate, key = (record.get(name) for name in names)
            if isinstance(certificate, bytes) and isinstance(key, bytes):
                with contextlib.suppress(ssl.SSLError):
                    return cls(host_id, buid, client_context(certificate, key))
        raise not_trusted()


def client_context(certificate: bytes, key: bytes) -> ssl.SSLContext:
    """TLS as this computer speaks it to the device: the device checks us by the certificate it was given.

    What the device shows is not checked: it is at the end of a cable, and Apple documents no chain for it.
    Raises `ssl.SSLError` for what is no certificate and key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers(CIPHERS)
    context.options |= LEGACY_SERVER_CONNECT
    load_chain(context, certificate, key)
    return context


def load_chain(context: ssl.SSLContext, certificate: bytes, key: bytes) -> None:
    """Python loads keys from files only; this one never reaches a disk. Raises `ssl.SSLError`."""
    memory = os.memfd_create("pair-record", os.MFD_CLOEXEC)
    try:
        os.write(memory, certificate.strip() + b"\n" + key)
        context.load_cert_chain(f"/proc/self/fd/{memory}")
    finally:
        os.close(memory)


def new_record(device_public_key: object, buid: str, wifi_address: object) -> dict[str, Any]:
    """A complete record for a device that gave its key. The first one makes two RSA keys: run it beside the loop."""
    if not isinstance(device_public_key, bytes):
        raise garbled("no DevicePublicKey")
    try:
        device = serialization.load_pem_public_key(device_public_key)
    except (ValueError, TypeError) as error:
        raise garbled("DevicePublicKey") from error
    if not isinstance(device, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        raise garbled("DevicePublicKey")
    root, host = _keys()
    record = {
        "DeviceCertificate": _signed(device, root),
        "HostCertificate": _signed(host.public_key(), root),
        "RootCertificate": _signed(root.public_key(), root, is_root=True),
        "HostPrivateKey": _pem(host),
        "RootPrivateKey": _pem(root),
        "HostID": str(uuid4()).upper(),
        "SystemBUID": buid,
    }
    return record | ({"WiFiMACAddress": wifi_address} if isinstance(wifi_address, str) else {})


@lru_cache(maxsize=1)
def _keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey]:
    """This process's keys for new records: thirty iPads that connect again at once would keep a small computer busy."""
    root, host = (rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS) for _ in range(2))
    return root, host


def _signed(
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey, root: rsa.RSAPrivateKey, *, is_root: bool = False
) -> bytes:
    now, nobody = datetime.now(UTC), x509.Name([])
    builder = x509.CertificateBuilder(nobody, nobody, key, 1, now - timedelta(days=1), now + timedelta(days=VALID_DAYS))
    builder = builder.add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
    if not is_root:
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        builder = builder.add_extension(_USAGE, critical=True)
    return builder.sign(root, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


_USAGE = x509.KeyUsage(
    digital_signature=True,
    key_encipherment=True,
    content_commitment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
