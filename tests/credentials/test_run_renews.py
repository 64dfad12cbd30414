"""A run of the publisher looks after what ends soon, once a day: it renews where it can, and tells the rest where the team lives."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nacl.public import PrivateKey, SealedBox

from command_line import complete_marronnier
from conversing import TalkingHub, template_with_workflows
from fakes import graph
from fakes.threads import Threads
from marronnier.files import secrets_file
from people import Town
from reviewing import BRAND_ON_GITHUB

SOON = timedelta(days=9, hours=1)
JOB = """\
name: publish
on: {workflow_dispatch: {}}
jobs:
  publish:
    environment: publishing
    env: {POSTS_TOKEN: "${{ secrets.POSTS_TOKEN }}"}
    steps: []
"""


@pytest.fixture
def threads(tmp_path: Path) -> Iterator[Threads]:
    with Threads(tmp_path / "threads").running() as server:
        yield server


def open_hub(town: Town, folder: Path, channels: str, **files: str) -> TalkingHub:
    return TalkingHub(town, folder, template_with_workflows(town, folder / "template", {"brand/channels.yml": channels, **files}))


def on_threads(server: Threads, more: str = "") -> str:
    named = f"{{network: threads, account: '@jardin', host: '{server.host}', env: {{token: POSTS_TOKEN}}{more}}}"
    return f"channels:\n  journal: {{network: feed}}\n  krant: {{network: feed}}\n  posts: {named}\n"


def test_what_ends_soon_has_an_issue_that_closes_once_it_does_not(town: Town, tmp_path: Path, threads: Threads) -> None:
    threads.ends = datetime(2026, 11, 29, 12, tzinfo=UTC)
    hub = open_hub(town, tmp_path, on_threads(threads))
    hub.surroundings["POSTS_TOKEN"] = graph.TOKEN
    said = hub.publish("2026-11-20 09:00")
    [issue] = hub.issues_of("credentials")
    assert issue.title == "posts: what it needs to publish ends soon", said
    assert "end on 2026-11-29" in issue.body and "→ run `marronnier connect posts`, then" in issue.body, issue.body
    assert "→ or have them renewed: name a file in `MARRONNIER_SECRETS_FILE`" in issue.body and "``" not in issue.body, issue.body
    assert "The credentials of posts end on 2026-11-29" in said
    assert {each.id for each in issue.assignees} == {101, 102, 103}
    asked = len(threads.requests())
    said = hub.publish("2026-11-20 15:00")
    assert len(threads.requests()) == asked and "credentials" not in said, "once a day is enough"
    hub.publish("2026-11-21 09:00")
    assert len(hub.issues_of("credentials")) == 1 and len(threads.requests()) > asked
    threads.ends += timedelta(days=60)
    hub.publish("2026-11-22 09:00")
    assert issue.state == "closed"
    hub.github.close()


def test_a_server_that_does_not_answer_closes_no_issue(town: Town, tmp_path: Path, threads: Threads) -> None:
    threads.ends = datetime(2026, 11, 29, 12, tzinfo=UTC)
    hub = open_hub(town, tmp_path, on_threads(threads))
    hub.surroundings["POSTS_TOKEN"] = graph.TOKEN
    hub.publish("2026-11-20 09:00")
    del hub.surroundings["POSTS_TOKEN"]
    hub.publish("2026-11-21 09:00")
    [issue] = hub.issues_of("credentials")
    assert issue.state == "open"
    hub.github.close()


def test_an_end_that_the_brand_has_needs_no_answer(town: Town, tmp_path: Path) -> None:
    channels = "channels:\n  journal: {network: feed, expires: 2026-11-30}\n  krant: {network: feed, expires: 2026-12-30}\n"
    hub = open_hub(town, tmp_path, channels)
    hub.publish("2026-11-20 09:00")
    [issue] = hub.issues_of("credentials")
    assert "channel=journal" in issue.body and "That day stands under `expires` in `brand/channels.yml`" in issue.body
    # Closed by a person while it says the same, it stays closed; what has ended is another thing to say.
    issue.state = "closed"
    hub.publish("2026-11-21 09:00")
    assert [each.state for each in hub.issues_of("credentials")] == ["closed"]
    hub.publish("2026-11-30 09:00")
    [_old, ended] = hub.issues_of("credentials")
    assert ended.state == "open" and "ended on 2026-11-30" in ended.body
    hub.github.close()


def test_a_run_renews_where_github_keeps_the_new_token(town: Town, tmp_path: Path, threads: Threads) -> None:
    threads.ends = datetime.now(UTC) + SOON
    hub = open_hub(town, tmp_path, on_threads(threads), **{".github/workflows/publish.yml": JOB})
    private = PrivateKey.generate()
    hub.team.invite(hub.ines, "admin")
    hub.team.environment("publishing", branches=["main"])
    hub.team.record.secrets_key = bytes(private.public_key)
    hub.surroundings |= {"POSTS_TOKEN": graph.TOKEN, "MARRONNIER_SECRETS_TOKEN": hub.ines.token}
    said = hub.publish("2026-11-20 09:00")
    sealed = hub.team.record.environments["publishing"].sealed
    kept = {name: SealedBox(private).decrypt(base64.b64decode(value)).decode() for name, value in sealed.items()}
    assert kept == {"POSTS_TOKEN": threads.issued[0]} and "posts: the credentials were renewed, and end on" in said
    assert threads.issued[0] not in said and hub.issues_of("credentials") == []
    threads.ends = datetime.now(UTC) + SOON
    hub.publish("2026-11-20 15:00")
    assert len(threads.issued) == 1, "at most once a day"
    hub.github.close()


def test_what_cannot_be_renewed_holds_nothing_back(town: Town, tmp_path: Path, threads: Threads) -> None:
    threads.ends = datetime.now(UTC) + SOON
    hub = open_hub(town, tmp_path, on_threads(threads))
    file = tmp_path / "secrets.env"
    secrets_file.store(file, {"POSTS_TOKEN": graph.TOKEN})
    hub.merged_post()
    hub.publish("2026-11-20 09:00")
    file.chmod(0o644)
    hub.surroundings["MARRONNIER_SECRETS_FILE"] = str(file)
    said = hub.publish("2026-12-05 10:01")
    assert "1 publication sent." in said and len(threads.issued) == 0 and "Traceback" not in said
    hub.surroundings["MARRONNIER_SECRETS_FILE"] = "secrets"
    said = hub.publish("2026-12-06 10:01")
    assert "What ends soon was not looked after: MARRONNIER_SECRETS_FILE is secrets" in said
    hub.github.close()


def test_a_team_without_a_forge_reads_it_where_the_run_speaks(town: Town, tmp_path: Path, threads: Threads) -> None:
    threads.ends = datetime.now(UTC) + SOON
    brand = BRAND_ON_GITHUB["brand/brand.yml"].replace("lang: fr", "lang: en")
    folder = town.newsroom(tmp_path / "house", {"brand/brand.yml": brand, "brand/channels.yml": on_threads(threads)})
    file = tmp_path / "secrets.env"
    secrets_file.store(file, {"POSTS_TOKEN": graph.TOKEN})
    own = town.surroundings("publisher", "2026-11-20 09:00")
    complete_marronnier(["--now", "2026-11-20 08:00", "publish"], folder, own)
    assert threads.requests() == [], "without the token it leaves the day to the run that has it"
    env = {**own, "MARRONNIER_SECRETS_FILE": str(file)}
    done = complete_marronnier(["--now", "2026-11-20 09:00", "publish"], folder, env)
    assert "posts: the credentials were renewed, and end on " in done.stderr and done.returncode == 0, done.stderr
    assert secrets_file.read(file)["POSTS_TOKEN"] == threads.issued[0]
    done = complete_marronnier(["--now", "2026-11-20 15:00", "publish"], folder, env)
    assert "credentials" not in done.stderr and len(threads.issued) == 1


def test_the_end_of_an_api_is_told_two_weeks_before(town: Town, tmp_path: Path) -> None:
    named = "{network: linkedin, account: 'urn:li:organization:101', host: '127.0.0.1:9', env: {token: LI_TOKEN}, version: '202601'}"
    hub = open_hub(town, tmp_path, f"channels:\n  journal: {{network: feed}}\n  page: {named}\n")
    hub.publish("2026-12-17 09:00")
    assert hub.issues_of("credentials") == []
    hub.publish("2026-12-18 09:00")
    [issue] = hub.issues_of("credentials")
    assert "may end from 2027-01-01 on" in issue.body and "`marronnier doctor page`" in issue.body, issue.body
    hub.github.close()
