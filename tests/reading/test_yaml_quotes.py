"""Keys that hold one text take it as a French author types it; unsafe guesses are reported with a fix."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marronnier.desk.validation import validate
from marronnier.files import document, line_fixes
from marronnier.model.post import FrontMatter
from reading.repository import front, only

AS_TYPED = [
    ("title: Portes ouvertes : on plante !", "Portes ouvertes : on plante !"),
    ("title : Portes ouvertes : on plante !", "Portes ouvertes : on plante !"),
    ("title: Le jardin #1", "Le jardin #1"),
    ("title: #jardin", "#jardin"),
    ("title: Le jardin # à relire", "Le jardin"),
    ("title: Au programme : #1 # à relire", "Au programme : #1"),
    ('title: "Oui" dit-elle', '"Oui" dit-elle'),
    ('title: "Oui : non" # voir', "Oui : non"),
    ("title: 'L''école'", "L'école"),
    ("title: L'école d'été", "L'école d'été"),
    ("title: 'Oui' dit-elle : bravo", "'Oui' dit-elle : bravo"),
    ("title: [Annonce] le marché", "[Annonce] le marché"),
    ("title: [Annonce] le marché [complet]", "[Annonce] le marché [complet]"),
    ("title: {Annonce} le marché", "{Annonce} le marché"),
    ("title: {{ titre }}", "{{ titre }}"),
    ("title: 50 % de plus", "50 % de plus"),
    ("title: % de plus", "% de plus"),
    ("title: *important*", "*important*"),
    ("title: ** très ** important", "** très ** important"),
    ("title: - tiret", "- tiret"),
    ("title: ? vraiment", "? vraiment"),
    ("title: & compagnie", "& compagnie"),
    ("title: ! Attention !", "! Attention !"),
    ("title: > nouveau", "> nouveau"),
    ("title: | colonne", "| colonne"),
    ("title: `code`", "`code`"),
    ("title: @jardin", "@jardin"),
    ("title: , virgule", ", virgule"),
    ("title: Au programme :", "Au programme :"),
    ("title: C# et F#", "C# et F#"),
    ("title: 10:30", "10:30"),
    ("title: no", "no"),
    ("title: on", "on"),
    ("title: 010", "010"),
    ("title: 1e3", "1e3"),
    ("title: 2026-12-05", "2026-12-05"),
    ("title: \\o/", "\\o/"),
    ("title: ~", None),
    ("title: null", None),
    ("title:", None),
    ("title: # rien", None),
    ('title: ""', ""),
]


@pytest.mark.parametrize(("line", "text"), AS_TYPED, ids=[line for line, _text in AS_TYPED])
def test_c03_one_text_is_read_as_typed(tmp_path: Path, line: str, text: str | None) -> None:
    found = front(tmp_path, "# un commentaire", line, "pillar: voisins")
    assert [str(finding) for finding in found.findings] == []
    assert found.posts["a"].front.title == text
    assert found.posts["a"].front.pillar == "voisins"


@pytest.mark.parametrize(
    ("lines", "keys", "text"),
    [
        (["owner: @jardin"], ("owner",), "@jardin"),
        (["link: https://example.org/jardin#ancre"], ("link",), "https://example.org/jardin#ancre"),
        (["media:", "  - src: a.jpg", "    alt: Trois personnes : deux assises"], ("media", 0, "alt"), "Trois personnes : deux assises"),
        (["media:", "- src: a.jpg", "  alt: [Photo] un arbre"], ("media", 0, "alt"), "[Photo] un arbre"),
        (["media:", "  - alt: Jardin #2", "    src: a.jpg"], ("media", 0, "alt"), "Jardin #2"),
        (["media:", "  - {src: a.jpg, alt: Trois personnes, credit: Fonds}"], ("media", 0, "alt"), "Trois personnes"),
        (["for:", "  journal:", "    first_comment: Lien : ici"], ("for_", "journal", "first_comment"), "Lien : ici"),
        (["allow:", "  clash: l'inauguration : elle prime"], ("allow", "clash"), "l'inauguration : elle prime"),
        (["tags:", "  - #Jardin", "  - Quartier"], ("tags", 0), "#Jardin"),
        (["poll:", "  options:", "    - Oui : je viens", "    - Non"], ("poll", "options", 0), "Oui : je viens"),
    ],
)
def test_nested_texts_are_parsed_as_typed(tmp_path: Path, lines: list[str], keys: tuple[str | int, ...], text: str) -> None:
    found = front(tmp_path, *lines)
    assert [str(finding) for finding in found.findings] == []
    here: object = found.posts["a"].front
    for key in keys:
        here = getattr(here, key) if isinstance(key, str) and not isinstance(here, dict) else here[key]  # type: ignore[index]
    assert here == text


UNSURE = [
    ("title: 'L'école est finie'", "L'école est finie"),
    ('title: "Le "grand" jour"', '"Le "grand" jour"'),
    ('title: "Oui', '"Oui'),
    ("title: [Annonce]", "[Annonce]"),
    ("title: *important", "*important"),
    ("title: &ancre texte", "&ancre texte"),
    ("title: !important", "!important"),
    ("title: Un : deux\n  trois", "Un : deux trois"),
    ("title:Portes ouvertes : oui", "Portes ouvertes : oui"),
    ("title\u00a0: Portes ouvertes", "Portes ouvertes"),
    ("title\u202f: Portes : ouvertes", "Portes : ouvertes"),
    ("description: Un : deux", None),
]


@pytest.mark.parametrize(("line", "text"), UNSURE, ids=[line for line, _text in UNSURE])
def test_an_uncertain_text_is_reported_with_a_fix(tmp_path: Path, line: str, text: str | None) -> None:
    found = front(tmp_path, "pillar: voisins", line)
    finding = only(found)
    assert finding.place.line == 3
    assert finding.fix is not None
    assert finding.fix.after.split("\n")[0].strip() in finding.next
    assert found.posts == {}
    assert found.unreadable_posts == {"content/posts/a.md": "a"}
    file = tmp_path / "content/posts/a.md"
    file.write_bytes(line_fixes.apply_fixes(file.read_bytes().decode(), [finding.fix]).encode())
    again = front_again(tmp_path)
    assert again.findings == ()
    assert again.posts["a"].front.title == text


def front_again(root: Path):
    from marronnier import desk
    from marronnier.files import WorkTree

    return desk.load(WorkTree(root))


def test_a_comma_in_braces_is_reported_with_a_fix(tmp_path: Path) -> None:
    found = front(tmp_path, "media:", "  - {src: a.jpg, alt: Un arbre, deux bancs : et moi, credit: Fonds}")
    finding = only(found)
    assert str(finding.place) == "content/posts/a.md:3:5"
    assert "{src: a.jpg, alt: 'Un arbre, deux bancs : et moi', credit: Fonds}" in finding.next


def test_a_problem_stands_on_the_line_as_typed() -> None:
    """Reading `media:&` as `media: &` must not move the column past the end of the line."""
    read = document.parse_markdown("content/posts/a.md", b"---\ntitle: a\nmedia:&\n---\nb\n")
    assert [(finding.place.line, finding.place.column) for finding in read.findings] == [(3, 1), (3, 8)]


def test_a_tab_at_the_start_of_a_line_is_fixed(tmp_path: Path) -> None:
    finding = only(front(tmp_path, "media:", "\t- src: a.jpg"))
    assert finding.fix is not None and finding.fix.after == "  - src: a.jpg"


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff"), min_size=1, max_size=40)


@given(TEXTS)
@example(">")
@example("|-")
@example("[0]")
@example("{a: b}")
def test_any_text_after_title_is_the_title_or_is_reported(text: str) -> None:
    import unicodedata

    source = f"---\ntitle: {text}\npillar: voisins\n---\n"
    read = document.parse_markdown("content/posts/a.md", source.encode())
    # A list or a mapping is read as one, and refused where a title is meant.
    told = read.findings or validate(FrontMatter, read)[1] if read.is_complete else read.findings
    if any(finding.place.line == 2 for finding in told):
        assert all(finding.next for finding in told)
        return
    assert read.data["pillar"] == "voisins"
    typed = unicodedata.normalize("NFC", text.strip(" \t"))
    if typed[:1] in ("'", '"') or read.data["title"] is None:
        return
    assert typed.startswith(str(read.data["title"]))
    rest = typed[len(str(read.data["title"])) :].lstrip(" ")
    assert not rest or rest.startswith("#")
