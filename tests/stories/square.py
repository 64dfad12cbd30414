"""The command `square` of stories: shows what was posted on the fake network Square; `square crash-after-accept` sets its next answer."""

from __future__ import annotations

import sys

from fakes.square import Server


def main() -> None:
    """Print the posts, or set the next answer."""
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
