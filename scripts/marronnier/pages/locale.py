"""A language of the site: its catalogue, its way to write dates, its direction."""

from __future__ import annotations

from datetime import date, datetime, time

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from babel.numbers import format_decimal, format_percent
from markupsafe import Markup, escape

from marronnier import messages
from marronnier.model.brand import Brand
from marronnier.model.scalars import zone_or_utc


class SiteLocale:
    """Speaks one language in the brand's zone. The sentences it gives are safe HTML: values are escaped when they are filled in."""

    def __init__(self, lang: str, brand: Brand) -> None:
        self.lang = lang
        self.zone = zone_or_utc(brand.zone)
        self.territory = brand.territory
        self._catalogue = messages.catalogue(lang)
        self.locale = _locale(lang, brand.territory)
        self.direction = self.locale.text_direction
        """`ltr` or `rtl`."""

    def _(self, text: str, /, **values: object) -> Markup:
        """The sentence in this language, with `{name}` filled in."""
        return escape(self._catalogue.gettext(text)).format(**values)

    def told(self, text: str) -> str:
        """A sentence that stands in the catalogues; words of a person, which no catalogue knows, stay as they are."""
        return self._catalogue.gettext(text) if text else ""

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> Markup:
        """The singular or plural sentence; `{count}` is filled in."""
        return escape(self._catalogue.ngettext(one, many, count)).format(count=count, **values)

    def local(self, at: datetime) -> datetime:
        """The instant on the brand's clock."""
        return at.astimezone(self.zone)

    def day(self, day: date) -> str:
        """`mercredi 2 décembre 2026`."""
        return self._dated(format_date(day, "full", self.locale))

    def short_day(self, day: date) -> str:
        """`mer. 2 déc.`: where the year is known."""
        return self._dated(str(format_skeleton("MMMEd", datetime.combine(day, time(12)), locale=self.locale)))

    def _dated(self, said: str) -> str:
        return messages.with_french_ordinal(_plain(said), self.lang)

    def month(self, day: date) -> str:
        """`décembre 2026`, with a capital as a heading wants it."""
        said = _plain(str(format_skeleton("yMMMM", datetime.combine(day.replace(day=1), time(12)), locale=self.locale)))
        return said[:1].upper() + said[1:]

    def short_month(self, day: date) -> str:
        """`déc. 2026`."""
        return _plain(str(format_skeleton("yMMM", datetime.combine(day.replace(day=1), time(12)), locale=self.locale)))

    def hour(self, at: datetime) -> str:
        """`10:00`, on the brand's clock."""
        return _plain(format_time(self.local(at), "short", locale=self.locale, tzinfo=self.zone))

    def moment(self, at: datetime) -> Markup:
        """`mercredi 2 décembre 2026, 10:00`."""
        return self._("{day}, {hour}", day=self.day(self.local(at).date()), hour=self.hour(at))

    def span(self, start: date, end: date) -> Markup:
        """`mar. 1 déc. – sam. 5 déc. 2026`."""
        return self._("{start} to {end}", start=self.short_day(start), end=f"{self.short_day(end)} {end.year}")

    def number(self, number: float) -> str:
        """`1 200`."""
        return _plain(format_decimal(number, locale=self.locale))

    def percent(self, share: float) -> str:
        """`25 %`, of a share between 0 and 1."""
        return _plain(format_percent(share, locale=self.locale))

    @property
    def first_weekday(self) -> int:
        """The day a week starts with in the brand's territory; Monday is 0."""
        try:
            known = Locale.parse(f"und_{self.territory}")
            return int(known.first_week_day) if known.territory == self.territory else 0
        except (UnknownLocaleError, ValueError):
            return 0

    def weekdays(self) -> list[tuple[str, str]]:
        """The seven days from the first of the week: (`lundi`, `lun.`)."""
        wide, short = get_day_names("wide", locale=self.locale), get_day_names("abbreviated", locale=self.locale)
        return [(wide[day % 7], short[day % 7]) for day in range(self.first_weekday, self.first_weekday + 7)]


def _plain(text: str) -> str:
    """Without the narrow no-break spaces of CLDR, which many fonts lack."""
    return text.replace("\u202f", "\u00a0")


def _locale(lang: str, territory: str) -> Locale:
    # A Belgian who reads English writes 14:00 and 2 December, as en_BE says; not every pair is known.
    for name in (f"{lang}_{territory}", lang):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
