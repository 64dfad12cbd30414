"""What is approved is what is read, on each kind of server: words stay plain, and a thread that is too long for a server never begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fakes.fediverse import GoToSocial, Keyless, Takahe
from fakes.mastodon import Mastodon
from marronnier.networks import mastodon
from marronnier.networks.kit.fediverse.toot_length import Counting
from marronnier.networks.kit.seam import Refused
from networks.posts import publication
from networks.test_fediverse_lookup import Team, on

FAMILY = "👨‍👩‍👧‍👦"
MARKED = r"\# Le jardin, \*ouvert\* à tous"


@pytest.fixture(params=[Mastodon, GoToSocial, Takahe, Keyless])
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    yield from on(request.param, tmp_path)


def test_approved_words_are_never_read_as_markdown(team: Team) -> None:
    """The account's default on GoToSocial is Markdown here, and nobody knows what a server of an unknown kind does."""
    ours = team.sending(MARKED)
    assert ours.part.text == "# Le jardin, *ouvert* à tous"
    if isinstance(team.there, Keyless):
        with pytest.raises(Refused, match=r"kind is not known.*# Le jardin"):
            team.send(ours)
        assert team.there.toots() == []
        return
    team.send(ours)
    (toot,) = team.there.toots()
    assert "<h1>" not in (shown := team.there.shown(toot)["content"]) and "<em>" not in shown


def test_no_later_part_is_read_as_markdown_either(tmp_path: Path) -> None:
    for team in on(Keyless, tmp_path):
        with pytest.raises(Refused, match="ouvert"):
            team.send(team.sending(f"Un jardin\n\n---\n\n{MARKED}"))
        assert team.there.toots() == []
        team.send(team.sending("Un jardin, #Jardin et https://example.org/a_b_c*d*"))


def test_mastodon_itself_gets_the_sealed_bytes_and_nothing_else(tmp_path: Path) -> None:
    for team in on(Mastodon, tmp_path):
        ours = team.sending(MARKED)
        team.send(ours)
        assert team.there.toots()[0]["request"] == ours.part.wire


def test_plain_text_is_asked_for_where_the_kind_knows_it(tmp_path: Path) -> None:
    for team in on(GoToSocial, tmp_path):
        ours = team.sending(MARKED)
        team.send(ours)
        assert team.there.toots()[0]["request"] == {**ours.part.wire, "content_type": "text/plain"}


@pytest.mark.parametrize(
    ("kind", "text", "fits"),
    [
        (Mastodon, FAMILY * 500, True),
        (GoToSocial, FAMILY * 714, True),
        (GoToSocial, FAMILY * 715, False),
        (GoToSocial, "Voir https://example.org/" + "a" * 4976, False),
        (Takahe, FAMILY * 71, True),
        (Takahe, FAMILY * 72, False),
        (Keyless, "a" * 500, True),
    ],
)
def test_a_part_too_long_for_the_server_stops_the_thread_before_it_begins(
    tmp_path: Path, kind: type[Mastodon], text: str, fits: bool
) -> None:
    for team in on(kind, tmp_path):
        ours = team.sending(f"Un\n\n---\n\n{text}")
        if fits:
            first = team.send(ours)
            team.send(team.sending(f"Un\n\n---\n\n{text}", 1, (first,)))
        else:
            with pytest.raises(Refused, match=rf"part 2: {mastodon_name(kind)} counts \d+ characters"):
                team.send(ours)
        assert len(team.there.toots()) == 2 * fits


def mastodon_name(kind: type[Mastodon]) -> str:
    return {GoToSocial: "GoToSocial", Takahe: "Takahē"}[kind]


def test_our_count_is_the_servers_count(tmp_path: Path) -> None:
    """What is one too long by our count is refused by the server itself."""
    for kind, counting in ((GoToSocial, Counting("codepoints", None)), (Takahe, Counting("codepoints", None))):
        for team in on(kind, tmp_path / kind.__name__):
            text = f"Voir https://example.org/{'a' * 60} @ines@example.social {FAMILY * 9} é\u0301"
            team.there.limits = {**team.there.limits, "max_characters": counting.length(text)}
            request = {"status": text, "visibility": "public"}
            assert team.there.wrong(request) == "" and team.there.wrong({**request, "status": text + "x"})


def test_a_channel_counts_as_its_server(tmp_path: Path) -> None:
    said = publication("mastodon", f"Voir https://example.org/{'a' * 60}\n\n{FAMILY}", warning="Fleurs 🌷")
    words = said.words
    here = replace(said, words=replace(words, unit="codepoints", link_length="full"))
    (part,) = mastodon.compose(here).parts
    assert part.count == len("Fleurs 🌷") + len(part.text) != mastodon.compose(said).parts[0].count
    assert mastodon.measure(here)[0].count == part.count
    auto = replace(said, words=replace(words, text=f"{FAMILY} " * 60, thread="auto", limit=100, unit="codepoints", warning=""))
    assert all(part.count <= 100 and len(part.text) <= 100 for part in mastodon.compose(auto).parts)
    other = replace(said, words=replace(words, link_length="30"))
    assert mastodon.compose(other).parts[0].count == mastodon.compose(said).parts[0].count + 7
