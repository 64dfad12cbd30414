"""Public holidays of a year, from the holidays library, and writing them into `calendar/days.yml`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from marronnier.messages import Trouble, _
from marronnier.model.calendar import CalendarDay

PATH = "calendar/days.yml"
"""The file in which a team keeps its days."""

_PLAIN = re.compile(r"[^\W\d_][^\W_]*(?:[ '’.\-]+[^\W_]+)*\.?", re.UNICODE)


def list_holidays(territory: str, year: int, lang: str) -> tuple[CalendarDay, ...]:
    """The public holidays of a country (ISO 3166, perhaps with a subdivision: `FR-57`) in a year, in date order.

    Their names are in the language `lang` where the library has it, else in the country's own.
    Holidays of the Islamic calendar are marked estimated until they are proclaimed. Raises Trouble for a country that the library does not have.
    """
    import holidays

    country, _dash, subdivision = territory.upper().partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (subdivision and subdivision not in known[country]):
        raise Trouble(
            _("the public holidays of {territory} are not known", territory=repr(territory)),
            _("Use an ISO 3166 code like BE, FR, NL, LU, DZ or MA, or write the days into {path} yourself.", path=PATH),
            status=2,
        )
    calendar = holidays.country_holidays(country)
    # Without a language the library uses that of the machine.
    language = _library_language(calendar.supported_languages, lang) or calendar.default_language

    def year_of(**options: Any) -> holidays.HolidayBase:
        return holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=language, **options)

    plain = marked = year_of()
    # Only countries with holidays of the Islamic calendar take the option; there a day is certain once it was proclaimed.
    with suppress(ValueError, TypeError):
        plain, marked = year_of(islamic_show_estimated=False), year_of(islamic_show_estimated=True)
    days = []
    for day in sorted(plain):
        certain = set(marked.get_list(day))
        for name in dict.fromkeys(plain.get_list(day)):
            days.append(CalendarDay(date=day, name=name, kind="holiday", territory=territory.upper(), estimated=name not in certain))
    return tuple(days)


def _library_language(supported: Sequence[str], lang: str) -> str | None:
    """The library's name of a language; None where the library lacks it."""
    base = re.split(r"[-_]", lang)[0].lower()
    return next((name for name in supported if name.lower() == lang.lower() or name.split("_")[0] == base), None)


def missing_holidays(holidays: Iterable[CalendarDay], written: Sequence[CalendarDay], brand_territory: str) -> tuple[CalendarDay, ...]:
    """The holidays that `calendar/days.yml` lacks: it has no holiday of that territory and date, and no day of that name on it.

    An estimated holiday that the file has under another date, corrected by hand, is not missing.
    """
    holidays = tuple(holidays)
    expected = Counter(_identity(day, brand_territory) for day in holidays)
    present = Counter((day.date.year, *_identity(day, brand_territory)) for day in written)
    return tuple(
        day
        for day in holidays
        if not any(_is_same_day(day, other, brand_territory) for other in written)
        and not (day.estimated and present[day.date.year, *_identity(day, brand_territory)] >= expected[_identity(day, brand_territory)])
    )


def _identity(day: CalendarDay, brand_territory: str) -> tuple[str, str]:
    return (day.territory or brand_territory).upper(), day.name.casefold().strip()


def _is_same_day(day: CalendarDay, other: CalendarDay, brand_territory: str) -> bool:
    recurs = other.yearly and other.date.year <= day.date.year
    same_date = (other.date.month, other.date.day) == (day.date.month, day.date.day) if recurs else other.date == day.date
    if not same_date:
        return False
    territory, name = _identity(day, brand_territory)
    other_territory, other_name = _identity(other, brand_territory)
    return territory == other_territory and (name == other_name or other.kind == "holiday")


def day_as_yaml(day: CalendarDay, brand_territory: str) -> str:
    """A day as an entry of `calendar/days.yml`, without its dash; with a territory only where it is not the brand's."""
    from marronnier.files.yaml_text import double_quoted_unless

    pairs = [f"date: {day.date.isoformat()}", f"name: {double_quoted_unless(_PLAIN, day.name)}", f"kind: {day.kind}"]
    if day.territory and day.territory.upper() != brand_territory.upper():
        pairs.append(f"territory: {double_quoted_unless(_PLAIN, day.territory)}")
    if day.estimated:
        pairs.append("estimated: true")
    return "{" + ", ".join(pairs) + "}"


def add_to_calendar_file(text: str, days: Sequence[CalendarDay], brand_territory: str) -> str:
    """The text of `calendar/days.yml` with these days in it, checked by reading it again: it holds the old days and the new ones.

    Raises Trouble where it does not, or where the days cannot be added, so that no file is damaged.
    """
    from marronnier.files import document, yaml_block

    after = yaml_block.append_entries(text, "days", [f"- {day_as_yaml(day, brand_territory)}" for day in days])
    if after is None:
        raise _unwritable_error()
    before = document.parse_yaml(PATH, text.encode()).data if text.strip() else {}
    edited = document.parse_yaml(PATH, after.encode())
    new = [document.parse_yaml(PATH, f"day: {day_as_yaml(day, brand_territory)}".encode()).data["day"] for day in days]
    if edited.findings or edited.data != {**before, "days": [*(before.get("days") or ()), *new]}:
        raise _unwritable_error()
    return after


def _unwritable_error() -> Trouble:
    return Trouble(
        _("the days in {path} are not written one per line, so new ones cannot be added", path=PATH),
        _("Write `days:` and under it one line a day, like `  - {date: 2027-01-01, name: Nouvel An, kind: holiday}`, then try again."),
    )


def short_weekday(day: date) -> str:
    """The day of the week, short, in the language in use."""
    names = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return names[day.weekday()]
