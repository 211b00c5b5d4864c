"""Keys of simulated iPads: one for all of a process, for making RSA keys takes its time."""

import ssl
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from medialab_agent.drivers.apple_ios.pairing import KEY_BITS, load_chain, new_record


@lru_cache(maxsize=1)
def device_key() -> tuple[bytes, bytes]:
    """Private and public key of a device, as PEM; the public one as lockdownd shows it (PKCS #1)."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1)
    return private, public


@lru_cache(maxsize=1)
def known_record() -> Mapping[str, Any]:
    """A pairing that was made before the scene opens; host id and computer's id are put in by whoever uses it."""
    return new_record(device_key()[1], "", None)


def context_for(record: Mapping[str, Any]) -> ssl.SSLContext:
    """TLS with the host of that record."""
    return _context(record["DeviceCertificate"], record["HostCertificate"], record["RootCertificate"])


@lru_cache(maxsize=64)
def _context(device_certificate: bytes, host_certificate: bytes, root_certificate: bytes) -> ssl.SSLContext:
    """TLS as the device speaks it: it lets in nobody but the host whose certificates it was given.

    libimobiledevice shows the root certificate (src/idevice.c), others the host's; iPads take both."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    load_chain(context, device_certificate, device_key()[0])
    for certificate in (host_certificate, root_certificate):
        context.load_verify_locations(cadata=certificate.decode("ascii", "replace"))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.verify_mode = ssl.CERT_REQUIRED
    return context
