"""The sentences that people read, translated by gettext from the catalogues in `locale/`, and dates within them."""

from __future__ import annotations

import gettext as _gettext
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_LOCALE = Path(__file__).parent / "locale"
_NO_BREAK = str.maketrans("\u00a0\u202f", "⍽⍽")
_FRENCH_FIRST = re.compile(r"(?<![\d.,])1 (?=(?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))")
_LANGUAGE_VARIABLES = ("MARRONNIER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
_of_process: _gettext.NullTranslations = _gettext.NullTranslations()
"""The catalogue of everybody who chose none."""
_chosen: ContextVar[_gettext.NullTranslations | None] = ContextVar("chosen", default=None)
"""The catalogue within `in_language`: of one thread alone, because a site is built in its languages while a terminal speaks another."""


@cache
def languages() -> tuple[str, ...]:
    """The languages of the catalogues: English, the source, then each folder of `locale/`. A sentence that a catalogue lacks is English."""
    return ("en", *sorted(folder.name for folder in _LOCALE.iterdir() if folder.is_dir()))


def language_name(lang: str) -> str:
    """A language's name in that language, with a capital: `Français`."""
    from babel import Locale

    name = Locale.parse(lang).language_name or lang
    return name[:1].upper() + name[1:]


def use_language(lang: str) -> None:
    """Give every following sentence of this process in that language; in English where it has no catalogue."""
    global _of_process  # noqa: PLW0603 - a context variable would not reach threads that are started later
    _of_process = catalogue(lang)
    _chosen.set(None)


@contextmanager
def in_language(lang: str) -> Iterator[None]:
    """Use a language inside a `with`, in this thread, and the previous one again after it; an empty name changes nothing."""
    token = _chosen.set(catalogue(lang) if lang else _chosen.get())
    try:
        yield
    finally:
        _chosen.reset(token)


def _in_use() -> _gettext.NullTranslations:
    return _chosen.get() or _of_process


def current_language() -> str:
    """The language in use, as `fr`."""
    return _in_use().info().get("language", "en")


def translated_page(folder: Traversable, stem: str, lang: str) -> tuple[str, str]:
    """The text of a Markdown page and its language: `clash.fr.md` where the folder holds it, else `clash.md`, which is English.

    The text is empty where the folder holds neither.
    """
    for name, page_lang in ((f"{stem}.{lang}.md", lang), (f"{stem}.md", "en")):
        path = folder.joinpath(name)
        if path.is_file():
            return path.read_text(encoding="utf-8"), page_lang
    return "", "en"


def catalogue(lang: str) -> _gettext.NullTranslations:
    """The catalogue of a language, for a caller that uses several at once (the site); without sentences where there is none."""
    return _gettext.translation("marronnier", _LOCALE, languages=[_language_part(lang)], fallback=True)


def preferred_language() -> str:
    """The language of the person at the terminal: MARRONNIER_LANG, else LC_ALL, LC_MESSAGES, LANG.

    The system's language is English where it has no catalogue. Raises Trouble when MARRONNIER_LANG names such a language.
    """
    name, value = next(((name, value) for name in _LANGUAGE_VARIABLES if (value := os.environ.get(name))), ("", "en"))
    lang = _language_part(value)
    if lang in languages():
        return lang
    if name == "MARRONNIER_LANG" and lang not in ("c", "posix"):
        raise Trouble(
            _("MARRONNIER_LANG asks for {lang}, and there are no sentences in that language", lang=value),
            _("Set it to one of {names}, or leave it out.", names=", ".join(languages())),
            status=2,
        )
    return "en"


def _language_part(name: str) -> str:
    """The language of a locale's name: `fr` of `fr_BE.UTF-8` and of `fr-BE`."""
    return re.split(r"[-_.@]", name, maxsplit=1)[0].lower()


def share_with_gettext(lang: str) -> None:
    """Let libraries that look up their own sentences with gettext, as click does, find them in our catalogues."""
    _gettext.bindtextdomain("marronnier", str(_LOCALE))
    _gettext.textdomain("marronnier")
    # The only way to name a language to gettext's own domain; git is always run in C, where it means nothing.
    os.environ["LANGUAGE"] = lang


def _(text: str, /, **values: object) -> str:
    """The sentence in the language in use, with `{name}` filled in."""
    sentence = _in_use().gettext(text)
    return sentence.format(**values) if values else sentence


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The singular or plural sentence; `{count}` is filled in."""
    return _in_use().ngettext(one, many, count).format(count=count, **values)


def join_names(names: Iterable[str]) -> str:
    """Names in one row, with the separator of the language between them."""
    return _(", ").join(names)


def show_no_break_spaces(text: str) -> str:
    """The text with `⍽` in place of each no-break space: two lines that differ by one would look the same."""
    return text.translate(_NO_BREAK)


def format_day(day: date) -> str:
    """A day within a sentence of the language in use: `2 décembre 2026`; in English as files write it, `2026-12-02`."""
    lang = current_language()
    if lang == "en":
        return day.isoformat()
    from babel.dates import format_date

    return with_french_ordinal(format_date(day, "long", locale=lang), lang)


def format_instant(at: datetime) -> str:
    """An instant, in its own zone, within a sentence of the language in use: `2 décembre 2026 à 10:00`; `2026-12-02 10:00` in English."""
    return _("{day} {hour}", day=format_day(at.date()), hour=f"{at:%H:%M}")


def day_with_weekday(day: date, *, short: bool = False) -> str:
    """A day with its weekday, as the language in use writes it."""
    from babel.dates import format_date

    lang = current_language()
    return with_french_ordinal(format_date(day, "EEE d MMM y" if short else "EEEE d MMMM y", locale=lang), lang)


def day_and_hour(local: datetime, *, short: bool = False) -> str:
    """An instant, in its own zone, with its weekday."""
    return f"{day_with_weekday(local.date(), short=short)} {local:%H:%M}"


def format_length(length: timedelta) -> str:
    """A length of time, rounded to what people want to know of it: `2 d 3 h`, `5 h 30 min`, `45 s`."""
    seconds = round(abs(length.total_seconds()))
    days, hours, minutes, rest = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60
    words = (
        (days, _("{count} d", count=days)),
        (hours, _("{count} h", count=hours)),
        (minutes, _("{count} min", count=minutes)),
        (rest, _("{count} s", count=rest)),
    )
    first = next((place for place, (count, _text) in enumerate(words) if count), 3)
    return " ".join(text for place, (count, text) in enumerate(words[first : first + 2]) if count or place == 0)


def format_dollars(thousandths: int) -> str:
    """An amount in US dollars: `US$1.20`, with a third decimal where it has one."""
    amount = f"{thousandths / 1000:.3f}" if thousandths % 10 else f"{thousandths / 1000:.2f}"
    return _("US${amount}", amount=amount if current_language() == "en" else amount.replace(".", ","))


def with_french_ordinal(text: str, lang: str) -> str:
    """A date, in French with `1er décembre` where the Unicode data has `1 décembre`; in other languages as it is."""
    return _FRENCH_FIRST.sub("1er ", text) if lang == "fr" else text


def N_(text: str) -> str:  # noqa: N802
    """Mark a sentence for the catalogues without translating it."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Mark a singular and its plural for the catalogues without translating them."""
    return one, many


class Trouble(Exception):
    """A problem that only a person can settle. Any part of the package raises it; the command line prints it and exits with `status`."""

    def __init__(self, message: str, next: str = "", *, status: int = 3) -> None:
        super().__init__(message)
        self.message = message
        """The problem, in a sentence without its full stop."""
        self.next = next
        """What to do now."""
        self.status = status
        """The exit code: 2 usage, 3 needs a person."""
