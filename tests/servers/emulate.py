"""A GitHub of somebody else's, `emulate` from npm: a second opinion on issues, comments, labels, files and merges.

It is wrong where approvals are concerned: it knows no `commits/{sha}/pulls`, lets people approve their own, and takes any token.

    with running() as url:
        …                                  # ines and sam, with the tokens token-ines and token-sam; ines/calendrier
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers import cannot
from servers.npm_install import NODE, npm_install

SOURCES = Path(__file__).parent / "emulate"


@contextmanager
def running() -> Iterator[str]:
    """Start it, and stop it at the end of the `with`."""
    place = npm_install(SOURCES, files=("start.mjs",))
    process = subprocess.Popen(
        [NODE / "node", place / "start.mjs"], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr
    try:
        line = process.stdout.readline()
        if not line:
            cannot(f"emulate does not start: {process.stderr.read()[-600:]}")
        yield json.loads(line)["url"]
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        process.stderr.close()
