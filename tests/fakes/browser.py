"""A browser of one page: it opens an address, and goes where it is sent. Run by `webbrowser`, as a person's own is: `BROWSER`."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def visit(address: str) -> str:
    """Open an address on this machine, and follow where it leads; what the last page says."""
    assert address.startswith("http://127.0.0.1:"), address
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.code} {error.read().decode()}"


def landing(address: str) -> str:
    """Where an address leads first, which is not visited."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments: object) -> None:  # type: ignore[override]
            return None

    try:
        urllib.request.build_opener(Stay).open(address, timeout=10)
    except urllib.error.HTTPError as error:
        return str(error.headers["Location"])
    raise AssertionError(address)


if __name__ == "__main__":
    visit(sys.argv[1])
