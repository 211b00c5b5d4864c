"""Whether it is really this printer: its certificate names the serial number, and is the one we know or was issued by
the authority somebody gave us (https://github.com/Doridian/OpenBambuAPI/blob/main/tls.md).

Bambu's own authority ("BBL CA") is not part of this program. Without its file the certificate itself is remembered at
the first contact, as SSH does with hosts; from then on nothing else is accepted."""

import asyncio
import re
import ssl
from typing import Any

from cryptography import x509
from cryptography.x509.oid import NameOID

from medialab_agent.drivers.bambu.address import SERIAL, Place
from medialab_agent.drivers.bambu.words import bad_answer, not_the_same
from medialab_agent.sdk.trouble import unreachable

HANDSHAKE_S = 5.0


class NamedContext(ssl.SSLContext):
    """Checks each certificate for one name, whatever address it was reached by: printers prove a serial number."""

    serial = ""

    def wrap_socket(self, sock: Any, *args: Any, **kwargs: Any) -> ssl.SSLSocket:
        """See `ssl.SSLContext`; the name asked for is always the serial number."""
        kwargs["server_hostname"] = self.serial
        return super().wrap_socket(sock, *args, **kwargs)


def context_for(serial: str, *, ca: str = "", pinned: str = "") -> NamedContext:
    """Trusts certificates of the authority in the file `ca`, or exactly the one certificate `pinned` (PEM)."""
    context = NamedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.serial = serial
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca:
        context.load_verify_locations(cafile=ca)
    else:
        context.load_verify_locations(cadata=pinned)
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


async def certificate_of(place: Place) -> tuple[str, str]:
    """Serial number and certificate (PEM) of whoever answers; nothing is sent and nothing is trusted yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    found = await _handshake(place, context, place.serial or place.host)
    if found is None:
        raise not_the_same()
    name = x509.load_der_x509_certificate(found).subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    serial = str(name[0].value) if name else ""
    if not _is_serial(serial) or (place.serial and serial != place.serial):
        raise not_the_same()
    return serial, ssl.DER_cert_to_PEM_cert(found)


async def confirm(place: Place, context: NamedContext) -> None:
    """Whether this printer answers there. Raises `NeedsPerson` when somebody else does, `Unreachable` when nobody."""
    if await _handshake(place, context, context.serial) is None:
        raise not_the_same()


def _is_serial(words: str) -> bool:
    return re.fullmatch(SERIAL, words) is not None


async def _handshake(place: Place, context: ssl.SSLContext, name: str) -> bytes | None:
    """The certificate after a handshake; None when it is not accepted."""
    try:
        async with asyncio.timeout(HANDSHAKE_S):
            _, writer = await asyncio.open_connection(place.host, place.mqtt_port, ssl=context, server_hostname=name)
    except ssl.SSLCertVerificationError:
        return None
    except (OSError, TimeoutError) as error:
        raise unreachable(type(error).__name__) from error
    try:
        found = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    finally:
        writer.transport.abort()
    if not found:
        raise bad_answer("no certificate")
    return bytes(found)
