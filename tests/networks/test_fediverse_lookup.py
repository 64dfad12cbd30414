"""Looking for a toot: what proves that it is out, what proves that it is not, and what only a person can tell; on several kinds of servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fakes.fediverse import GoToSocial, Keyless, Takahe
from fakes.mastodon import TOKEN, Mastodon, Stage
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks import mastodon
from marronnier.networks.kit.fediverse.client import FediverseClient
from marronnier.networks.kit.fediverse.server_kinds import KINDS, ask_server
from marronnier.networks.kit.seam import Account, Locked, Refused, SendRequest, Unknown, Wait
from networks.posts import picture, publication

NOW = datetime(2026, 12, 5, 9, tzinfo=UTC)
LONG_AGO = timedelta(minutes=11)


class Team:
    """An account on a fake server."""

    def __init__(self, there: Mastodon) -> None:
        self.there, self.stage = there, Stage(there)
        self.account = Account("toots", Channel(network="mastodon", account=there.account), {"token": TOKEN})

    def sending(self, text: str, number: int = 0, before: tuple[Delivery, ...] = (), **words: Any) -> SendRequest:
        payload = mastodon.compose(publication("mastodon", text, **words))
        return SendRequest(
            "a@toots", number, len(payload.parts), payload.parts[number], payload.sha256, before, NOW, NOW, self.stage.read,
            parts=payload.parts, since_first_try=LONG_AGO, since_last_try=LONG_AGO,
        )  # fmt: skip

    def send(self, sending: SendRequest) -> Delivery:
        return mastodon.send(sending, self.account, self.stage.web)

    def find(self, sending: SendRequest, *taken: Delivery) -> Delivery | None:
        ids = {name for delivery in taken for name in (delivery.id, delivery.url)}
        return mastodon.find(sending._replace(taken=ids), self.account, self.stage.web)


def on(kind: type[Mastodon], folder: Path) -> Iterator[Team]:
    with kind(folder / "state").running() as running:
        running.keyless = True
        yield Team(running)


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    yield from on(Mastodon, tmp_path)


# Presence

PAIRS = {
    "link": ({"text": "Nouvel article : https://x.example/pommier"}, {"text": "Nouvel article : https://x.example/poirier"}),
    "link begins with the other": ({"text": "Lire https://x.example/pommier"}, {"text": "Lire https://x.example/pommiers"}),
    "case of a link": ({"text": "Vidéo : https://youtu.be/abcDEF12345"}, {"text": "Vidéo : https://youtu.be/ABCdef12345"}),
    "currency": ({"text": "Entrée : 5 €"}, {"text": "Entrée : 5 £"}),
    "vowel sign": ({"text": "बगीचा की"}, {"text": "बगीचा के"}),
    "skin tone": ({"text": "Merci 👏🏿"}, {"text": "Merci 👏🏻"}),
    "picture": ({"media": (picture("a.jpg", "Un pommier"),)}, {"media": (picture("b.jpg", "Un poirier"),)}),
    "no picture": ({"media": (picture("a.jpg", "Un pommier"),)}, {}),
    "warning": ({"warning": "Fleurs"}, {"warning": "Abeilles"}),
    "poll": ({"poll": ("Oui", "Non"), "poll_minutes": 60}, {"poll": ("Pommier", "Poirier"), "poll_minutes": 60}),
    "no poll": ({}, {"poll": ("Pommier", "Poirier"), "poll_minutes": 60}),
    "visibility": ({"visibility": "public"}, {"visibility": "unlisted"}),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_the_toot_of_another_publication_is_never_ours(team: Team, pair: str) -> None:
    (first, second) = ({"text": "Nouvel article", **words} for words in PAIRS[pair])
    ours = team.sending(**second)  # type: ignore[arg-type]
    other = team.send(team.sending(**first))  # type: ignore[arg-type]
    assert team.find(ours, other) is None
    sent = team.send(ours)
    assert team.find(ours, other) == sent
    assert team.find(ours) == sent, "it is told apart by what readers see, too"


@pytest.mark.parametrize("pair", PAIRS)
def test_a_toot_that_a_person_wrote_by_hand_is_never_taken_for_ours(team: Team, pair: str) -> None:
    """The ledger knows nothing of it: it is surely another one, or a person looks."""
    (by_hand, ours) = ({"text": "Nouvel article", **words} for words in PAIRS[pair])
    team.send(team.sending(**by_hand))  # type: ignore[arg-type]
    try:
        assert team.find(team.sending(**ours)) is None  # type: ignore[arg-type]
    except Unknown as told:
        assert "almost this one: http://" in str(told)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lire https://Jardin-café.example/Été", "https://jardin-caf%C3%A9.example/%C3%89t%C3%A9"),
        ("Lire https://jardin-café.example/a", "https://xn--jardin-caf-k7a.example/a"),
        ("Lire HTTPS://EXAMPLE.org/Page", "https://example.org/Page/"),
    ],
)
def test_a_link_that_a_server_writes_otherwise_is_ours(team: Team, monkeypatch: pytest.MonkeyPatch, text: str, shown: str) -> None:
    """Else it would count as missing, and go out twice."""
    ours = team.sending(text)
    sent = team.send(ours)
    monkeypatch.setattr(team.there, "rendered", lambda _request: f'<p>Lire <a href="{shown}">là</a></p>')
    assert team.find(ours) == sent


def test_two_toots_that_say_the_same_leave_it_to_a_person(team: Team) -> None:
    ours = team.sending("Nouvel article : https://x.example/pommier")
    first, second = team.send(ours), team.send(ours)
    with pytest.raises(Unknown, match="2 posts there could be this one"):
        team.find(ours)
    assert team.find(ours, first) == second and team.find(ours, second) == first
    assert team.find(ours, first, second) is None


def test_a_toot_written_long_after_the_last_attempt_is_left_to_a_person(team: Team) -> None:
    ours = team.sending("Nouvel article")
    team.send(ours)
    late = ours._replace(since_first_try=timedelta(hours=30), since_last_try=timedelta(hours=29))
    with pytest.raises(Unknown, match="almost this one"):
        team.find(late)


def test_a_part_of_a_thread_is_not_another_part(team: Team) -> None:
    text = "Le même mot\n\n---\n\nLe même mot\n\n---\n\nLe même mot"
    first = team.send(team.sending(text))
    second = team.send(team.sending(text, 1, (first,)))
    assert team.find(team.sending(text, 2, (first, second))) is None
    third = team.send(team.sending(text, 2, (first, second)))
    assert team.find(team.sending(text, 2, (first, second))) == third


def test_the_next_part_replies_to_a_toot_that_a_person_settled(team: Team) -> None:
    text = "Un\n\n---\n\nDeux"
    first = team.send(team.sending(text))
    by_hand = Delivery(first.url, first.url)
    second = team.send(team.sending(text, 1, (by_hand,)))
    assert team.there.toots()[1]["request"]["in_reply_to_id"] == first.id
    assert team.find(team.sending(text, 1, (by_hand,))) == second


def test_what_a_server_leaves_out_makes_no_second_toot(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that drops a poll, or cleans an alternative text, shows less than was sent: the toot may be ours."""
    shown = Mastodon.shown
    monkeypatch.setattr(Mastodon, "shown", lambda self, toot: {**shown(self, toot), "poll": None})
    ours = team.sending("Quel arbre ?", poll=("Pommier", "Poirier"), poll_minutes=60)
    sent = team.send(ours)
    with pytest.raises(Unknown, match="almost this one"):
        team.find(ours)
    assert team.find(ours, sent) is None


def test_gotosocial_cleans_alternative_texts(tmp_path: Path) -> None:
    for team in on(GoToSocial, tmp_path):
        ours = team.sending("Photo", media=(picture("a.jpg", "Un ‹grand› pommier"),))
        team.send(ours)
        with pytest.raises(Unknown, match="almost this one"):
            team.find(ours)


# Absence


@pytest.mark.parametrize("visibility", ["public", "unlisted", "followers", "direct"])
@pytest.mark.parametrize("reply", [False, True])
def test_mastodon_itself_lists_everything_so_nobody_is_asked(team: Team, visibility: str, reply: bool) -> None:
    text = "Un\n\n---\n\nDeux"
    before = (team.send(team.sending(text, visibility=visibility)),) if reply else ()
    ours = team.sending(text, int(reply), before, visibility=visibility)
    assert team.find(ours) is None
    sent = team.send(ours)
    assert team.find(ours) == sent


@pytest.mark.parametrize(("visibility", "listed"), [("public", True), ("unlisted", True), ("followers", False), ("direct", False)])
def test_a_list_that_omits_proves_nothing(tmp_path: Path, visibility: str, listed: bool) -> None:
    for team in on(Takahe, tmp_path):
        ours = team.sending("Pour nous", visibility=visibility)
        if listed:
            assert team.find(ours) is None
        else:
            with pytest.raises(Unknown, match="Takahē may leave out posts for this audience"):
                team.find(ours)
        team.send(ours)
        if not listed:
            with pytest.raises(Unknown):
                team.find(ours)


def test_an_unknown_kind_proves_absence_by_a_toot_of_the_same_kind_that_is_seen(tmp_path: Path) -> None:
    for team in on(Keyless, tmp_path):
        ours = team.sending("Une poire", visibility="followers")
        with pytest.raises(Unknown, match="this server may leave out posts for this audience"):
            team.find(ours)
        earlier = team.send(team.sending("Une pomme", visibility="unlisted"))
        with pytest.raises(Unknown):
            team.find(ours, earlier)
        probe = team.send(team.sending("Une prune", visibility="followers"))
        with pytest.raises(Unknown):
            team.find(ours, earlier)
        assert team.find(ours, earlier, probe) is None
        reply = team.sending("Un\n\n---\n\nDeux", 1, (probe,), visibility="followers")
        with pytest.raises(Unknown):
            team.find(reply, earlier)


@pytest.mark.parametrize(("kind", "early", "enough"), [(Mastodon, 59, 61), (Takahe, 599, 601), (GoToSocial, 599, 601)])
def test_absence_counts_only_after_the_settle_time_of_the_kind(tmp_path: Path, kind: type[Mastodon], early: int, enough: int) -> None:
    for team in on(kind, tmp_path):
        ours = team.sending("Une poire")
        with pytest.raises(Wait, match="may still come"):
            team.find(ours._replace(since_last_try=timedelta(seconds=early)))
        assert team.find(ours._replace(since_last_try=timedelta(seconds=enough))) is None
        sent = team.send(ours)
        assert team.find(ours._replace(since_last_try=timedelta())) == sent, "presence needs no time"


def test_a_toot_older_than_the_list_goes_back_leaves_it_open(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that ignores `max_id` repeats its first page: that is no end."""
    from fakes import mastodon as fake

    own = fake._Answering._own
    monkeypatch.setattr(fake._Answering, "_own", lambda self, query: own(self, {"limit": ["20"]}))
    ours = team.sending("La première de toutes")
    team.send(ours)
    for number in range(18):
        team.there.accept({"status": f"Numéro {number}", "visibility": "public"}, "")
    assert team.find(ours) is not None
    team.there.accept({"status": "Et une autre", "visibility": "public"}, "")
    with pytest.raises(Unknown, match="lists only the newest posts"):
        team.find(ours)


@pytest.mark.parametrize("answer", ["unknown", "html", "wait"])
def test_a_list_that_cannot_be_read_now_is_asked_again_later(team: Team, answer: str) -> None:
    team.there.order(answer, on="find")
    with pytest.raises(Wait):
        team.find(team.sending("Une poire"))


# What a server says it is


@pytest.mark.parametrize(
    ("software", "version", "source", "kind"),
    [
        ("mastodon", "4.4.1", "https://github.com/mastodon/mastodon", "Mastodon"),
        ("mastodon", "4.4.1", None, "Mastodon"),
        (None, "4.4.1", "https://github.com/mastodon/mastodon", "Mastodon"),
        (None, "4.4.1", None, ""),
        ("mastodon", "4.5.0-alpha.2+glitch", "https://github.com/glitch-soc/mastodon", "glitch-soc"),
        ("hometown", "4.2.10+hometown-1.1.1", None, "Hometown"),
        ("gotosocial", "0.19.1+git-57cb4fe", "https://codeberg.org/superseriousbusiness/gotosocial", "GoToSocial"),
        (None, "0.19.1+git-57cb4fe", "https://codeberg.org/superseriousbusiness/gotosocial", "GoToSocial"),
        ("takahe", "takahe/0.11.0", None, "Takahē"),
        (None, "takahe/0.11.0", None, "Takahē"),
        (None, "4.0.0 (not true; really snac/2.75)", None, "snac"),
        ("akkoma", "2.7.2 (compatible; Akkoma 3.13.2)", None, "Akkoma"),
        (None, "2.7.2 (compatible; Pleroma 2.6.2)", None, "Pleroma"),
        ("mastodon", "3.0.0 (compatible; Sharkey 2024.3.3)", None, ""),
        ("mastodon", "2.7.2 (compatible; Pleroma 2.6.2)", None, ""),
        ("gotosocial", "4.4.1", "https://github.com/mastodon/mastodon", ""),
        ("sharkey", "3.0.0 (compatible; Sharkey 2024.3.3)", None, ""),
        ("../x", "", None, ""),
    ],
)
def test_a_kind_is_what_a_server_says_and_nothing_is_guessed(team: Team, software: str, version: str, source: str, kind: str) -> None:
    team.there.software, team.there.version, team.there.source_url = software, version, source
    assert ask_server(FediverseClient(team.account, team.stage.web, NOW)).kind.name == kind


def test_every_kind_says_where_that_was_read() -> None:
    for kind in KINDS.values():
        assert kind.name and kind.source.startswith("https://") and datetime.fromisoformat(kind.seen)


# Whose token it is


@pytest.mark.parametrize("kind", [Mastodon, GoToSocial, Takahe, Keyless])
def test_a_token_that_the_server_does_not_know_is_locked(tmp_path: Path, kind: type[Mastodon]) -> None:
    for team in on(kind, tmp_path):
        account = replace(team.account, secrets={"token": "revoked-7a1b"})
        for act in (mastodon.identify, mastodon.examine):
            with pytest.raises(Locked):
                act(account, team.stage.web)
        with pytest.raises(Locked):
            mastodon.send(team.sending("Une poire"), account, team.stage.web)
        with pytest.raises(Locked):
            mastodon.send(team.sending("Photo", media=(picture("a.jpg", "Un"),)), account, team.stage.web)


def test_a_400_for_the_post_is_still_refused(tmp_path: Path) -> None:
    for team in on(Takahe, tmp_path):
        team.there.limits = {**team.there.limits, "max_characters": 10}
        with pytest.raises(Refused):
            team.send(team.sending("Onze lettres ici"))


def test_the_account_of_a_token_is_told(team: Team) -> None:
    assert mastodon.identify(team.account, team.stage.web).is_channel_account
    team.there.name = "ines"
    told = mastodon.identify(team.account, team.stage.web)
    assert not told.is_channel_account and told.account == "@ines@127.0.0.1"
