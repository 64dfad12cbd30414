"""The command line on a machine whose clock is ahead: `python -m later 900 --now … publish` is what `marronnier` does 900 seconds later."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta

from marronnier import cli
from marronnier.publish import real_time


def main() -> None:
    """Run the command line, with real time moved on."""
    ahead = timedelta(seconds=float(sys.argv[1]))
    real_time.real_now = lambda: datetime.now(UTC) + ahead  # type: ignore[assignment]
    sys.argv = ["marronnier", *sys.argv[2:]]
    cli.main()


if __name__ == "__main__":
    main()
