"""Certificates as Bambu printers have them: issued by "BBL CA" for a serial number, no other name in them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFE = timedelta(days=3650)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(_name(subject)).issuer_name(_name(issuer)).public_key(key)
    made = made.serial_number(x509.random_serial_number())
    return made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + LIFE)


class Authority:
    """An authority of that name; two of them are not the same."""

    NAME = "BBL CA"

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = self._key.public_key()
        made = _builder(self.NAME, self.NAME, public).add_extension(x509.BasicConstraints(True, None), critical=True)
        self.pem = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def issue(self, serial: str, folder: Path) -> "Files":
        """A key and a certificate for one printer, written down with the authority's own."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _builder(serial, self.NAME, key.public_key()).sign(self._key, hashes.SHA256())
        files = Files(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
        files.ca.write_bytes(self.pem)
        files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files


@dataclass(frozen=True)
class Files:
    """Where they lie."""

    ca: Path
    certificate: Path
    key: Path
