"""A GitHub of somebody else's, `emulate` from npm: a second opinion on issues, comments, labels, files and merges.

It is wrong where approvals are concerned: it knows no `commits/{sha}/pulls`, lets people approve their own, and takes any token.

    with running() as url:
        …                                  # ines and sam, with the tokens token-ines and token-sam; ines/calendrier
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import node

SOURCES = Path(__file__).parent / "emulate"


@contextmanager
def running() -> Iterator[str]:
    """Start it, and stop it at the end of the `with`."""
    with node.serving(node.install(SOURCES, files=("start.mjs",))) as told:
        yield told["url"]
