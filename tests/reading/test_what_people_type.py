"""What phones, Word and French typing habits do to a post is reported at its place and fixed without losing a word."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from checks.rule_pages import build, check
from marronnier.cli import marronnier
from marronnier.messages import Trouble
from marronnier.model.loose_dates import guess_date
from marronnier.model.scalars import WrittenDate, parse_clock

POST = "content/posts/2026/12/a.md"
KEYS = ("title: Essai", "date: 2026-12-20 10:00", "channels: [journal]")


def post(*lines: str, fences: tuple[str, str] = ("---", "---")) -> str:
    written = {line.partition(":")[0] for line in lines}
    kept = [line for line in KEYS if line.partition(":")[0] not in written]
    return "\n".join([fences[0], *kept, *lines, fences[1], "Bonjour à toutes et à tous.", ""])


def mended(root: Path, text: str) -> str:
    """The post after `check --fix`; a second run has no findings and no fixes."""
    build(root, {POST: text})
    assert check(root).exit_code == 1
    done = check(root, "--fix")
    assert done.exit_code == 0, done.output
    after = (root / POST).read_bytes()
    assert "No line can be corrected" in check(root, "--fix").output
    assert (root / POST).read_bytes() == after
    return after.decode()


MENDED = [
    ("date:2026-12-20 10:00", "date: 2026-12-20 10:00"),
    ("title:Essai", "title: Essai"),
    ("tags:\n\u00a0\u00a0- Jardin\u00a0vert", "tags:\n  - Jardin\u00a0vert"),
    ("tags:\n\t- Jardin\tvert", "tags:\n  - Jardin\tvert"),
    ("tags: [#Jardin, #Été] # à relire", "tags: ['#Jardin', '#Été'] # à relire"),
    ("tags: [Oui : bien sûr, '#a, b', c]", "tags: ['Oui : bien sûr', '#a, b', c]"),
    ("tags: #Jardin #Été", "tags: [Jardin, Été]"),
    ("tags: Jardin, Quartier", "tags: [Jardin, Quartier]"),
    ("channels: journal; bluesky # les deux", "channels: [journal, bluesky] # les deux"),
    ("pillar: [jardin]", "pillar: jardin"),
    ("format: [post]", "format: post"),
    ("title: [Annonce]", "title: '[Annonce]'"),
    ("title: 'L'école est finie' # voir", 'title: "L\'école est finie" # voir'),
    ("date: dimanche 20 décembre 2026 à 10h30 # jour de marché", "date: 2026-12-20 10:30 # jour de marché"),
    ('date: "20/12/2026 18h"', 'date: "2026-12-20 18:00"'),
    ("date: 2026-12-20\u00a010:00", "date: 2026-12-20 10:00"),
    ("date: 2026-12-20 10:00 Europe/Brussels # heure d'ici", "date: 2026-12-20 10:00 +01:00 # heure d'ici"),
    ("date: 2026-6-1 10h America/New_York", "date: 2026-06-01 10:00 -04:00"),
    ("date: 2026-12-20 10:00 UTC", "date: 2026-12-20 10:00 +00:00"),
    ("date: 2026-6-1 9:5", "date: 2026-06-01 09:05"),
    ("date: 2026-6-1 9:5 pm", "date: 2026-06-01 21:05"),
    ("date: [2026-12-20]", "date: 2026-12-20"),
    ("for:\n  journal: {date: 21 december 2026 10u30}", "for:\n  journal: {date: 2026-12-21 10:30}"),
]


@pytest.mark.parametrize(("typed", "meant"), MENDED, ids=[typed for typed, _meant in MENDED])
def test_a_value_with_one_meaning_is_fixed(tmp_path: Path, typed: str, meant: str) -> None:
    assert mended(tmp_path, post(typed)) == post(meant)


@pytest.mark.parametrize(
    "fences", [("—", "—"), ("–––", "—-"), ("--", "--"), (" ---", " ---"), ("---", "—"), ("—", "---"), ("-----", "—\u00a0")]
)
def test_a_long_dash_as_a_fence_is_fixed(tmp_path: Path, fences: tuple[str, str]) -> None:
    kept = "-----" if fences[0] == "-----" else "---"
    assert mended(tmp_path, post(fences=fences)) == post(fences=(kept, "---"))


def test_a_dialogue_is_not_front_matter(tmp_path: Path) -> None:
    text = "—\n\nNote : bonjour.\n\n—\n"
    build(tmp_path, {POST: text})
    check(tmp_path, "--fix")
    assert (tmp_path / POST).read_text() == text


def test_two_fixes_of_one_value_lose_no_word(tmp_path: Path) -> None:
    """Quotes for braces and the French no-break space change the same value."""
    picture = "media:\n  - {src: a.png, alt: Une botte, un livre: et un sapin !}"
    build(tmp_path, {"brand/voice.yml": "typography: fr\n", "content/media/a.png": "(a picture)"})
    after = mended(tmp_path, post(picture))
    assert after == post("media:\n  - {src: a.png, alt: 'Une botte, un livre\u00a0: et un sapin\u202f!'}")


UNSURE = [
    "date: 05/12/2026",
    "date: lundi 20 décembre 2026",
    "date: 2026-03-29 02:30 Europe/Brussels",
    "date: 2026-10-25 02:30 Europe/Brussels",
    "date: 2026-12-20 10:00 CET",
    "date: 2026-12-20 10:00 Mars/Phobos",
    "date: 2026-12-20 Europe/Brussels",
    "date: demain",
    "pillar: [jardin, lectures]",
    "sensitive: non",
    "draft: oui",
    'title: "C:\\jardin"',
    "channels:\n\u00a0 - [journal",
]


@pytest.mark.parametrize("typed", UNSURE)
def test_a_value_with_several_meanings_gets_no_fix(tmp_path: Path, typed: str) -> None:
    build(tmp_path, {POST: post(typed)})
    done = check(tmp_path, "--fix")
    assert done.exit_code == 1
    assert (tmp_path / POST).read_text() == post(typed).replace("\u00a0 -", "  -")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("sensitive: non", "Did you mean false?"),
        ("hashtags: [pomme]", "Did you mean tags?"),
        ("poll: {options: [oui, non], closes_in: 2d}", "Did you mean duration?"),
        ("poll: {choices: [oui, non]}", "Did you mean options?"),
        ("draft: oui", "Did you mean true?"),
        ('title: "C:\\jardin"', "an unknown escape"),
        ("date: 2026-02-30", "correct the day or the hour"),
        ("date: 2026-12-20 10:00 CET", "write the offset from UTC in place of the zone's name"),
        ("date: 2026-12-20\u00a010:00", "date is 2026-12-20[U+00A0]10:00;"),
        ("date: 2026-12-20\u202f10:00", "date is 2026-12-20[U+202F]10:00;"),
        ("id: a\u00a0b", "id is a[U+00A0]b;"),
        ("date: 05/12/2026", "write it again with the year first"),
        ("id: Fête d'été", "id is Fête d'été"),
    ],
)
def test_a_value_without_a_fix_gets_advice(tmp_path: Path, typed: str, said: str) -> None:
    assert said.casefold() in check(build(tmp_path, {POST: post(typed)})).output.casefold()


def test_yes_or_no_in_french_is_not_a_content_warning(tmp_path: Path) -> None:
    from marronnier import desk
    from marronnier.files import WorkTree

    for typed, read in (("no", False), ("yes", True), ("images de neige", "images de neige")):
        root = build(tmp_path / typed, {POST: post(f"sensitive: {typed}")})
        assert desk.load(WorkTree(root)).posts["a"].front.sensitive == read


def test_toml_is_fixed_only_where_it_stays_toml(tmp_path: Path) -> None:
    text = '+++\ntitle = "Essai"\ndate = "20 décembre 2026"\nchannels = "journal, bluesky"\n+++\nBonjour.\n'
    build(tmp_path, {POST: text})
    check(tmp_path, "--fix")
    assert (tmp_path / POST).read_text() == text.replace("20 décembre 2026", "2026-12-20")


MEANT = [
    ("5 décembre 2026", "2026-12-05"),
    ("1er décembre 2026", "2026-12-01"),
    ("2026-12-5", "2026-12-05"),
    ("2026/12/20 à 10h", "2026-12-20 10:00"),
    ("20.12.2026, 10.30", "2026-12-20 10:30"),
    ("zondag 20 december 2026 om 10 uur", "2026-12-20 10:00"),
    ("December 5th, 2026 at 9:05 pm", "2026-12-05 21:05"),
    ("2026-12-20 12:15 am", "2026-12-20 00:15"),
    ("2026\u201112\u201120 10 h 30", "2026-12-20 10:30"),
    ("٢٠٢٦-١٢-٢٠ 10:00", "2026-12-20 10:00"),
    ("2026-10-25 2h30 later", "2026-10-25 02:30 later"),
    ("2026-12-20 10h30 +01:00", "2026-12-20 10:30 +01:00"),
    ("12/12/2026", "2026-12-12"),
]


MEANT += [
    ("2026-6-1 9:5", "2026-06-01 09:05"),
    ("2026-06-01 10:00 Europe/Paris", "2026-06-01 10:00 +02:00"),
    ("2026-12-01 10:00 Europe/Paris", "2026-12-01 10:00 +01:00"),
    ("1er décembre 2026 à 10h (America/Argentina/Buenos_Aires)", "2026-12-01 10:00 -03:00"),
    ("2026-12-01T10:00 UTC", "2026-12-01 10:00 +00:00"),
    ("2026-12-01\u00a010:00", "2026-12-01 10:00"),
]


@pytest.mark.parametrize(("text", "date"), MEANT)
def test_a_date_with_one_meaning_is_guessed(text: str, date: str) -> None:
    assert guess_date(text) == date
    assert WrittenDate.parse(date)


@pytest.mark.parametrize(
    "text",
    [
        "05/12/2026",
        "12/20/2026",
        "lundi 20 décembre 2026",
        "2026-02-30",
        "2026-12-20 25h",
        "2026-12-20 10",
        "2026-12-20 2026",
        "5 mai 26",
        "31/04/2026",
        "10:00 Europe/Paris",
        "2026-12-01 Europe/Paris",
        "2026-10-25 02:30 Europe/Paris",
        "2026-03-29 02:30 Europe/Paris",
        "2026-12-01 10:00 Europe/Nowhere",
        "2026-12-01 10:00 CET",
        "",
    ],
)
def test_a_date_with_several_meanings_or_none_is_not_guessed(text: str) -> None:
    assert guess_date(text) is None


@pytest.mark.parametrize("text", ["10:30", "10h30", "10 h 30", "10u30", "10H30"])
def test_hours_as_people_write_them(text: str) -> None:
    assert f"{parse_clock(text):%H:%M}" == "10:30"
    assert f"{parse_clock('9h'):%H:%M}" == "09:00"


@pytest.mark.parametrize("text", ["25h00", "10h75", "10", "10.30", "h30"])
def test_invalid_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_clock(text)


def test_a_slot_has_one_weekday_or_several(tmp_path: Path) -> None:
    slots = "slots:\n  a: {days: lundi, at: 10h, channels: journal}\n  b:\n    days: mardi, jeudi\n    at: 8u30\n"
    root = build(tmp_path, {"calendar/slots.yml": slots})
    assert check(root, "--fix").exit_code == 0
    assert (root / "calendar/slots.yml").read_text() == slots.replace("mardi, jeudi", "[mardi, jeudi]")


def test_errors_reported_one_after_another_are_all_fixed_at_once(tmp_path: Path) -> None:
    keys = ("description", "summary", "subtitle", "excerpt", "linkTitle", "keywords", "type", "layout", "url")
    mended(tmp_path, post(*(f"{key}: Un : deux" for key in keys)))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("5 décembre 2026 10h", "Did you mean 2026-12-05 10:00?"),
        ("2026-02-30", "Write it like 2026-12-05 10:00."),
        ("05/12/2026", "Write it like"),
    ],
)
def test_a_date_on_the_command_line_gets_the_same_advice(tmp_path: Path, text: str, advice: str) -> None:
    root = build(tmp_path, {})
    with pytest.raises(Trouble) as trouble:
        CliRunner().invoke(marronnier, ["-C", str(root), "new", "Essai", "--date", text], catch_exceptions=False)
    assert trouble.value.status == 2
    assert trouble.value.next.startswith(advice)
    assert "out of range" not in trouble.value.message


def test_an_error_at_the_end_of_a_file_has_a_place_in_it(tmp_path: Path) -> None:
    handles = "handles:\n  a: {name: A, kind: organisation}\n  b"
    assert "brand/handles.yml:3:4: error[unreadable]" in check(build(tmp_path, {"brand/handles.yml": handles})).output


@pytest.mark.parametrize(
    ("typed", "place", "meant"),
    [
        ("date:\n  created: 20/12/2026", f"{POST}:5:12:", "date:\n  created: 2026-12-20"),
        ("publishDate: 20 décembre 2026", f"{POST}:4:14:", "publishDate: 2026-12-20"),
    ],
)
def test_an_invalid_date_of_another_tool_is_reported_where_it_is_written(tmp_path: Path, typed: str, place: str, meant: str) -> None:
    text = f"---\ntitle: Essai\nchannels: [journal]\n{typed}\n---\nBonjour.\n"
    assert place in check(build(tmp_path, {POST: text})).output
    assert mended(tmp_path, text) == text.replace(typed, meant)


UNREAD = [
    ("content/posts/2026/12/b.txt", "notice", "name ends in .md"),
    ("content/posts/2026/12/b.docx", "notice", "name ends in .md"),
    ("content/b.md", "warning", "move it there"),
    ("content/post/2026/12/b.md", "warning", "move it there"),
    ("content/Posts/2026/12/b.md", "warning", "in lower case"),
    ("content/posts/2026/12/index.md", "warning", "its own file name"),
    ("calendar/campaigns/ete.yml", "warning", "a page in Markdown"),
    ("brand/Handles.yaml", "warning", "rename it to brand/handles.yml"),
]


@pytest.mark.parametrize(("path", "level", "said"), UNREAD, ids=[row[0] for row in UNREAD])
def test_a_file_that_is_never_loaded_is_reported(tmp_path: Path, path: str, level: str, said: str) -> None:
    output = check(build(tmp_path, {path: post()})).output
    assert f"{path}:1:1: {level}[unreadable]: this file is never read" in output
    assert said in output


@pytest.mark.parametrize(
    "path",
    ["content/media/b.txt", "content/index.md", "content/posts/2026/12/b.MD", "brand/personas/b.md", "content/posts/2026/12/b/index.md"],
)
def test_a_file_that_is_loaded_or_unrelated_is_not_reported(tmp_path: Path, path: str) -> None:
    assert "never read" not in check(build(tmp_path, {path: post()})).output


def test_a_page_of_another_tool_is_not_a_post(tmp_path: Path) -> None:
    assert "never read" not in check(build(tmp_path, {"content/about.md": "---\nlayout: page\n---\nQui nous sommes.\n"})).output


@pytest.mark.parametrize("heading", ["### @bluesky", "##\u00a0@bluesky", "##@Bluesky :", "**@bluesky**"])
def test_a_mistyped_variant_heading_is_fixed(tmp_path: Path, heading: str) -> None:
    text = post("channels: [journal, bluesky]") + f"\n{heading}\nSalut.\n\n```\n{heading}\n```\n"
    name = "@Bluesky" if "Bluesky" in heading else "@bluesky"
    assert mended(tmp_path, text) == text.replace(f"\n{heading}\nSalut", f"\n## {name}\nSalut")


@pytest.mark.parametrize(
    ("channels", "below", "told"),
    [
        ("[journal]", "## @bluesky\nSalut.\n", True),
        ("[journal, bluesky]", "## @bluesky\nSalut.\n\n## @bluesky\nEncore.\n", True),
        ("[journal, bluesky]", "## @bluesky\nSalut.\n", False),
        ("[reseaux]", "## @feed\nSalut.\n", False),
        ("[journal]", "## @bluesky\n", False),
        ("[journal]", "### @marie\nSalut.\n", False),
    ],
)
def test_a_variant_for_no_channel_is_reported(tmp_path: Path, channels: str, below: str, told: bool) -> None:
    output = check(build(tmp_path, {POST: post(f"channels: {channels}") + "\n" + below})).output
    assert ("no channel of this post uses the words" in output) is told


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        (POST, post("lang: français"), f"{POST}:5:7:"),
        ("brand/voice.yml", "banned:\n  promesses: {words: [sans risque], lang: Français, why: La loi.}\n", "brand/voice.yml:2:"),
        ("brand/channels.yml", "channels:\n  journal: {network: feed, lang: nederlands}\n", "brand/channels.yml:2:"),
    ],
)
def test_an_invalid_language_is_reported(tmp_path: Path, path: str, text: str, place: str) -> None:
    """A word banned in the language « français » would be banned in no text."""
    line = next(line for line in check(build(tmp_path, {path: text})).output.splitlines() if line.startswith(place))
    assert "a language is written in two letters, like fr, nl or fr-BE" in line


@pytest.mark.parametrize("lang", ["fr", "FR", "fr-BE", "fr_BE", "zh-Hant"])
def test_languages_as_people_write_them(tmp_path: Path, lang: str) -> None:
    assert check(build(tmp_path, {POST: post(f"lang: {lang}")})).exit_code == 0


@pytest.mark.parametrize(
    ("typed", "meant"), [("canaux: [journal]", "channels"), ("Mots_clés: fête", "tags"), ("taal: nl", "lang"), ("brouillon: true", "draft")]
)
def test_a_french_or_dutch_key_gets_a_suggestion(tmp_path: Path, typed: str, meant: str) -> None:
    build(tmp_path, {POST: post(typed)})
    assert f"did you mean {meant}?" in check(tmp_path).output


def test_a_post_that_requires_itself_is_reported_and_one_file_alone_is_not_checked_against_others(tmp_path: Path) -> None:
    build(tmp_path, {POST: post("id: fete", "requires: [fete]")})
    assert "which is itself" in check(tmp_path).output
    build(tmp_path, {POST: post("requires: [photos]")})
    assert "no such post" in check(tmp_path).output
    assert check(tmp_path, POST).exit_code == 0


def test_a_no_break_space_in_a_date_is_named(tmp_path: Path) -> None:
    build(tmp_path, {POST: post("date: 2026-12-20\u00a010:00")})
    output = check(tmp_path).output
    assert "date is 2026-12-20[U+00A0]10:00" in output
    assert "write it so: date: 2026-12-20 10:00\n" in output
