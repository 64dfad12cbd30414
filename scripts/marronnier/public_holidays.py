"""The holidays of a year for `calendar/days.yml`: what the holidays library knows, and where it goes in the file."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from marronnier.messages import Trouble, _
from marronnier.model.calendar import CalendarDay

PATH = "calendar/days.yml"
"""Where the team keeps its days."""

_TOP = re.compile(r"[^\s#-]")
_PLAIN = re.compile(r"[^\W\d_][^\W_]*(?:[ '’.\-]+[^\W_]+)*\.?", re.UNICODE)
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def holidays_of(territory: str, year: int, lang: str) -> tuple[CalendarDay, ...]:
    """The public holidays of a country (ISO 3166, perhaps with a subdivision: `FR-57`) in a year, in date order.

    Their names are in that language where the library has it, else in the country's own.
    Those that depend on the moon are marked estimated. Raises Trouble for a country the library does not know.
    """
    import holidays

    country, _dash, subdivision = territory.upper().partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (subdivision and subdivision not in known[country]):
        raise Trouble(
            _("{territory} is no country whose holidays are known", territory=repr(territory)),
            _("Use an ISO 3166 code like BE, FR, NL, LU, DZ or MA, or write the days into {path} yourself.", path=PATH),
            status=2,
        )
    there = holidays.country_holidays(country)
    # Without a language the library speaks that of the machine.
    spoken = _language(there.supported_languages, lang) or there.default_language

    def year_of(**options: Any) -> holidays.HolidayBase:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=spoken, **options)

    plain = marked = year_of()
    # Only countries with days of the Islamic calendar take the option; there a day is sure once it was proclaimed.
    with suppress(ValueError, TypeError):
        plain, marked = year_of(islamic_show_estimated=False), year_of(islamic_show_estimated=True)
    found = []
    for day in sorted(plain):
        sure = set(marked.get_list(day))
        for name in dict.fromkeys(plain.get_list(day)):
            found.append(CalendarDay(date=day, name=name, kind="holiday", territory=territory.upper(), estimated=name not in sure))
    return tuple(found)


def _language(supported: Sequence[str], lang: str) -> str | None:
    """The library's name of a language; None when it does not have it."""
    short = re.split(r"[-_]", lang)[0].lower()
    return next((name for name in supported if name.lower() == lang.lower() or name.split("_")[0] == short), None)


def missing(found: Iterable[CalendarDay], written: Sequence[CalendarDay], brand_territory: str) -> tuple[CalendarDay, ...]:
    """Those that `calendar/days.yml` does not have: of the same place and date, no holiday there and no day of that name.

    An estimated one that stands there under another date, moved by hand, is not missing either.
    """
    found = tuple(found)
    named = Counter(_identity(day, brand_territory) for day in found)
    there = Counter((day.date.year, *_identity(day, brand_territory)) for day in written)
    return tuple(
        day
        for day in found
        if not any(_same(day, other, brand_territory) for other in written)
        and not (day.estimated and there[day.date.year, *_identity(day, brand_territory)] >= named[_identity(day, brand_territory)])
    )


def _identity(day: CalendarDay, brand_territory: str) -> tuple[str, str]:
    return (day.territory or brand_territory).upper(), day.name.casefold().strip()


def _same(day: CalendarDay, other: CalendarDay, brand_territory: str) -> bool:
    comes_back = other.yearly and other.date.year <= day.date.year
    falls = (other.date.month, other.date.day) == (day.date.month, day.date.day) if comes_back else other.date == day.date
    if not falls:
        return False
    here, there = _identity(day, brand_territory), _identity(other, brand_territory)
    return here[0] == there[0] and (here[1] == there[1] or other.kind == "holiday")


def yaml_line(day: CalendarDay, brand_territory: str) -> str:
    """A day as one line of `calendar/days.yml`, without its dash; the territory only when it is not the brand's."""
    pairs = [f"date: {day.date.isoformat()}", f"name: {_scalar(day.name)}", f"kind: {day.kind}"]
    if day.territory and day.territory.upper() != brand_territory.upper():
        pairs.append(f"territory: {_scalar(day.territory)}")
    if day.estimated:
        pairs.append("estimated: true")
    return "{" + ", ".join(pairs) + "}"


def _scalar(text: str) -> str:
    """A text in YAML: as it is where that is safe, else in double quotes (those of JSON mean the same in YAML)."""
    return text if _PLAIN.fullmatch(text) and text.casefold() not in _NOT_TEXT else json.dumps(text, ensure_ascii=False)


def insert_days(text: str, days: Sequence[CalendarDay], brand_territory: str) -> str:
    """The text of `calendar/days.yml` with these days after those that stand in it. Every line, comment and order of it is kept.

    Raises Trouble where the list is not written one day a line, and a person must write them.
    """
    if not days:
        return text
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    head = next((number for number, one in enumerate(lines) if re.match(r"\ufeff?[\"']?days[\"']?\s*:", one)), None)
    if head is None:
        if lines and lines[-1].strip() in ("...", "---"):
            raise _unwritable()
        body = [*lines, "days:", *(f"  - {yaml_line(day, brand_territory)}" for day in days)]
        return newline.join(body) + newline
    rest = lines[head].partition(":")[2].partition(" #")[0].strip()
    if rest in ("[]", "null", "~"):
        lines[head] = lines[head].replace(rest, "", 1).rstrip()
    elif rest and not rest.startswith("#"):
        raise _unwritable()
    end, indent = _end_of_list(lines, head)
    new = [f"{indent}- {yaml_line(day, brand_territory)}" for day in days]
    body = [*lines[: end + 1], *new, *lines[end + 1 :]]
    return newline.join(body) + newline


def _end_of_list(lines: Sequence[str], head: int) -> tuple[int, str]:
    """The last line of the list that begins under that line, and its indent; comments and blank lines after it belong to what follows."""
    end = head
    indent: str | None = None
    for number, one in enumerate(lines[head + 1 :], head + 1):
        if _TOP.match(one) or one.startswith(("---", "...")):
            break
        if not one.strip() or one.startswith("#"):
            continue
        if indent is None and not one.lstrip().startswith("#"):
            indent = one[: len(one) - len(one.lstrip())]
        end = number
    return end, "  " if indent is None else indent


def fill_calendar(text: str, days: Sequence[CalendarDay], brand_territory: str) -> str:
    """The text of `calendar/days.yml` with these days in it, read again to be sure that it says what it said before, and them.

    Raises Trouble where it does not, or where they find no place: a file is never damaged.
    """
    from marronnier.files import document

    after = insert_days(text, days, brand_territory)
    before = document.parse_yaml(PATH, text.encode()).data if text.strip() else {}
    read = document.parse_yaml(PATH, after.encode())
    new = [document.parse_yaml(PATH, f"day: {yaml_line(day, brand_territory)}".encode()).data["day"] for day in days]
    if read.findings or read.data != {**before, "days": [*(before.get("days") or ()), *new]}:
        raise _unwritable()
    return after


def _unwritable() -> Trouble:
    return Trouble(
        _("the days in {path} are not written one a line, so new ones find no place there", path=PATH),
        _("Write `days:` and under it one line a day, like `  - {date: 2027-01-01, name: Nouvel An, kind: holiday}`, then try again."),
    )


def weekday(day: date) -> str:
    """The day of the week, short, in the language in use."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[day.weekday()]
