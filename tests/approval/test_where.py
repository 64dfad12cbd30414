"""Where a channel speaks, and with which secrets: what an approval was given for, and what no channel may ever name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checks.rule_pages import build
from checks.test_media import findings_of
from command_line import run_marronnier
from marronnier import publish, review
from marronnier.model.brand import Brand, Channel, Channels
from marronnier.model.history import Event, History
from marronnier.networks.kit.accounts import secrets_reader
from marronnier.networks.kit.seam import Locked
from people import Town, write
from publish.newsroom import SquareNewsroom
from teamwork import KEY, NOW, PATH, POST, Team

CHANNELS = "channels:\n  journal: {{network: feed, lang: fr{more}}}\n"
HERE = CHANNELS.format(more=", host: here.example, env: {token: OUR_TOKEN}")
ELSEWHERE: Mapping[str, str] = {
    "host": CHANNELS.format(more=", host: evil.example, env: {token: OUR_TOKEN}"),
    "secret": CHANNELS.format(more=", host: here.example, env: {token: THEIR_TOKEN}"),
    "role": CHANNELS.format(more=", host: here.example, env: {password: OUR_TOKEN}"),
    "host taken out": CHANNELS.format(more=", env: {token: OUR_TOKEN}"),
}
SAME: Mapping[str, str] = {
    "renamed": HERE.replace("journal:", "gazette:").replace("lang: fr", "lang: fr, was: [journal]"),
    "paused": HERE.replace("lang: fr", "lang: fr, paused: Vacances"),
    "named": HERE.replace("lang: fr", "lang: fr, name: Le journal"),
    "other order": CHANNELS.format(more=", env: {token: OUR_TOKEN}, host: here.example"),
}


def test_where_merging_is_approving_it_approves_a_new_place_too(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository")
    newsroom.post("bonjour", channels="journal", date="2026-12-03 09:00")
    assert newsroom.publish()[0] == {"bonjour@journal": "sealed"}
    write(newsroom.folder, {"brand/channels.yml": HERE})
    newsroom.commit("Elsewhere")
    told = newsroom.run("publish").stdout
    assert "the policy of main is in force: merging counted as approval" in told
    assert newsroom.publish(now="2026-12-03 09:05")[0] == {"bonjour@journal": "sent"}


@pytest.fixture
def approved(town: Town, tmp_path: Path) -> Team:
    """A post that Karim approved, in a brand whose policy in force has its channel there."""
    template = town.folder / "places"
    if not template.exists():
        made = Team(town, town.newsroom(template))
        made.commit({"brand/channels.yml": HERE})
        with made.being("publisher"):
            publish.reset_policy(made.repo, NOW)
        made.branch("portes")
        made.commit({PATH: POST})
        made.approve("karim", "portes")
        made.merge("portes")
    shutil.copytree(template, tmp_path / "repo")
    return Team(town, tmp_path / "repo")


@pytest.mark.parametrize("change", ELSEWHERE)
def test_a_channel_that_speaks_elsewhere_is_locked_until_the_policy_is_approved(approved: Team, change: str) -> None:
    assert approved.approval().granted
    approved.commit({"brand/channels.yml": ELSEWHERE[change]})
    line = approved.line()
    assert line.state == "held"
    assert line.why.startswith("journal does not speak where the policy in force has it")
    assert "marronnier approve --policy" in line.next
    with approved.being("claire"):
        review.approve(approved.repo, review.prepare_policy_approval(approved.repo, NOW, who=None, key=None))
    assert approved.approval().granted, "its words were approved before"


def test_what_does_not_say_where_locks_nothing(approved: Team) -> None:
    for change, text in SAME.items():
        approved.commit({"brand/channels.yml": text})
        assert approved.approval("portes@gazette" if change == "renamed" else KEY).granted, change


def test_an_approval_of_words_unlocks_no_channel(approved: Team) -> None:
    """Whoever reads a post does not read the settings of its channel."""
    approved.branch("autre")
    approved.commit({PATH: POST.replace("dimanche", "samedi"), "brand/channels.yml": ELSEWHERE["host"]})
    approved.approve("karim", "portes")
    approved.merge("autre")
    assert not approved.approval().granted


class Guarded(SquareNewsroom):
    """A newsroom in which Karim or Claire must approve."""

    def approve(self, who: str, *keys: str) -> None:
        done = self.as_somebody(who, "approve", "--yes", *keys)
        assert done == 0

    def as_somebody(self, who: str, *arguments: str) -> int:
        env = {**self.town.surroundings(who, "2026-12-01 10:00"), "SQUARE_STATE": str(self.square.folder)}
        return run_marronnier(["--now", "2026-12-01 10:00", *arguments], self.folder, env)[1]

    def sealed(self, key: str) -> Mapping[str, object]:
        (path,) = [
            path
            for path in self.town.git(self.folder, "ls-tree", "-r", "--name-only", "ledger").splitlines()
            if path.endswith(f"/{key}.jsonl")
        ]
        lines = map(json.loads, self.town.git(self.folder, "show", f"ledger:{path}").splitlines())
        return [line["data"] for line in lines if line["event"] == "sealed"][-1]


@pytest.fixture
def guarded(town: Town, tmp_path: Path) -> Iterator[Guarded]:
    newsroom = Guarded(town, tmp_path / "repository")
    places = "channels:\n  place: {network: fakes.square, host: here.example, env: {token: OUR_TOKEN}}\n"
    write(
        newsroom.folder,
        {
            "brand/channels.yml": places,
            "brand/approvals.yml": "quorum: 1\napprovers: {karim: {emails: [karim@example.org]}, claire: {emails: [claire@example.org]}}\n",
        },
    )
    newsroom.town.git(newsroom.folder, "add", "-A")
    newsroom.commit("Two must agree")
    assert newsroom.run("publish", now="2026-12-01 09:00").returncode == 0
    newsroom.post("bonjour", date="2026-12-03 09:00")
    newsroom.approve("karim", "bonjour")
    assert newsroom.publish(now="2026-12-02 09:00") == ({"bonjour@place": "sealed"}, 0)
    yield newsroom


def test_a_seal_records_where_and_one_of_before_is_still_a_seal(guarded: Guarded) -> None:
    assert guarded.sealed("bonjour@place")["where"] == {
        "network": "fakes.square",
        "account": "",
        "host": "here.example",
        "secrets": {"token": "OUR_TOKEN"},
    }
    data = {name: value for name, value in guarded.sealed("bonjour@place").items() if name != "where"}
    history = History("bonjour@place", (Event("bonjour@place", 0, "sealed", datetime(2026, 12, 1, tzinfo=UTC), data),))
    assert history.seal is not None and history.seal.where is None


def move(guarded: Guarded) -> None:
    path = guarded.folder / "brand/channels.yml"
    path.write_text(path.read_text().replace("here.example", "evil.example"))
    guarded.commit("Move")


def test_a_sealed_publication_whose_channel_speaks_elsewhere_is_held(guarded: Guarded) -> None:
    move(guarded)
    done = guarded.run("status", "bonjour@place", now="2026-12-02 10:00")
    assert "place does not speak where the policy in force has it" in done.stdout
    guarded.publish(now="2026-12-03 09:05")
    assert guarded.square.received() == []
    guarded.approve("claire", "--policy")
    assert guarded.publish(now="2026-12-03 09:10")[0] == {"bonjour@place": "sent"}
    assert guarded.sealed("bonjour@place")["where"]["host"] == "evil.example"  # type: ignore[index]


def test_a_debt_is_not_settled_at_another_place(guarded: Guarded) -> None:
    """Sending again, or looking, would give the words or the token to whoever stands there now."""
    guarded.square.order("unknown-before-accept")
    assert guarded.publish(now="2026-12-03 09:05")[0] == {"bonjour@place": "unknown"}
    move(guarded)
    guarded.publish(now="2026-12-03 09:20")
    assert guarded.states(now="2026-12-03 09:20")["bonjour@place"] == "unknown"
    path = guarded.folder / "brand/channels.yml"
    path.write_text(path.read_text().replace("evil.example", "here.example"))
    guarded.commit("Move back")
    assert guarded.publish(now="2026-12-03 09:30")[0] == {"bonjour@place": "sent"}


RESERVED = [
    "MARRONNIER_SIGNING_KEY", "marronnier_signing_key", "GITHUB_TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "RUNNER_TEMP", "INPUT_TOKEN", "PATH", "Path", "HOME", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "PYTHONPATH", "GIT_SSH_COMMAND", "GIT_ASKPASS",
    "SSH_AUTH_SOCK", "GH_TOKEN", "CI", "USER", "SHELL", "TMPDIR", "LANG", "LC_ALL", "XDG_CONFIG_HOME", "BASH_ENV",
]  # fmt: skip


@pytest.mark.parametrize("variable", RESERVED)
def test_a_channel_never_names_a_variable_of_the_tool_or_of_the_machine(variable: str) -> None:
    channels = Channels(channels={"toots": Channel(network="mastodon", account="@a@b.example", env={"token": variable})})
    read = secrets_reader({variable: "s3cret"}, Brand(name="A"), channels)
    with pytest.raises(Locked, match="is never given to a network") as locked:
        read("toots")
    assert "s3cret" not in str(locked.value)


@pytest.mark.parametrize(
    "variable", ["MASTODON_TOKEN", "BLUESKY_APP_PASSWORD", "TOKEN", "PATHWAYS_TOKEN", "GITTER_TOKEN", "MY_GITHUB_TOKEN"]
)
def test_a_variable_of_a_network_is_read(variable: str) -> None:
    channels = Channels(channels={"toots": Channel(network="mastodon", account="@a@b.example", env={"token": variable})})
    assert secrets_reader({variable: "s3cret"}, Brand(name="A"), channels)("toots") == {"token": "s3cret"}


def test_check_names_a_reserved_variable(tmp_path: Path) -> None:
    channels = "channels:\n  journal: {network: feed, env: {token: MARRONNIER_SIGNING_KEY}}\n"
    root = build(tmp_path, {"brand/channels.yml": channels})
    found = [finding for finding in findings_of(root) if "MARRONNIER_SIGNING_KEY" in finding[2]]
    assert [(level, rule) for level, rule, _message in found] == [("error", "invalid-value")]
