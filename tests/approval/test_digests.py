"""What an approval binds: properties of the two digests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marronnier import approval, desk, networks, timetable
from marronnier.files import WorkTree
from marronnier.model.plan import Digests
from people import BRAND, write
from teamwork import KEY, NOW, PATH

FRONT = {
    "id": "portes",
    "title": "Portes ouvertes",
    "date": "2026-12-05 10:00",
    "channels": "[journal]",
    "tags": "[Jardin]",
    "link": "https://example.org/jardin",
    "campaign": "portes",
    "media": "[{src: jardin.jpg, alt: Un arbre}]",
}
OTHERS = {
    "calendar/campaigns/portes.md": "---\ntitle: Portes\nstart: 2026-11-01\nend: 2026-12-31\n---\nPourquoi.\n",
    "brand/handles.yml": "handles:\n  mairie: {name: La mairie, on: {mastodon: '@mairie@example.social'}}\n",
    "content/posts/2026/12/jardin.jpg": "picture",
}
WORDS = "On ouvre le jardin dimanche.\n"


def digests(
    folder: Path, front: dict[str, str] | None = None, words: str = WORDS, files: dict[str, str] | None = None, path: str = PATH
) -> Digests:
    """Of the one publication of a folder with these files."""
    head = "".join(f"{name}: {value}\n" for name, value in (front or FRONT).items())
    write(folder, {**BRAND, **OTHERS, **(files or {}), path: f"---\n{head}---\n{words}"})
    read = desk.load(WorkTree(folder))
    (folder / path).unlink()
    assert not read.unreadable_posts, read.findings
    table = timetable.make(read, {}, NOW)
    return approval.digests(table.publications[KEY], table.instants[KEY], read)


CHANGED: Sequence[tuple[dict[str, str], dict[str, str], str]] = [
    ({"title": "Autre"}, {}, "words"),
    ({"tags": "[Jardin, Quartier]"}, {}, "words"),
    ({"link": "https://example.org/autre"}, {}, "words"),
    ({"campaign": "autre"}, {"calendar/campaigns/autre.md": OTHERS["calendar/campaigns/portes.md"]}, "words"),
    ({"media": "[{src: jardin.jpg, alt: Un pommier}]"}, {}, "words"),
    ({"lang": "nl"}, {}, "words"),
    ({"sensitive": "true"}, {}, "words"),
    ({"first_comment": "Venez"}, {}, "words"),
    ({}, {"content/posts/2026/12/jardin.jpg": "another picture"}, "words"),
    ({}, {"calendar/campaigns/portes.md": OTHERS["calendar/campaigns/portes.md"].replace("title:", "utm: {source: x}\ntitle:")}, "words"),
    ({}, {"brand/channels.yml": BRAND["brand/channels.yml"].replace("feed, lang: fr", "feed, account: x, lang: fr")}, "words"),
    ({}, {"brand/channels.yml": BRAND["brand/channels.yml"].replace("feed, lang: fr", "fakes.square, lang: fr")}, "words"),
    ({"date": "2026-12-05 10:01"}, {}, "when"),
    ({"date": "when-approved"}, {}, "when"),
    ({"slot": "mardi-conseil"}, {}, "when"),
    ({"slot": "next"}, {}, "when"),
    ({}, {"brand/brand.yml": BRAND["brand/brand.yml"].replace("Brussels", "London")}, "when"),
]


@pytest.mark.parametrize(
    ("captions", "files"),
    [
        ("serre.fr.vtt", {"content/media/serre.fr.vtt": "WEBVTT\n\n1"}),
        ("serre.nl.vtt", {"content/media/serre.nl.vtt": "WEBVTT"}),
        ("[serre.fr.vtt, serre.nl.vtt]", {"content/media/serre.nl.vtt": "WEBVTT"}),
    ],
)
def test_captions_are_bound_by_their_bytes_and_their_language(tmp_path: Path, captions: str, files: dict[str, str]) -> None:
    def with_captions(written: str, files: dict[str, str]) -> Digests:
        front = {**FRONT, "media": f"[{{src: serre.mp4, alt: La neige, captions: {written}}}]"}
        return digests(tmp_path, front, files={"content/media/serre.fr.vtt": "WEBVTT", **files})

    before = with_captions("serre.fr.vtt", {})
    assert before == with_captions("[serre.fr.vtt]", {})
    assert before.words != with_captions(captions, files).words


@pytest.mark.parametrize(("front", "files", "what"), CHANGED)
def test_what_changes_one_digest_and_leaves_the_other(tmp_path: Path, front: dict[str, str], files: dict[str, str], what: str) -> None:
    before, after = digests(tmp_path), digests(tmp_path, {**FRONT, **front}, files=files)
    assert (before.words != after.words, before.when != after.when) == (what == "words", what == "when")


@pytest.mark.parametrize(
    ("front", "files"),
    [
        ({"owner": "communication"}, {}),
        ({"allow": "{clash: oui}"}, {}),
        ({"media": "[{src: jardin.jpg, alt: Un arbre, credit: Fonds communal}]"}, {}),
        ({"date": "2026-12-05 10:00 +01:00"}, {}),
        ({"date": "2026-12-05T09:00:00Z"}, {}),
        ({}, {"brand/handles.yml": "handles:\n  jardin: {name: Le jardin}\n"}),
        ({}, {"brand/strategy.yml": "mission: Semer.\n"}),
        (
            {},
            {
                "calendar/campaigns/portes.md": OTHERS["calendar/campaigns/portes.md"].replace(
                    "title:", "goals: [{measure: visites, target: 5}]\ntitle:"
                )
            },
        ),
        ({}, {"brand/channels.yml": BRAND["brand/channels.yml"].replace("feed, lang: fr", "feed, env: {token: OTHER}, lang: fr")}),
    ],
)
def test_what_changes_no_digest(tmp_path: Path, front: dict[str, str], files: dict[str, str]) -> None:
    assert digests(tmp_path) == digests(tmp_path, {**FRONT, **front}, files=files)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(list(FRONT)),
    comment=st.text(st.characters(codec="ascii", categories=["L", "N"])),
    folder=st.sampled_from(["11", "12"]),
)
def test_order_comments_and_folders_change_no_digest(tmp_path: Path, order: list[str], comment: str, folder: str) -> None:
    front = {name: FRONT[name] for name in order}
    front["owner"] = f"team   # {comment}"
    files = {f"content/posts/2026/{folder}/jardin.jpg": "picture"}
    assert digests(tmp_path, front, files=files, path=f"content/posts/2026/{folder}/autre.md") == digests(tmp_path)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.integers(0, len(WORDS) - 2), letter=st.sampled_from("xyzé🌳"))
def test_any_other_letter_changes_the_words_and_not_the_when(tmp_path: Path, one: int, letter: str) -> None:
    before, after = digests(tmp_path), digests(tmp_path, words=WORDS[:one] + letter + WORDS[one + 1 :])
    assert before.words != after.words
    assert before.when == after.when


def test_a13_a_changed_composer_changes_the_words_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = digests(tmp_path)
    feed = networks.get("feed")
    monkeypatch.setattr(feed, "COMPOSER", feed.COMPOSER + 1)
    assert digests(tmp_path).words != before.words


def test_an_unknown_network_still_has_digests(tmp_path: Path) -> None:
    files = {"brand/channels.yml": BRAND["brand/channels.yml"].replace("journal: {network: feed", "journal: {network: nowhere")}
    assert len(digests(tmp_path, files=files).words) == 64
