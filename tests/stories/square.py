"""Square as stories see it: `square` shows what was posted there, `square crash-after-accept` says how it answers next."""

from __future__ import annotations

import sys

from fakes.square import Server


def main() -> None:
    """Show the messages, or take an order."""
    server = Server.here()
    if len(sys.argv) > 1:
        server.order(sys.argv[1])
        return
    messages = server.received()
    for message in messages:
        print(f"{message.channel}: {message.wire['status']}")
    if not messages:
        print("Nothing was posted.")


if __name__ == "__main__":
    main()
