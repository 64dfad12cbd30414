"""Every sentence that people read goes through here: gettext, with catalogues beside this file."""

from __future__ import annotations

import gettext as _gettext
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LANGUAGES = ("en", "fr")
"""Languages with a complete catalogue; English is the source."""

_LOCALE = Path(__file__).parent / "locale"
_NO_BREAK = str.maketrans("\u00a0\u202f", "⍽⍽")
_FIRST = re.compile(r"(?<![\d.,])1 (?=(?:janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc))")
_current: _gettext.NullTranslations = _gettext.NullTranslations()


def use(lang: str) -> None:
    """Speak that language from now on; one without a catalogue is English."""
    global _current  # noqa: PLW0603
    _current = catalogue(lang)


@contextmanager
def in_language(lang: str) -> Iterator[None]:
    """Speak that language inside a `with`, and again the one before it after; an empty name changes nothing."""
    global _current  # noqa: PLW0603
    before = _current
    if lang:
        use(lang)
    try:
        yield
    finally:
        _current = before


def language() -> str:
    """The language in use, as `fr`."""
    return _current.info().get("language", "en")


def page(folder: Traversable, stem: str, lang: str) -> tuple[str, str]:
    """A page that stands in a folder, and the language it is in: `clash.fr.md` in French, where there is one, else `clash.md`, in English.

    The text is empty where there is neither.
    """
    for name, tongue in ((f"{stem}.{lang}.md", lang), (f"{stem}.md", "en")):
        place = folder.joinpath(name)
        if place.is_file():
            return place.read_text(encoding="utf-8"), tongue
    return "", "en"


def catalogue(lang: str) -> _gettext.NullTranslations:
    """The catalogue of a language, for those who speak several at once (the site)."""
    return _gettext.translation("marronnier", _LOCALE, languages=[lang.split("_", maxsplit=1)[0].split("-", maxsplit=1)[0]], fallback=True)


def preferred() -> str:
    """The language of the person at the terminal: MARRONNIER_LANG, else LC_ALL, LC_MESSAGES, LANG."""
    for name in ("MARRONNIER_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name, "").split(".")[0]:
            return "en" if value in ("C", "POSIX") else value.split("_")[0].lower()
    return "en"


def share_with_gettext(lang: str) -> None:
    """Have libraries that look up their own sentences with gettext (click does) find them in our catalogues."""
    _gettext.bindtextdomain("marronnier", str(_LOCALE))
    _gettext.textdomain("marronnier")
    # The only way to name a language to gettext's own domain; git is always run in C, where it means nothing.
    os.environ["LANGUAGE"] = lang


def _(text: str, /, **values: object) -> str:
    """The sentence in the language in use, with `{name}` filled in."""
    said = _current.gettext(text)
    return said.format(**values) if values else said


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The singular or plural sentence; `{count}` is filled in."""
    return _current.ngettext(one, many, count).format(count=count, **values)


def with_spaces_shown(text: str) -> str:
    """The text with no-break spaces as a keyboard names them: two lines that differ by one would look the same."""
    return text.translate(_NO_BREAK)


def day(day: date) -> str:
    """A day as a sentence of the language in use says it: `2 décembre 2026`; as the files have it, 2026-12-02, in English."""
    if language() != "fr":
        return day.isoformat()
    from babel.dates import format_date

    return first_of_month(format_date(day, "long", locale="fr"))


def moment(at: datetime) -> str:
    """An instant on the clock it carries, as a sentence of the language in use says it: `2 décembre 2026 à 10:00`; 2026-12-02 10:00 in English."""
    return _("{day} {hour}", day=day(at.date()), hour=f"{at:%H:%M}")


def first_of_month(said: str) -> str:
    """The French date with its first of the month as people say it: `1er décembre`, where the Unicode data has `1 décembre`."""
    return _FIRST.sub("1er ", said)


def N_(text: str) -> str:  # noqa: N802
    """Marks a sentence for the catalogues without translating it yet."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802
    """Marks a singular and its plural for the catalogues without translating them yet."""
    return one, many


class Trouble(Exception):
    """Something only a person can settle, said in plain words. Any floor raises it; the command line prints it and ends with `status`."""

    def __init__(self, message: str, next: str = "", *, status: int = 3) -> None:
        super().__init__(message)
        self.message = message
        """What was met, in a sentence."""
        self.next = next
        """What to do now."""
        self.status = status
        """The exit code: 2 usage, 3 needs a person."""
