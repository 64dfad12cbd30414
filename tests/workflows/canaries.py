"""Secrets that must show nowhere, and the dresses in which they would show."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote


def canaries(name: str, value: str) -> list[str]:
    """What of a secret must show nowhere; of a key each of its lines but the first and last, which every key has, and the first of those."""
    if "PRIVATE KEY" not in value:
        return [value]
    return value.strip().splitlines()[2:-1]


def disguises(secret: str) -> dict[str, str]:
    data = secret.encode()
    encoded = {
        f"base64 at {shift}": base64.b64encode(b"x" * shift + data).decode()[4 if shift else 0 : -4].rstrip("=") for shift in range(3)
    }
    return {
        "plain": secret,
        **encoded,
        "url": quote(secret, safe=""),
        "hex": data.hex(),
        "HEX": data.hex().upper(),
        "json": json.dumps(secret)[1:-1],
        "reversed": secret[::-1],
        "lines": "\n".join(secret[start : start + 8] for start in range(0, len(secret), 8)),
        "half": secret[: max(len(secret) // 2, 10)],
    }
