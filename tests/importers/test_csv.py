"""Tables: our own export comes back as it was; Buffer's, Hootsuite's and one's own are read, and what they do not say is asked."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.test_real_sites import said
from marronnier import desk
from marronnier.desk import Desk
from marronnier.files import WorkTree, yaml_text
from marronnier.importers import TableOptions, csv_table, writer
from marronnier.importers.bundle import Bundle
from marronnier.importers.leftovers import with_leftovers
from marronnier.importers.picture_download import picture_name
from marronnier.importers.source import LooseFiles
from marronnier.importers.tools import csv as tables
from marronnier.messages import Trouble
from people import Town, write

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")
BRAND = {
    "brand/brand.yml": "name: x\nzone: Europe/Brussels\nforeign_keys: [chapeau]\n",
    "brand/channels.yml": "channels: {journal: {network: feed}, place: {network: mastodon, account: '@a@b.example'}}\n",
}
BUFFER = (
    "Text,Image URL,Tags,Posting Time,Board Name\r\n"
    '"Bonjour *tous*, ""ça va"" ?\r\nOui.",https://images.example/a.png,conseil,2026-12-05 10:00,Jardin\r\n'
    "Sans date,,,,\r\n,,,,\r\nHier,,,2026-11-01 09:00,\r\n,,,2026-12-06 10:00,\r\n"
)
HOOTSUITE = '27/12/2026 11:35,"Bonjour, # tous",https://a.example/x\r\n05/12/2026 9:05,Deux,,https://b.example,trop\r\n'


def house(place: Path) -> Desk:
    write(place, BRAND)
    return desk.load(WorkTree(place))


def read(place: Path, text: str | bytes, **options: Any) -> Bundle:
    data = text if isinstance(text, bytes) else text.encode()
    source = LooseFiles({"plan.csv": data})
    options = {"channels": ("place",), **options}
    bundle = tables.read_table(source, house(place), NOW, BRUSSELS, fresh=False, options=TableOptions(**options))
    return with_leftovers(bundle, source)


def written(place: Path, bundle: Bundle) -> Desk:
    before = desk.load(WorkTree(place))
    writer.write_bundle(bundle, writer.compare_with_brand(bundle, before), LooseFiles({}), before, place, None)
    return desk.load(WorkTree(place))


def by_title(desk: Desk) -> dict[str, Any]:
    return {post.title: post for post in desk.posts.values()}


def test_buffer(tmp_path: Path) -> None:
    bundle = read(tmp_path, BUFFER)
    after = written(tmp_path, bundle)
    assert [finding for finding in after.findings if finding.level == "error"] == []
    first, undated, past = (after.posts[post.id] for post in bundle.posts)
    assert first.variants[0].text == 'Bonjour \\*tous\\*, "ça va" ?\nOui.'
    assert (str(first.front.date), first.front.channels, first.front.tags) == ("2026-12-05 10:00", ("place",), ())
    assert first.front.media[0].src == f"stand-in/{picture_name('https://images.example/a.png')}.png"
    assert undated.front.slot == "next" and undated.front.date is None
    assert [post.past for post in bundle.posts[:2]] == [{}, {}]
    assert bundle.posts[2].past["place"].outcome == "unrecorded" and str(past.front.date) == "2026-11-01 09:00"
    assert "plan.csv: Tags: 1 value not imported" in said(bundle) and "plan.csv: Board Name: 1 value not imported" in said(bundle)
    assert "plan.csv:7: not imported: it has no words and no picture (2026-12-06 10:00)" in said(bundle)


def test_hootsuite(tmp_path: Path) -> None:
    """It has no header, and 27/12 says that the day comes first."""
    bundle = read(tmp_path, HOOTSUITE)
    after = written(tmp_path, bundle)
    first, second = (after.posts[post.id] for post in bundle.posts)
    assert (str(first.front.date), first.front.link, first.variants[0].text) == (
        "2026-12-27 11:35",
        "https://a.example/x",
        "Bonjour, # tous",
    )
    assert str(second.front.date) == "2026-12-05 09:05"
    assert "plan.csv: 4: 1 value not imported" in said(bundle) and "plan.csv: 5: 1 value not imported" in said(bundle)


def test_a_date_with_two_meanings_is_asked(tmp_path: Path) -> None:
    text = "05/12/2026 11:35,Bonjour\n06/12/2026 11:35,Bonsoir\n"
    with pytest.raises(Trouble) as trouble:
        read(tmp_path, text)
    assert "05/12/2026" in trouble.value.message and "--dates" in trouble.value.next
    for order, wanted in (("day-first", "2026-12-05 11:35"), ("month-first", "2026-05-12 11:35")):
        assert f"date: '{wanted}'" in read(tmp_path, text, dates=order).posts[0].text
    assert "date: '2026-12-05 11:35'" in read(tmp_path, "05/12/26 11:35,a\n13/12/26 11:35,b\n").posts[0].text


@pytest.mark.parametrize("others", ["12/25/2026 09:00,a\n02/30/2026 09:00,b\n", "02/30/2026 09:00,b\n12/25/2026 09:00,a\n"])
def test_a_day_that_does_not_exist_decides_nothing_for_the_others(tmp_path: Path, others: str) -> None:
    """30 February is no day in either order: the 25th month is what says that the month stands first."""
    bundle = read(tmp_path, f"{others}03/04/2026 10:00,c\n")
    assert "date: '2026-03-04 10:00'" in bundle.posts[2].text
    assert "`02/30/2026 09:00` is no date" in said(bundle)


def test_a_table_with_both_orders_is_asked(tmp_path: Path) -> None:
    text = "12/25/2026 09:00,a\n25/12/2026 09:00,b\n03/04/2026 10:00,c\n"
    with pytest.raises(Trouble) as trouble:
        read(tmp_path, text)
    assert "03/04/2026" in trouble.value.message and "--dates" in trouble.value.next
    assert "date: '2026-04-03 10:00'" in read(tmp_path, text, dates="day-first").posts[2].text


def test_a_mapping_of_ones_own(tmp_path: Path) -> None:
    text = "Quand;Heure;Texte;Photo;Description;Mots;Réseaux;Note\n5/12/2026;18h30;Salut;photo.jpg;Un banc;#Jardin #Été;journal, place;hm\n13/12/2026;;Salut deux;;;;;\nbientôt;;Trois;;;;;\n"
    columns = {
        "date": "Quand",
        "time": "Heure",
        "text": "Texte",
        "image": "Photo",
        "alt": "Description",
        "tags": "Mots",
        "channels": "Réseaux",
    }
    bundle = read(tmp_path, text.encode("cp1252"), columns=columns)
    after = written(tmp_path, bundle)
    posts = by_title(after)
    assert (str(posts["Salut"].front.date), posts["Salut"].front.tags) == ("2026-12-05 18:30", ("Jardin", "Été"))
    assert posts["Salut"].front.channels == ("journal", "place") and posts["Salut deux"].front.channels == ("place",)
    assert posts["Trois"].front.draft and "plan.csv:4: `bientôt` is no date" in said(bundle)
    assert "plan.csv: it is not UTF-8" in said(bundle) and "plan.csv: Note: 1 value not imported" in said(bundle)
    assert "plan.csv:2: the picture photo.jpg is not in this folder" in said(bundle)


@pytest.mark.parametrize(
    ("text", "options", "message", "next"),
    [
        ("a,b\n1,2\n", {}, "The columns of plan.csv are not known: a, b", "--map text=COLUMN"),
        ("a,b\n1,2\n", {"columns": {"text": "c"}}, "plan.csv has no column c", "a, b"),
        (BUFFER, {"channels": ()}, "does not say which channels", "--channel NAME; the channels here are journal, place"),
        ('Text,Posting Time\n"a', {}, "plan.csv:2: this cannot be read as CSV", "Save the table as CSV again"),
        (b"PK\x03\x04\x00\x00", {}, "plan.csv is no text", "Save the table as CSV"),
        ("", {}, "There is no table here", "Name a CSV file"),
    ],
)
def test_what_a_table_does_not_say_is_asked(tmp_path: Path, text: str | bytes, options: dict[str, Any], message: str, next: str) -> None:
    with pytest.raises(Trouble) as trouble:
        read(tmp_path, text, **options)
    assert message in trouble.value.message and next in trouble.value.next


POSTS = {
    "content/posts/2026/12/a.md": "---\nid: a\ntitle: \"=cmd|' /C calc'!A0\"\ndate: 2026-12-05 10:00\nchannels: [journal, place]\ntags: [Jardin, 'a, b']\n"
    "media:\n  - {src: a.png, alt: ''}\nfor:\n  place: {date: 2026-12-05 12:00, tags: [Un]}\npoll: {options: [Oui, Non]}\n"
    "chapeau: 3\nsensitive: '[x]'\n---\n- un\n- deux\n\n---\n\n« Trois » ; \"quatre\"\n\n## @place\n'=Cinq\n",
    "content/posts/2026/12/b.md": '+++\ntitle = "B"\ndate = 2026-12-06\nchannels = "journal"\n+++\n@tous\n',
    "content/ideas/c.md": "---\ntitle: C\ndraft: true\n---\nPeut-être.\n",
}


def test_what_is_exported_is_imported_as_it_was(town: Town, tmp_path: Path) -> None:
    write(tmp_path / "first", {**BRAND, **POSTS})
    write(tmp_path / "second", BRAND)
    env = town.surroundings("ines", "2026-11-20 09:00")

    def run(place: Path, *arguments: str, code: int = 0) -> str:
        done = subprocess.run([str(town.bin / "marronnier"), *arguments], cwd=place, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "3 posts written to" in run(tmp_path / "first", "export", "csv", "--to", str(tmp_path / "posts.csv"))
    assert "exists already" in run(tmp_path / "first", "export", "csv", "--to", str(tmp_path / "posts.csv"), code=2)
    report = json.loads(run(tmp_path / "second", "import", "csv", str(tmp_path / "posts.csv"), "--fresh", "--format", "json"))
    assert len(report["posts"]["written"]) == 3 and report["stayed_behind"] == [] and report["changed"] == []
    assert as_people_see_them(tmp_path / "second") == as_people_see_them(tmp_path / "first")
    cells = [cell for row in csv.reader(io.StringIO((tmp_path / "posts.csv").read_text("utf-8-sig"), newline="")) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert run(tmp_path / "second", "export", "csv") == run(tmp_path / "first", "export", "csv")
    plain = tmp_path / "plain.csv"
    assert "3 posts written to" in run(tmp_path / "first", "export", "csv", str(plain))
    assert plain.read_bytes() == (tmp_path / "posts.csv").read_bytes()
    assert "Name one file to write" in run(tmp_path / "first", "export", "csv", str(plain), "--to", str(tmp_path / "other.csv"), code=2)
    write(tmp_path / "first", {"content/posts/2026/12/d.md": "---\nchannels: [\n---\n"})
    assert "1 post cannot be read, and is not in the table: content/posts/2026/12/d.md" in run(tmp_path / "first", "export", "csv", code=1)


def as_people_see_them(place: Path) -> dict[str, Any]:
    """Keys and words of each post."""
    loaded = desk.load(WorkTree(place))
    assert [finding for finding in loaded.findings if finding.level == "error"] == []
    return {
        post.id: (repr(post.front).replace("id=None", f"id={post.id!r}"), [(variant.names, variant.text) for variant in post.variants])
        for post in loaded.posts.values()
    }


def test_an_idea_stays_one(tmp_path: Path) -> None:
    write(tmp_path / "there", {**BRAND, "content/ideas/c.md": "---\ntitle: C\ndate: 2026-12-05\n---\nPeut-être.\n"})
    bundle = read(tmp_path / "here", csv_table.posts_as_csv(desk.load(WorkTree(tmp_path / "there"))), channels=())
    assert written(tmp_path / "here", bundle).posts["c"].front.draft


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufeff\ufffe\uffff"),
    min_size=1,
    max_size=20,
)


@given(st.fixed_dictionaries({"title": CELL, "tags": st.lists(CELL, max_size=3), "alt": CELL}), CELL)
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any], words: str) -> None:
    places = [tmp_path_factory.mktemp("there"), tmp_path_factory.mktemp("here")]
    keys = {
        "id": "a",
        "title": values["title"],
        "date": "2026-12-05",
        "tags": values["tags"],
        "media": [{"src": "a.png", "alt": values["alt"]}],
    }
    text = "\n".join(["---", *yaml_text.yaml_lines(keys), "---", words, ""])
    write(places[0], {**BRAND, "content/posts/2026/12/a.md": text})
    loaded = desk.load(WorkTree(places[0]))
    if "a" not in loaded.posts:
        return
    bundle = read(places[1], csv_table.posts_as_csv(loaded), channels=())
    after = written(places[1], bundle)
    assert after.posts["a"].front == loaded.posts["a"].front
    assert [variant.text.strip() for variant in after.posts["a"].variants] == [
        variant.text.strip() for variant in loaded.posts["a"].variants
    ]


def test_options_of_tables_are_for_tables(town: Town, tmp_path: Path) -> None:
    write(tmp_path / "house", BRAND)
    write(tmp_path / "there", {"plan.csv": BUFFER})

    def run(*arguments: str) -> str:
        env = town.surroundings("ines", "2026-11-20 09:00")
        command = [str(town.bin / "marronnier"), "import", *arguments]
        done = subprocess.run(command, cwd=tmp_path / "house", env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stdout
        return done.stderr

    assert "are for tables" in run("hugo", str(tmp_path / "there"), "--channel", "place")
    assert "There is no channel nowhere" in run("csv", str(tmp_path / "there"), "--channel", "nowhere")
    assert "--map texte=Text is not understood" in run("csv", str(tmp_path / "there/plan.csv"), "--map", "texte=Text")
