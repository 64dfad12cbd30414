"""Pages of the calendar, one for each month: a grid that becomes a list on a phone. `/calendar/` is the current month."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from marronnier.model.calendar import CalendarDay
from marronnier.model.strategy import Campaign
from marronnier.pages.page import Page
from marronnier.pages.publication_groups import PublicationGroup, group_publications
from marronnier.pages.render import template_page
from marronnier.pages.site_view import WORDS, SiteView

ORDER = 20
_MAX_LANES = 4
"""The most campaign bars above one week; the list beside the grid names all campaigns."""


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the grid."""

    day: date
    is_in_month: bool
    """False for the days of other months in the first and last week."""
    is_today: bool
    days: tuple[CalendarDay, ...]
    groups: tuple[PublicationGroup, ...]


@dataclass(frozen=True, slots=True)
class CampaignBar:
    """A campaign's bar above one week."""

    slug: str
    title: str
    column: int
    """The first column, 1 to 7."""
    width: int
    lane: int
    """The row, from 0."""
    starts_here: bool
    """False when the campaign began in an earlier week."""
    ends_here: bool


@dataclass(frozen=True, slots=True)
class MonthWeek:
    """One row of the grid."""

    number: int
    """The ISO 8601 week of its Thursday."""
    cells: tuple[DayCell, ...]
    bars: tuple[CampaignBar, ...]
    lanes: int


def make(view: SiteView) -> Iterator[Page]:
    """`/calendar/`, and every month with something in it."""
    months = _shown_months(view)
    current = view.today.replace(day=1)
    yield _page(view, current, months, at_root=True)
    for month in months:
        yield _page(view, month, months, at_root=False)


def _page(view: SiteView, month: date, months: tuple[date, ...], *, at_root: bool) -> Page:
    path = "calendar/" if at_root else f"calendar/{month:%Y-%m}/"
    weeks = _weeks(view, month)
    index = months.index(month)
    values = {
        "month": month,
        "months": months,
        "weeks": weeks,
        "before": months[index - 1] if index else None,
        "after": months[index + 1] if index + 1 < len(months) else None,
        "free": not any(cell.is_in_month and (cell.groups or cell.days) for week in weeks for cell in week.cells),
        "campaigns": _campaigns_in_month(view, month),
        "states": _states_in_month(weeks, view),
        "undated": sum(1 for publication in view.publications if publication.at is None and publication.state != "idea"),
    }
    title = view.locale.month(month)
    _ = view.locale._
    return template_page(
        view,
        "month",
        path,
        title,
        _("The editorial calendar of {brand}: {month}.", brand=view.brand.name, month=title),
        values,
        inputs=(values, view.today),
        label=_("Calendar") if at_root else "",
        section="calendar/",
        is_indexed=not at_root,
    )


def _shown_months(view: SiteView) -> tuple[date, ...]:
    """The current month and, for the team, the next one; every month with a publication; between those, the months of campaigns."""
    current = view.today.replace(day=1)
    months = {current, *(day.replace(day=1) for day in view.by_day)}
    if view.internal:
        months.add(_next_month(current))
    first, last = min(months), max(months)
    for campaign in view.campaigns.values():
        month = max(campaign.start.replace(day=1), first)
        while month <= min(campaign.end, last):
            months.add(month)
            month = _next_month(month)
    return tuple(sorted(months))


def _next_month(month: date) -> date:
    return (month + timedelta(days=32)).replace(day=1)


def _weeks(view: SiteView, month: date) -> tuple[MonthWeek, ...]:
    rows = calendar.Calendar(view.locale.first_weekday).monthdatescalendar(month.year, month.month)
    return tuple(_week(view, row, month) for row in rows)


def _week(view: SiteView, row: list[date], month: date) -> MonthWeek:
    cells = tuple(
        DayCell(
            day=day,
            is_in_month=(day.month, day.year) == (month.month, month.year),
            is_today=day == view.today,
            days=view.days_on(day),
            groups=tuple(group_publications(view.by_day.get(day, ()))),
        )
        for day in row
    )
    bars: list[CampaignBar] = []
    free: list[int] = []  # for each lane, its first free column
    for slug, campaign in view.campaigns.items():
        if campaign.start > row[-1] or campaign.end < row[0]:
            continue
        column = (max(campaign.start, row[0]) - row[0]).days + 1
        width = (min(campaign.end, row[-1]) - row[0]).days + 2 - column
        lane = next((lane for lane, until in enumerate(free) if until <= column), len(free))
        if lane >= _MAX_LANES or width < 1:
            continue
        free[lane : lane + 1] = [column + width]
        bars.append(CampaignBar(slug, campaign.title, column, width, lane, campaign.start >= row[0], campaign.end <= row[-1]))
    thursday = next(day for day in row if day.weekday() == calendar.THURSDAY)
    return MonthWeek(thursday.isocalendar().week, cells, tuple(bars), len(free))


def _campaigns_in_month(view: SiteView, month: date) -> tuple[tuple[str, Campaign], ...]:
    last = _next_month(month) - timedelta(days=1)
    return tuple((slug, campaign) for slug, campaign in view.campaigns.items() if campaign.start <= last and campaign.end >= month)


def _states_in_month(weeks: tuple[MonthWeek, ...], view: SiteView) -> tuple[tuple[str, str], ...]:
    """The words of the legend, each with the class of its shape."""
    if not view.internal:
        return ()
    present = {group.first.shown_word: group.first.css_class for week in weeks for cell in week.cells for group in cell.groups}
    return tuple((word, present[word]) for word in WORDS if word in present)
