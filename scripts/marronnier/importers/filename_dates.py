"""Dates at the beginning of a file's name."""

from __future__ import annotations

import re
from datetime import date

from marronnier import messages
from marronnier.messages import _

_YEAR_FIRST = re.compile(r"(?P<year>(?:19|20)\d\d)(?P<gap>[-_.]?)(?P<month>\d{1,2})(?P=gap)(?P<day>\d{1,2})(?!\d)[-_. ]*")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})(?P<gap>[-_.])(?P<month>\d{1,2})(?P=gap)(?P<year>(?:19|20)\d\d)(?!\d)[-_. ]*")


def date_prefix(stem: str) -> tuple[date | None, str, str]:
    """The date that a name begins with, the rest of the name, and a sentence where the date is in doubt.

    `2024-10-2-webinar`, `20241002_webinar` and `2-10-2024 webinar` are read; where day and month could be exchanged, the day comes first.
    """
    match = _YEAR_FIRST.match(stem) or _DAY_FIRST.match(stem)
    if match is None or (not match["gap"] and len(match["month"] + match["day"]) != 4):
        return None, stem, ""
    year, month, day = int(match["year"]), int(match["month"]), int(match["day"])
    try:
        prefix = date(year, month, day)
    except ValueError:
        return None, stem, _("the name begins with {text}, which is not a date", text=match.group().rstrip("-_. "))
    in_doubt = match.re is _DAY_FIRST and day <= 12 and day != month
    return (
        prefix,
        stem[match.end() :],
        _("its date was read as {day}, with the day before the month", day=messages.format_day(prefix)) if in_doubt else "",
    )
