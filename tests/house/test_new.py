"""`marronnier new`: the name, the folder and the front matter of a new post, never over another file."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from house.command import run
from marronnier import start
from marronnier.messages import Trouble
from marronnier.model.scalars import SLUG, WrittenDate

TODAY = date(2026, 12, 2)


def front(path: Path) -> dict[str, object]:
    read: dict[str, object] = yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])
    return read


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Portes ouvertes : on plante !", "portes-ouvertes-on-plante"),
        ("Épluchures & cœur d’artichaut", "epluchures-coeur-d-artichaut"),
        ("L’été à Łódź, ça va ?", "l-ete-a-lodz-ca-va"),
        ("Straße nº 5", "strasse-no-5"),
        ("  100 % gratuit  ", "100-gratuit"),
        ("صباح الخير", "sbah-alkhyr"),
        ("عيد الشجرة", "ayd-alshjrh"),
        ("你好，世界！", "ni-hao-shi-jie"),
        ("2026年植树节", "2026-nian-zhi-shu-jie"),
        ("日本語のタイトル", "ri-ben-yu-no-taitoru"),
        ("がんばる", "ganbaru"),
        ("Доброе утро, объект", "dobroe-utro-obekt"),
        ("안녕하세요 여러분", "annyeonghaseyo-yeoleobun"),
        ("Καλημέρα", "kalimera"),
        ("नमस्ते", "nmste"),
        ("שלום", "slvm"),
        ("ŋəne", "ngene"),
        ("Ångström, Nguyễn & ＡＢＣ", "angstrom-nguyen-abc"),
        ("🌳", "post"),
        ("Merci 🌳", "merci"),
        ("Jardin", "jardin"),
    ],
)
def test_names_come_from_titles(title: str, name: str) -> None:
    assert start.slug_of_title(title) == name


@given(st.text(max_size=300))
def test_any_title_gives_a_name_that_fits_everywhere(title: str) -> None:
    name = start.slug_of_title(title)
    assert re.fullmatch(SLUG, name)
    assert len(name) <= 60
    assert start.slug_of_title(name) == name


@given(st.text(min_size=1, max_size=80).filter(str.strip))
@example("Le jardin #1")
@example("Portes ouvertes : on plante !")
@example("Attention: travaux")
@example("fin:")
@example('Il a dit "oui" \\o/')
@example("Yes")
@example("null")
@example("2026")
@example("@jardin")
@example("- tiret")
@example("un\ndeux\ttrois")
@example("\ud800")
def test_a_title_reads_back_as_typed(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    root = tmp_path_factory.mktemp("brand")
    try:
        path = start.write_post(root, start.PostRequest(title), (), TODAY)
    except Trouble as trouble:
        assert trouble.status == 2
        return
    read = front(root / path)["title"]
    assert isinstance(read, str)
    assert re.sub(r"\W+", "", read) == re.sub(r"\W+", "", title.replace("\ud800", ""))


@pytest.mark.parametrize("title", ["Portes ouvertes", "L’été au jardin, enfin", "Un titre (entre parenthèses) & plus"])
def test_titles_are_quoted_only_where_needed(tmp_path: Path, title: str) -> None:
    path = start.write_post(tmp_path, start.PostRequest(title), (), TODAY)
    assert f"title: {title}\n" in (tmp_path / path).read_text(encoding="utf-8")


def test_the_same_title_twice_gives_two_posts(tmp_path: Path) -> None:
    first = start.write_post(tmp_path, start.PostRequest("Merci"), (), TODAY)
    (tmp_path / first).write_text("words of mine", encoding="utf-8")
    second = start.write_post(tmp_path, start.PostRequest("Merci"), (), TODAY)
    third = start.write_post(tmp_path, start.PostRequest("MERCI !"), {"Merci-3"}, TODAY)
    assert (first, second, third) == tuple(f"content/posts/2026/12/merci{end}.md" for end in ("", "-2", "-4"))
    assert (tmp_path / first).read_text(encoding="utf-8") == "words of mine"
    assert front(tmp_path / second)["id"] == "merci-2"


def test_an_id_of_another_folder_is_taken_too(tmp_path: Path) -> None:
    path = start.write_post(tmp_path, start.PostRequest("Merci"), {"merci"}, TODAY)
    assert path.endswith("/merci-2.md")


def test_the_folder_is_the_month_of_its_date(tmp_path: Path) -> None:
    path = start.write_post(tmp_path, start.PostRequest("Vœux", date=WrittenDate.parse("2027-01-01 10:00")), (), TODAY)
    assert path == "content/posts/2027/01/voeux.md"
    assert start.write_post(tmp_path, start.PostRequest("Vite", date=WrittenDate.parse("when-approved")), (), TODAY).startswith(
        "content/posts/2026/12/"
    )


def brand(folder: Path) -> Path:
    done = run(folder, "init", "--example", "brand")
    assert done.returncode == 0, done.stderr
    return folder / "brand"


def test_missing_options_come_from_the_brand(tmp_path: Path) -> None:
    root = brand(tmp_path)
    usual = run(root, "new", "Rien de spécial")
    slot = run(root, "new", "Un conseil", "--slot", "woensdag-tuin")
    campaign = run(root, "new", "Une veillée", "--campaign", "veillees", "--date", "2026-12-14 10:00")
    idea = run(root, "new", "Un jour", "--idea")
    assert [done.returncode for done in (usual, slot, campaign, idea)] == [0, 0, 0, 0], usual.stderr
    assert front(root / usual.stdout.strip()) == {
        "id": "rien-de-special",
        "title": "Rien de spécial",
        "slot": "next",
        "channels": ["journal"],
    }
    assert front(root / slot.stdout.strip())["channels"] == ["krant"]
    written = front(root / campaign.stdout.strip())
    assert (written["channels"], written["pillar"]) == (["journal", "krant", "news"], "rendez-vous")
    assert idea.stdout == "content/ideas/un-jour.md\n"
    assert "slot" not in front(root / idea.stdout.strip())
    # The words are still to be written, and the example keeps every slot of its journal for a pillar: nothing else is told.
    told = run(root, "check", "--format", "json")
    assert sorted(finding["message"] for finding in json.loads(told.stdout)) == [
        "every slot for journal is reserved for another pillar; name a slot, or give the post its pillar",
        "it has no words for `journal`",
        "it has no words for `journal`, `krant`, `news`",
        "it has no words for `krant`",
    ]


@pytest.mark.parametrize(
    ("option", "value", "expected"),
    [
        ("--channel", "journnal", "Did you mean journal?"),
        ("--slot", "mardi", "mardi-conseil"),
        ("--campaign", "bulbe", "Did you mean bulbes?"),
        ("--date", "demain", "2026-12-05 10:00"),
    ],
)
def test_a_name_the_brand_does_not_know_is_refused_with_a_suggestion(tmp_path: Path, option: str, value: str, expected: str) -> None:
    root = brand(tmp_path)
    before = sorted(root.rglob("*.md"))
    done = run(root, "new", "Un titre", option, value)
    assert done.returncode == 2
    assert value in done.stderr
    assert expected in done.stderr
    assert sorted(root.rglob("*.md")) == before


@pytest.mark.parametrize("title", ["", "   ", "\n"])
def test_no_title_no_post(tmp_path: Path, title: str) -> None:
    root = brand(tmp_path)
    done = run(root, "new", title)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_outside_a_brand_the_message_names_init(tmp_path: Path) -> None:
    done = run(tmp_path, "new", "Un titre")
    assert done.returncode == 2
    assert "marronnier init" in done.stderr


def test_a_date_that_is_none_is_told_as_what_was_read_and_what_was_expected(tmp_path: Path) -> None:
    run(tmp_path, "init", ".")
    done = run(tmp_path, "new", "Bonjour", "--date", "2026-13-01")
    assert done.returncode == 2
    assert "marronnier: --date 2026-13-01 is no date. Expected: a day and an hour that exist\n" in done.stderr
    done = run(tmp_path, "--now", "yesterday", "plan")
    assert "marronnier: --now yesterday is no date. Expected: a date looks like 2026-12-05 10:00\n" in done.stderr


def test_a_brand_without_its_channels_file_is_told_so(tmp_path: Path) -> None:
    run(tmp_path, "init", ".")
    (tmp_path / "brand/channels.yml").unlink()
    refused = run(tmp_path, "new", "Bonjour", MARRONNIER_LANG="en")
    assert (refused.returncode, "brand/channels.yml is missing" in refused.stderr) == (3, True), refused.stderr
    assert not list(tmp_path.glob("content/posts/**/*.md"))
    checked = run(tmp_path, "check", MARRONNIER_LANG="en").stdout
    assert "which is missing" in checked and "none yet" not in checked


def test_a_folder_that_is_not_there_is_no_part_of_the_brand_above_it(tmp_path: Path) -> None:
    run(tmp_path, "init", ".")
    refused = run(tmp_path, "-C", "nowhere", "check", MARRONNIER_LANG="en")
    assert (refused.returncode, "There is no folder" in refused.stderr) == (2, True), refused.stderr
