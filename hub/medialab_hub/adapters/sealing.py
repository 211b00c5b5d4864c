"""Seals what people type to the key of the agent that needs it, which alone can open it (see the wire's `sealed`)."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from medialab_wire import sealed

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


def seal(seal_key: str, dev: str, key: str, text: str) -> str:
    """For the agent with that public key, for this connection and key only. Raises ValueError for a key that is none,
    also for one of the few with which everybody could open it."""
    public = X25519PublicKey.from_public_bytes(sealed.to_bytes(seal_key))
    return sealed.to_text(SUITE.encrypt(sealed.padded(text), public, info=sealed.bound_to(dev, key)))
