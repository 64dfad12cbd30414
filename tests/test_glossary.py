"""The glossary has every word in four languages, and the French catalogue uses its terms."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scripts" / "marronnier"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
CODE = re.compile(
    r"\{[^}]*\}|`[^`]*`|\S+@\S+|\w[\w.-]*/[\w./-]*|[\w-]+\.(?:yml|md|json)|--[\w-]+|NAME is one of.*|NAME est l’un de.*", re.DOTALL
)
"""What is copied and not translated: placeholders, code, addresses, files, options, lists of keys."""

Row = tuple[str, str, str, str, str, str]


def tables() -> dict[str, list[Row]]:
    """The rows of each table of the page, by its heading."""
    page = (ROOT / "scripts" / "handbook" / "glossary.md").read_text(encoding="utf-8")
    found: dict[str, list[Row]] = {}
    for section in page.split("\n## ")[1:]:
        lines = [line for line in section.splitlines() if line.startswith("|")][2:]
        cells = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines]
        assert all(len(row) == 6 for row in cells), section
        found[section.splitlines()[0]] = cells  # type: ignore[assignment]
    return found


TABLES = tables()
COMPARED = [*TABLES["What people write"], *TABLES["What Marronnier derives"]]
STATES = TABLES["The five states"]


@pytest.fixture(scope="module")
def french() -> Catalog:
    with (PACKAGE / "messages/locale/fr/LC_MESSAGES/marronnier.po").open("rb") as file:
        return read_po(file, locale="fr")


@pytest.fixture(scope="module")
def sentences(french: Catalog) -> list[tuple[str, str]]:
    """Each English sentence and its French one, without what is copied as it is."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    return list(_pairs(french, methods))


def _pairs(french: Catalog, methods: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for _file, _line, message, _comments, _context in extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS):
        if message:
            ids = message if isinstance(message, tuple) else (message,)
            yield from (
                (CODE.sub("§", english), CODE.sub("§", text)) for english, text in zip(ids, french_texts(french, message), strict=False)
            )


def french_texts(french: Catalog, message: str | tuple[str, ...]) -> tuple[str, ...]:
    """The French of a sentence: one text, or its singular and plural."""
    entry = french.get(message[0] if isinstance(message, tuple) else message)
    assert entry is not None, message
    return tuple(entry.string) if isinstance(entry.string, list | tuple) else (entry.string,)


def uses(word: str, sentence: str) -> bool:
    """Whether an English sentence uses the word or its plural; a capital within a sentence begins a name, as of the network Threads."""
    return bool(re.search(rf"(?<!\w){word}s?(?!\w)", sentence[:1].lower() + sentence[1:]))


def term(french: str) -> re.Pattern[str]:
    """The French term in any of its forms: canal and canaux, jour and jours."""
    words = (re.escape(word[:-1] if len(word) > 4 else word) + r"\w*" for word in french.split())
    return re.compile(r"(?<!\w)" + r"\s".join(words), re.IGNORECASE)


def test_every_word_has_a_meaning_and_four_languages() -> None:
    rows = [row for table in TABLES.values() for row in table]
    assert [row[0] for row in rows if not all(row[:5])] == []
    assert len({row[0] for row in rows}) == len(rows)
    assert all(re.search(r"[\u0600-\u06ff]", row[4]) for row in rows)


@pytest.mark.parametrize("row", COMPARED, ids=[row[0] for row in COMPARED])
def test_a_sentence_uses_the_french_term(row: Row, sentences: list[tuple[str, str]]) -> None:
    word, _meaning, french, _dutch, _arabic, never = row
    said = [(english, text) for english, text in sentences if uses(word, english)]
    assert [pair for pair in said if not term(french).search(pair[1])] == []
    if never:
        assert [pair for pair in said if re.search(rf"(?<!\w){never}s?(?!\w)", pair[1], re.IGNORECASE)] == []


def test_a_post_is_never_a_message(sentences: list[tuple[str, str]]) -> None:
    """A message is one that a server, git or a person sends: the English says so too."""
    assert [text for english, text in sentences if "message" in text.lower() and "message" not in english.lower()] == []


def test_states_are_translated(french: Catalog, sentences: list[tuple[str, str]]) -> None:
    for word, _meaning, expected, *_rest in STATES:
        entry = french.get(word)
        assert entry is not None and entry.string == expected
    english_state = re.compile(r"(?<![\w-])(?:draft|in[- ]review|ready|sent|held|due|sealed|needs you)(?![\w-])")
    assert [text for _english, text in sentences if english_state.search(text)] == []


def test_steps_of_a_run_are_shown_by_the_log_only(french: Catalog) -> None:
    """« Scellé » is a word of the detailed log; the site and every other command show the five states."""
    words = re.compile(r"(?<!\w)(?:sceller|scellée?s?|pris en charge par|en chemin)(?!\w)", re.IGNORECASE)
    methods = [("**.py", "marronnier.messages.extraction:extract_messages"), ("**.jinja", "jinja2")]
    files = {
        file
        for file, _line, message, _comments, _context in extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS)
        if message
        for text in french_texts(french, message)
        if words.search(text)
    }
    assert files == {"ledger/log_lines.py"}
