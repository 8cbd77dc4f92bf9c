"""Hashes of artefacts: equal content, equal hash, on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

Plain = None | bool | int | float | str | Sequence["Plain"] | Mapping[str, "Plain"]


def canonical(value: Plain) -> bytes:
    """Return the one JSON spelling of a plain value: sorted keys, no spaces, UTF-8.

    Raises
    ------
    ValueError
        For NaN and infinities, which have no JSON spelling.
    """
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode()


def sha256(content: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def hash_of(value: Plain) -> str:
    """Return the SHA-256 of a plain value's canonical spelling."""
    return sha256(canonical(value))
