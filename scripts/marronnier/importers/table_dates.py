"""Dates in a table: which of two numbers is the day is decided for the whole column, or asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

from marronnier.model.loose_dates import guess_date
from marronnier.model.scalars import WrittenDate

Order = Literal["day-first", "month-first"]

_ORDERS: tuple[Order, ...] = ("day-first", "month-first")
_NUMBERS = re.compile(r"\s*(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?!\d)")


def orders(texts: Iterable[str]) -> tuple[Order, ...]:
    """The orders in which every date of a column is one; both where nothing decides, none where one date denies another.

    A text that is a day in neither order, like 30 February, decides nothing.
    """
    numbers = [match.groups() for text in texts if (match := _NUMBERS.match(text)) and len(match[1]) < 3]
    possible = [{order for order in _ORDERS if _day(groups, order) is not None} for groups in numbers]
    return tuple(order for order in _ORDERS if all(order in some for some in possible if some))


def has_two_meanings(text: str) -> bool:
    """Whether the date of a cell is a day in both orders, and another one in each."""
    days = {parse_cell(text, order) for order in _ORDERS}
    return len(days) == 2 and None not in days


def parse_cell(text: str, order: Order) -> WrittenDate | None:
    """The date of a cell in our notation; None where it is none."""
    for candidate in (text.strip(), guess_date(text) or ""):
        try:
            return WrittenDate.parse(candidate)
        except ValueError:
            continue
    match = _NUMBERS.match(text)
    day = _day(match.groups(), order) if match else None
    if match is None or day is None:
        return None
    written = guess_date(f"{day.isoformat()} {text[match.end() :].strip()}".strip())
    return WrittenDate.parse(written) if written is not None and 1990 <= day.year <= 2199 else None


def _day(numbers: tuple[str | Any, ...], order: Order) -> date | None:
    """The day of three numbers: the year stands first, or last in two or four digits."""
    first, second, third = (str(number) for number in numbers)
    year, month, day = (first, second, third)
    if len(first) != 4:
        year, month, day = (third, second, first) if order == "day-first" else (third, first, second)
    if len(year) not in (2, 4):
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None
