"""Every command that a sentence, a page or a file of a new brand names can be typed: it exists, and so do its options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.pofile import read_po

from marronnier.cli import marronnier

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "scripts" / "marronnier"
CATALOGUE = PACKAGE / "messages/locale/fr/LC_MESSAGES/marronnier.po"
NAMED = re.compile(
    r"""`(?:[A-Z_]+=\S+\ )?marronnier\ ((?:[^`\n]|\n(?!\n))+)`  # in a sentence
    |["«]\s?marronnier\ ([^"»\n]+)["»]                        # in a comment of a settings file
    |^(?:\$\ )?marronnier\ (.+)$                              # in a session""",
    re.MULTILINE | re.VERBOSE,
)
FOLDERS = (PACKAGE / "start/blank", PACKAGE / "checks", PACKAGE / "networks", ROOT / "scripts/handbook", ROOT / "scripts/changes")
PAGES = [
    *sorted(path for folder in FOLDERS for path in folder.rglob("*") if path.suffix in (".md", ".yml")),
    ROOT / "README.md",
    ROOT / ".github/CONTRIBUTING.md",
]


def faults(text: str) -> Iterator[str]:
    """What is wrong with the commands that a text names."""
    for found in NAMED.finditer(text):
        words = re.split(r"\s+", (found[1] or found[2] or found[3]).split("  ")[0].strip())
        command: click.Command = marronnier
        with click.Context(marronnier) as context:
            while words and isinstance(command, click.Group) and not words[0].startswith("-"):
                inner = command.get_command(context, words[0])
                if inner is None:
                    if not re.search(r"[…{A-Z|]", words[0]):
                        yield f"{found[0]}: there is no command {words[0]}"
                    break
                command, words = inner, words[1:]
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)} | {
            "--help",
            "-h",
            "--version",
        }
        for word in words:
            name = word.partition("=")[0].rstrip(".,;:)'\"")
            if word in ("#", "&&", "|", ">", ">>"):
                break
            if name.startswith("-") and name not in ("-", "--", "---") and name not in options:
                yield f"{found[0]}: there is no option {name}"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_page_names_only_commands_that_exist(path: Path) -> None:
    assert not list(faults(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_sentence_names_only_commands_that_exist(lang: str) -> None:
    with CATALOGUE.open("rb") as file:
        sentences = [text for message in read_po(file) if message.id for text in said(message.id if lang == "en" else message.string)]
    assert len(sentences) > 1000
    assert not [fault for sentence in sentences for fault in faults(sentence)]


def said(text: str | list[str] | tuple[str, ...]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_a_wrong_command_and_a_wrong_option_are_found() -> None:
    assert list(faults("Run `marronnier serv`.")) == ["`marronnier serv`: there is no command serv"]
    assert list(faults("Run `marronnier serve --intern`.")) == ["`marronnier serve --intern`: there is no option --intern"]
    assert list(faults('# "marronnier serv" shows it')) == ['"marronnier serv": there is no command serv']
    assert list(faults("Run `marronnier ledger begin`.")) == ["`marronnier ledger begin`: there is no command begin"]
    assert not list(faults("Run `marronnier new \"Portes ouvertes\" --date '2026-12-05 10:00'`, or\n```\n$ marronnier plan\n```"))
