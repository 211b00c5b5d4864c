"""The record of an ended job, and the hash that ties it to everything before it."""

import hashlib
import json
from collections.abc import Mapping


def record_hash(before: str, record: Mapping[str, object]) -> str:
    """SHA-256, hexadecimal, over the journal's hash before this record and the record as canonical JSON.

    Canonical: sorted keys, no spaces, UTF-8 (in the manner of RFC 8785). Raises TypeError for what is not JSON."""
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()
