"""SiteLocale: the sentences, dates, numbers and direction of a language of the site."""

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
    """A language in the brand's time zone. Its sentences are safe HTML: their values are escaped."""

    def __init__(self, lang: str, brand: Brand) -> None:
        self.lang = lang
        self.zone = zone_or_utc(brand.zone)
        self.territory = brand.territory
        self._catalogue = messages.catalogue(lang)
        self.babel_locale = _babel_locale(lang, brand.territory)
        self.direction = self.babel_locale.text_direction
        """`ltr` or `rtl`."""

    def _(self, text: str, /, **values: object) -> Markup:
        """The sentence in this language, with `{name}` filled in."""
        return escape(self._catalogue.gettext(text)).format(**values)

    def translate(self, text: str) -> str:
        """The sentence in this language; words of people, which are in no catalogue, stay as they are."""
        return self._catalogue.gettext(text) if text else ""

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> Markup:
        """The singular or plural sentence; `{count}` is filled in."""
        return escape(self._catalogue.ngettext(one, many, count)).format(count=count, **values)

    def pages(self, count: int) -> Markup:
        """`12 pages`; empty for none, which stands for a number that is not known."""
        return self.ngettext("{count} page", "{count} pages", count) if count else Markup()

    def local(self, at: datetime) -> datetime:
        """The instant on the brand's clock."""
        return at.astimezone(self.zone)

    def day(self, day: date) -> str:
        """`mercredi 2 décembre 2026`."""
        return self._french_first(format_date(day, "full", self.babel_locale))

    def short_day(self, day: date) -> str:
        """`mer. 2 déc.`, for places where the year is clear."""
        return self._french_first(self._by_skeleton("MMMEd", day))

    def _french_first(self, written: str) -> str:
        """The date, with `1er` for the first of a month in French."""
        return messages.with_french_ordinal(_without_narrow_spaces(written), self.lang)

    def month(self, day: date) -> str:
        """`Décembre 2026`, with the capital of a heading."""
        written = self._by_skeleton("yMMMM", day)
        return written[:1].upper() + written[1:]

    def short_month(self, day: date) -> str:
        """`déc. 2026`."""
        return self._by_skeleton("yMMM", day)

    def _by_skeleton(self, skeleton: str, day: date) -> str:
        """The date with those fields, as CLDR orders them in this language."""
        noon = datetime.combine(day, time(12))
        return _without_narrow_spaces(str(format_skeleton(skeleton, noon, locale=self.babel_locale)))

    def time(self, at: datetime) -> str:
        """`10:00`, on the brand's clock."""
        return _without_narrow_spaces(format_time(self.local(at), "short", locale=self.babel_locale, tzinfo=self.zone))

    def date_and_time(self, at: datetime) -> Markup:
        """`mercredi 2 décembre 2026, 10:00`."""
        return self._("{day}, {hour}", day=self.day(self.local(at).date()), hour=self.time(at))

    def date_range(self, start: date, end: date) -> Markup:
        """`mar. 1 déc. – sam. 5 déc. 2026`."""
        return self._("{start} to {end}", start=self.short_day(start), end=f"{self.short_day(end)} {end.year}")

    def number(self, number: float) -> str:
        """`1 200`."""
        return _without_narrow_spaces(format_decimal(number, locale=self.babel_locale))

    def percent(self, share: float) -> str:
        """`25 %`, of a share between 0 and 1."""
        return _without_narrow_spaces(format_percent(share, locale=self.babel_locale))

    @property
    def first_weekday(self) -> int:
        """The first day of the week in the brand's territory; Monday is 0."""
        try:
            territory = Locale.parse(f"und_{self.territory}")
            return int(territory.first_week_day) if territory.territory == self.territory else 0
        except (UnknownLocaleError, ValueError):
            return 0

    def weekdays(self) -> list[tuple[str, str]]:
        """Full and short names of the seven days from the first of the week: (`lundi`, `lun.`)."""
        full, short = get_day_names("wide", locale=self.babel_locale), get_day_names("abbreviated", locale=self.babel_locale)
        return [(full[day % 7], short[day % 7]) for day in range(self.first_weekday, self.first_weekday + 7)]


def _without_narrow_spaces(text: str) -> str:
    """The text with common no-break spaces in place of CLDR's narrow ones, which many fonts lack."""
    return text.replace("\u202f", "\u00a0")


def _babel_locale(lang: str, territory: str) -> Locale:
    # English in Belgium writes 14:00 and 2 December, as en_BE says; Babel does not know every pair.
    for name in (f"{lang}_{territory}", lang):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")
