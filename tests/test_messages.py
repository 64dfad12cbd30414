"""Translations: complete catalogues, the same placeholders, compiled catalogues up to date, and used by the command line."""

from __future__ import annotations

import ast
import io
import os
import re
import shutil
import string
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import get_args

import click
import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from click.testing import CliRunner

from marronnier import messages
from marronnier.cli.localization import confirm
from marronnier.messages import day_with_weekday
from marronnier.model.brand import Brand
from marronnier.model.post import Format
from marronnier.networks.kit.facts import FORMATS
from marronnier.pages import site_view

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scripts" / "marronnier"
LOCALE = PACKAGE / "messages" / "locale"
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
TRANSLATED = messages.languages()[1:]


def marked_messages() -> set[str | tuple[str, ...]]:
    """Every sentence marked in the code and the templates, found the way `make translations` finds them."""
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["babel"]["mappings"]
    methods = [(mapping["pattern"], mapping["method"]) for mapping in mappings]
    found = extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS)
    return {message for _file, _line, message, _comments, _context in found if message}


def catalogue(lang: str) -> Catalog:
    with (LOCALE / lang / "LC_MESSAGES" / "marronnier.po").open("rb") as file:
        return read_po(file, locale=lang)


def said(lang: str) -> Iterator[tuple[str, str]]:
    """Each sentence and each of its translations."""
    for entry in catalogue(lang):
        ids = list(entry.id) if isinstance(entry.id, list | tuple) else [entry.id]
        words = list(entry.string) if isinstance(entry.string, list | tuple) else [entry.string]
        if entry.id:
            yield from ((ids[0], text) for text in words if text)


def placeholders(text: str) -> set[str]:
    return {name for _literal, name, _spec, _conversion in string.Formatter().parse(text) if name}


def run_in_french(folder: Path, *arguments: str, package: Path = ROOT / "scripts", **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who reads French."""
    surroundings = {**os.environ, "MARRONNIER_LANG": "fr", "PYTHONPATH": str(package), "PYTHONUTF8": "1", "COLUMNS": "200", **env}
    return subprocess.run(
        [sys.executable, "-m", "marronnier", *arguments],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("lang", TRANSLATED)
def test_catalogue_is_complete(lang: str) -> None:
    read = catalogue(lang)
    missing = []
    for message in marked_messages():
        key = message[0] if isinstance(message, tuple) else message
        entry = read.get(key)
        words = entry.string if entry is not None else None
        spoken = list(words) if isinstance(words, list | tuple) else [words]
        if entry is None or entry.fuzzy or not all(spoken) or isinstance(message, tuple) != isinstance(entry.id, list | tuple):
            missing.append(message)
    assert not missing, f"{len(missing)} sentences to translate: run make translations"


@pytest.mark.parametrize("lang", TRANSLATED)
def test_placeholders_are_the_same(lang: str) -> None:
    wrong = []
    for entry in catalogue(lang):
        if not entry.id or not entry.string:
            continue
        ids = list(entry.id) if isinstance(entry.id, list | tuple) else [entry.id]
        spoken = list(entry.string) if isinstance(entry.string, list | tuple) else [entry.string]
        wanted = set().union(*(placeholders(text) for text in ids))
        wrong += [(entry.id, text) for text in spoken if placeholders(text) - wanted or (len(ids) == 1 and placeholders(text) != wanted)]
    assert not wrong


@pytest.mark.parametrize("lang", TRANSLATED)
def test_commands_are_the_same(lang: str) -> None:
    """What stands between backquotes is copied into a terminal or a file: it is not translated, but for the words of an example."""
    examples = {"{name}: the mayor's office asked for it"}
    options = re.compile(r"(?<![\w-])--[a-z-]+")
    wrong = []
    for sentence, text in said(lang):
        asked = {code.replace("the reason", "la raison") for code in re.findall(r"`([^`]+)`", sentence)} - examples
        wrong += [(sentence, text) for code in asked if code not in text and not code.startswith("git config --global user.")]
        wrong += [(sentence, text) for name in options.findall(sentence) if name not in text]
    assert not wrong


@pytest.mark.parametrize("lang", TRANSLATED)
def test_compiled_in_step(lang: str) -> None:
    written = io.BytesIO()
    write_mo(written, catalogue(lang))
    assert (LOCALE / lang / "LC_MESSAGES" / "marronnier.mo").read_bytes() == written.getvalue(), "run make translations"


def test_french_typography() -> None:
    """Curved apostrophes, no-break spaces before the high marks and within quotation marks; code between backquotes is left alone."""
    wrong = []
    for _source, text in said("fr"):
        prose = re.sub(r"`[^`]*`", "`", text)
        if re.search(r"[^\W\d_]'[^\W\d_]", prose) or re.search(r" [?!;:](?=\s|$)", prose) or re.search(r"« | »|\"[^\W\d_]", prose):
            wrong.append(text)
        if re.search(r"\w[?!;](?=\s|$)", prose) or re.search(r"\.\.\.", prose):
            wrong.append(text)
    assert not wrong


def test_extraction_reads_inside_f_strings_and_docstrings(tmp_path: Path) -> None:
    (tmp_path / "verb.py").write_text(
        'import click\n@click.command()\ndef command():\n    """What the verb does."""\n    print(f"| {_(\'Inside\')} |", NN_("one", "many"))\n'
    )
    (tmp_path / "rule.py").write_text('"""What the rule is about.\n\nAnd more.\n"""\nLEVEL: str = "error"\nALLOWABLE = True\n')
    found = extract_from_dir(str(tmp_path), [("**.py", "marronnier.messages.extraction:extract_messages")], keywords=KEYWORDS)
    assert {message for _file, _line, message, _comments, _context in found} == {
        "What the verb does.",
        "Inside",
        ("one", "many"),
        "What the rule is about.",
    }


def test_days_and_instants_within_a_sentence() -> None:
    with messages.in_language("fr"):
        assert messages.format_day(date(2026, 12, 1)) == "1er décembre 2026"
        assert messages.format_instant(datetime(2026, 12, 21, 10, 5)) == "21 décembre 2026 à 10:05"
    with messages.in_language("en"):
        assert messages.format_instant(datetime(2026, 12, 1, 10, 5)) == "2026-12-01 10:05"


def test_the_first_of_a_month_in_a_heading() -> None:
    with messages.in_language("fr"):
        assert day_with_weekday(date(2026, 12, 1)) == "mardi 1er décembre 2026"
        assert day_with_weekday(date(2026, 12, 1), short=True) == "mar. 1er déc. 2026"


@pytest.mark.parametrize(
    ("lang", "typed", "status"),
    [("fr", "o", 0), ("fr", "Oui", 0), ("fr", "y", 0), ("fr", "", 1), ("fr", "non", 1), ("en", "y", 0), ("en", "yes", 0), ("en", "n", 1)],
)
def test_a_prompt_takes_the_letter_of_the_language(lang: str, typed: str, status: int) -> None:
    @click.command()
    def ask() -> None:
        confirm("?")

    with messages.in_language(lang):
        asked = CliRunner().invoke(ask, input=f"{typed}\n")
    assert asked.exit_code == status
    assert asked.output.startswith("? [o/N]" if lang == "fr" else "? [y/N]")


def test_a_prompt_asks_again_after_another_letter() -> None:
    @click.command()
    def ask() -> None:
        confirm("?")

    with messages.in_language("fr"):
        asked = CliRunner().invoke(ask, input="peut-être\no\n")
    assert asked.exit_code == 0
    assert "répondez o ou n" in asked.output


def test_every_format_is_translated() -> None:
    assert set(FORMATS) == set(get_args(Format))


def test_help_in_french(tmp_path: Path) -> None:
    """The help of commands and click's own sentences."""
    every = run_in_french(tmp_path, "--help")
    assert every.returncode == 0
    assert "Le calendrier éditorial" in every.stdout
    assert "Commandes\N{NO-BREAK SPACE}:" in every.stdout
    assert "Afficher cette aide." in every.stdout
    one = run_in_french(tmp_path, "new", "--help").stdout
    assert "Créer un nouveau post" in one
    assert "Un créneau de calendar/slots.yml" in one
    assert not re.search(r"\b(the|with|when|show) ", every.stdout + one)


def test_finding_in_french(tmp_path: Path) -> None:
    assert run_in_french(tmp_path, "init", ".").returncode == 0
    (tmp_path / "content" / "posts").mkdir(parents=True, exist_ok=True)
    (tmp_path / "content" / "posts" / "a.md").write_text("---\nid: a\ntitle: Bonjour\ndate: 2026-12-05 10:00\nchanel: x\n---\nBonjour\n")
    checked = run_in_french(tmp_path, "--now", "2026-12-01", "check")
    assert checked.returncode == 1
    assert "content/posts/a.md:5:1" in checked.stdout
    assert "la clé" in checked.stdout
    assert "vouliez-vous dire" in checked.stdout
    assert "key" not in checked.stdout.replace("unknown-key", "")


def test_trouble_in_french(tmp_path: Path) -> None:
    lost = run_in_french(tmp_path, "plan")
    assert lost.returncode == 2
    assert "Il n’y a pas de marque ici" in lost.stderr
    mistyped = run_in_french(tmp_path, "plan", "--from", "demain")
    assert mistyped.returncode == 2
    assert "un jour s’écrit comme 2026-12-05" in mistyped.stderr


def test_a_language_is_its_folder(tmp_path: Path) -> None:
    """A catalogue of two sentences in a folder of its own: commands and site offer the language, and say the rest in English."""
    shutil.copytree(PACKAGE, tmp_path / "scripts" / "marronnier", ignore=shutil.ignore_patterns("__pycache__"))
    folder = tmp_path / "scripts" / "marronnier" / "messages" / "locale" / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    added = Catalog(locale="eo")
    added.add(
        "There is no brand here: no brand/brand.yml in {folder} or above it", "Ĉi tie estas neniu marko: neniu brand/brand.yml en {folder}"
    )
    added.add("Calendar", "Kalendaro")
    with (folder / "marronnier.mo").open("wb") as file:
        write_mo(file, added)

    def run_in_esperanto(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return run_in_french(place, *arguments, package=tmp_path / "scripts", MARRONNIER_LANG="eo", GIT_CONFIG_GLOBAL=os.devnull)

    lost = run_in_esperanto(tmp_path, "plan")
    assert "Ĉi tie estas neniu marko" in lost.stderr and "Run `marronnier init`" in lost.stderr
    assert "|".join(("en", "eo", *messages.languages()[1:])) in run_in_esperanto(tmp_path, "build", "--help").stdout
    assert run_in_esperanto(tmp_path, "init", "brand").returncode == 0
    brand = tmp_path / "brand"
    subprocess.run(["git", "add", "-A"], cwd=brand, check=True)
    subprocess.run(["git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "Begin"], cwd=brand, check=True)
    built = run_in_esperanto(brand, "build", "--lang", "eo")
    assert built.returncode == 0, built.stderr
    assert "Kalendaro" in (brand / "site" / "index.html").read_text(encoding="utf-8")


def test_a_language_that_is_not_there(tmp_path: Path) -> None:
    """MARRONNIER_LANG, `--lang` and `languages:` are answered with the languages that are there; a system's language is not."""
    asked = run_in_french(tmp_path, "--help", MARRONNIER_LANG="xx")
    assert (asked.returncode, "xx" in asked.stderr, ", ".join(messages.languages()) in asked.stderr) == (2, True, True)
    system = run_in_french(tmp_path, "--help", MARRONNIER_LANG="", LC_ALL="xx_XX.UTF-8")
    assert (system.returncode, "Usage:" in system.stdout, system.stderr) == (0, True, "")
    assert run_in_french(tmp_path, "init", "a", "--lang", "xx").returncode == 2
    with pytest.raises(messages.Trouble, match="xx") as trouble:
        site_view.languages(Brand(name="Jardin", languages=("fr", "xx")))
    assert ", ".join(messages.languages()) in trouble.value.next


def _values_of_calls() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """Place, sentence, its placeholders and the values given, for each sentence that the code fills in where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            if name not in ("_", "ngettext") or any(keyword.arg is None for keyword in node.keywords):
                continue
            given = {keyword.arg for keyword in node.keywords if keyword.arg} | ({"count"} if name == "ngettext" else set())
            for argument in node.args[: 2 if name == "ngettext" else 1]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and (node.keywords or name == "ngettext"):
                    yield f"{path.name}:{node.lineno}", argument.value, placeholders(argument.value), given


def test_each_sentence_gets_the_values_it_names() -> None:
    calls = list(_values_of_calls())
    assert len(calls) > 400
    assert [(place, sentence) for place, sentence, wanted, given in calls if not wanted <= given] == []
    unused = [(place, sentence, given - wanted) for place, sentence, wanted, given in calls if given - wanted - {"count"}]
    assert unused == []


def test_a_language_within_a_thread_is_that_threads_alone() -> None:
    """The site that `serve` builds in the background, in each of its languages, must not answer at the terminal."""
    within, go_on = threading.Event(), threading.Event()
    said = []

    def build() -> None:
        with messages.in_language("fr"):
            within.set()
            go_on.wait(10)
            said.append(messages._("yes"))

    thread = threading.Thread(target=build)
    thread.start()
    assert within.wait(10)
    assert (messages._("yes"), messages.current_language()) == ("yes", "en")
    go_on.set()
    thread.join(10)
    assert said == ["oui"]


def test_a_language_of_the_process_is_spoken_in_all_its_threads() -> None:
    messages.use_language("fr")
    said = []
    thread = threading.Thread(target=lambda: said.append(messages._("yes")))
    thread.start()
    thread.join(10)
    assert said == ["oui"]
    with messages.in_language("en"):
        assert messages._("yes") == "yes"
    assert messages._("yes") == "oui"
