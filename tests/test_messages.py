"""Every sentence people read is translated: complete catalogues, the same placeholders, compiled in step."""

from __future__ import annotations

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGE = Path(__file__).parents[1] / "scripts" / "marronnier"
LOCALE = PACKAGE / "messages" / "locale"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def source() -> set[str | tuple[str, ...]]:
    """Every sentence marked in the code and the templates."""
    methods = [("**.py", "python"), ("**.jinja", "jinja2")]
    found = extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found if message}


def catalogue(lang: str) -> Catalog:
    with (LOCALE / lang / "LC_MESSAGES" / "marronnier.po").open("rb") as file:
        return read_po(file, locale=lang)


def fields(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", ["fr"])
def test_catalogue_is_complete(lang: str) -> None:
    read = catalogue(lang)
    missing = []
    for message in source():
        key = message[0] if isinstance(message, tuple) else message
        entry = read.get(key)
        words = entry.string if entry is not None else None
        said = list(words) if isinstance(words, list | tuple) else [words]
        if entry is None or entry.fuzzy or not all(said):
            missing.append(message)
    assert not missing, f"{len(missing)} sentences to translate: run make translations"


@pytest.mark.parametrize("lang", ["fr"])
def test_placeholders_are_the_same(lang: str) -> None:
    wrong = []
    for entry in catalogue(lang):
        if not entry.id or not entry.string:
            continue
        ids = list(entry.id) if isinstance(entry.id, list | tuple) else [entry.id]
        said = list(entry.string) if isinstance(entry.string, list | tuple) else [entry.string]
        wanted = set().union(*(fields(text) for text in ids))
        wrong += [(entry.id, text) for text in said if fields(text) - wanted or (len(ids) == 1 and fields(text) != wanted)]
    assert not wrong


@pytest.mark.parametrize("lang", ["fr"])
def test_compiled_in_step(lang: str) -> None:
    written = io.BytesIO()
    write_mo(written, catalogue(lang))
    assert (LOCALE / lang / "LC_MESSAGES" / "marronnier.mo").read_bytes() == written.getvalue(), "run make translations"
