"""Credentials that are about to end: people are told two weeks before, and `doctor` renews them where it has a place to keep the new ones."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from credentials.workplace import Workplace
from fakes import graph, linkedin
from fakes.instagram import Instagram
from fakes.linkedin import Linkedin
from fakes.threads import Threads
from marronnier.files import secrets_file
from marronnier.messages import Trouble, format_day
from marronnier.networks.kit.secret_stores import SecretsFile
from people import Town

SOON = timedelta(days=9, hours=1)


def on(network: str, host: str, account: str = '"@jardin"', more: str = "", env: str = "token: POSTS_TOKEN") -> str:
    return f"channels:\n  posts: {{network: {network}, account: {account}, host: '{host}', env: {{{env}}}{more}}}\n"


def keeping(place: Workplace, **values: str) -> None:
    """Have a file with secrets."""
    place.keeps()
    secrets_file.store(place.file, values)


def test_a_token_that_ends_soon_is_renewed_and_stored(town: Town, tmp_path: Path) -> None:
    with Threads(tmp_path / "threads").running() as server:
        server.ends = datetime.now(UTC) + SOON
        place = Workplace(town, tmp_path, on("threads", server.host))
        keeping(place, POSTS_TOKEN=graph.TOKEN, OTHER="stays")
        said, status = place.run("doctor", "posts")
        assert status == 0, said
        kept = place.kept()
        assert kept["POSTS_TOKEN"] == server.issued[0] and kept["OTHER"] == "stays"
        assert (
            f"  ✓ the credentials were renewed, and end on {format_day(datetime.fromisoformat(kept['POSTS_TOKEN_EXPIRES']).date())}: {place.file}\n"
            in said
        )
        assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
        used = [request.headers["authorization"] for request in server.requests() if "authorization" in request.headers]
        assert used[-1] == f"Bearer {server.issued[0]}", "the new one is tried, once it is stored"


def test_a_token_that_lives_long_is_left_alone(town: Town, tmp_path: Path) -> None:
    with Threads(tmp_path / "threads").running() as server:
        place = Workplace(town, tmp_path, on("threads", server.host))
        keeping(place, POSTS_TOKEN=graph.TOKEN)
        said, status = place.run("doctor", "posts")
        assert status == 0 and f"the credentials end on {format_day(server.ends.date())}, in 40 days" in said
        assert server.issued == [] and place.kept() == {"POSTS_TOKEN": graph.TOKEN}


def test_what_cannot_be_stored_is_not_asked_for(town: Town, tmp_path: Path) -> None:
    with Threads(tmp_path / "threads").running() as server:
        server.ends = datetime.now(UTC) + SOON
        place = Workplace(town, tmp_path, on("threads", server.host))
        keeping(place, POSTS_TOKEN=graph.TOKEN)
        place.file.chmod(0o644)
        said, status = place.run("doctor", "posts")
        assert status == 3 and f"Run `chmod 600 {place.file}`" in said and server.issued == []
        place.file.chmod(0o600)
        place.env["POSTS_TOKEN"] = graph.TOKEN
        place.env["MARRONNIER_SECRETS_FILE"] = "/proc/marronnier/secrets"
        said, status = place.run("doctor", "posts")
        assert status == 3 and "the credentials were not renewed" in said and server.issued == []


def test_where_nothing_keeps_them_people_are_told_two_weeks_before(town: Town, tmp_path: Path) -> None:
    with Threads(tmp_path / "threads").running() as server:
        server.ends = datetime.now(UTC) + SOON
        place = Workplace(town, tmp_path, on("threads", server.host))
        place.env["POSTS_TOKEN"] = graph.TOKEN
        said, status = place.run("doctor", "posts")
        day = server.ends.date()
        assert status == 1 and f"  ! the credentials end on {format_day(day)}, in 9 days\n    → run `marronnier connect posts`" in said
        assert "MARRONNIER_SECRETS_FILE" in said and server.issued == []
        # Written in channels.yml, every status says it, without asking anybody.
        assert f"  ~ expires: {day} by the server, and nothing here\n" in said
        place.run("doctor", "--write", "posts")
        assert f"expires: '{day}'" in (place.folder / "brand/channels.yml").read_text()
        place.town.git(place.folder, "add", "-A")
        place.town.git(place.folder, "commit", "-qm", "The end of a token")
        before = (day - timedelta(days=13)).isoformat()
        said, _status = place.run("--now", f"{before} 09:00", "status")
        assert f"The credentials of posts end on {format_day(day)}, in 13 days: run `marronnier connect posts`." in said
        said, _status = place.run("--now", f"{(day - timedelta(days=15)).isoformat()} 09:00", "status")
        assert "credentials of posts" not in said
        said, _status = place.run("--now", f"{(day + timedelta(days=1)).isoformat()} 09:00", "status")
        assert f"The credentials of posts ended on {format_day(day)}" in said


def test_a_network_that_does_not_tell_the_end_is_known_by_its_last_renewal(town: Town, tmp_path: Path) -> None:
    with Instagram(tmp_path / "instagram").running() as server:
        place = Workplace(town, tmp_path, on("instagram", server.host))
        keeping(place, POSTS_TOKEN=graph.TOKEN)
        said, status = place.run("doctor", "posts")
        assert status == 0 and "the credentials were renewed, and end on" in said and len(server.issued) == 1
        said, status = place.run("doctor", "posts")
        assert status == 0 and "days\n" in said and len(server.issued) == 1, "once is enough"
        ends = (datetime.now(UTC) + SOON).isoformat()
        secrets_file.store(place.file, {"POSTS_TOKEN_EXPIRES": ends})
        # Of a token that is less than a day old there is no other yet.
        said, status = place.run("doctor", "posts")
        assert status == 1 and "the credentials were not renewed" in said and "in 9 days" in said
        assert place.kept()["POSTS_TOKEN"] == server.issued[0]
        server.token_age = timedelta(days=2)
        said, status = place.run("doctor", "posts")
        assert status == 0 and place.kept()["POSTS_TOKEN"] == server.issued[1]


def test_linkedin_renews_for_those_whom_it_lets(town: Town, tmp_path: Path) -> None:
    env = "token: LI_TOKEN, client_id: LI_ID, client_secret: LI_SECRET, refresh_token: LI_REFRESH"
    with Linkedin(tmp_path / "linkedin").running() as server:
        server.expires_at = int((datetime.now(UTC) + SOON).timestamp())
        server.refresh_token = "AQX-hush-refresh-3b7e"
        place = Workplace(town, tmp_path, on("linkedin", server.host, linkedin.PAGE, env=env))
        keeping(place, LI_TOKEN=linkedin.TOKEN, LI_ID="app-77", LI_SECRET="app-hush-5c0ffee5", LI_REFRESH=server.refresh_token)
        said, status = place.run("doctor", "posts")
        assert status == 0 and place.kept()["LI_TOKEN"] == server.issued[0] and place.kept()["LI_REFRESH"] == server.refresh_token, said
        # What its server does not take is left alone: it may be taken tomorrow. What has ended is renewed too.
        secrets_file.store(place.file, {"LI_TOKEN": "AQX-hush-dead"})
        said, status = place.run("doctor", "posts")
        assert status == 3 and len(server.issued) == 1, said
        secrets_file.store(place.file, {"LI_TOKEN_EXPIRES": "2026-01-08T09:00:00+00:00"})
        said, status = place.run("doctor", "posts")
        assert status == 0 and place.kept()["LI_TOKEN"] == server.issued[1], said


def test_doctor_and_check_tell_when_a_version_of_an_api_ends(town: Town, tmp_path: Path) -> None:
    with Linkedin(tmp_path / "linkedin").running() as server:
        place = Workplace(town, tmp_path, on("linkedin", server.host, linkedin.PAGE, ", version: '202601'"))
        place.env["POSTS_TOKEN"] = linkedin.TOKEN
        told = "version 202601 of the API of LinkedIn may end from 2027-01-01 on"
        for command in ("doctor", "check"):
            said, status = place.run(command)
            assert status == 1 and told in said and "write `version: 202607`, or remove `version`" in said, said
        report = json.loads(place.run("doctor", "--format", "json")[0])
        assert {"state": "open", "said": told, "next": "write `version: 202607`, or remove `version`"} in report["channels"][0]["notes"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("A=1\nhush without a sign\n", "line 2 of {file} is not `NAME=value`"),
        ("A=1\n# what it is\n\nA=hush\n", "{file} has A twice, the second time on line 4"),
        (b"A=\xff\xfehush", "{file} is no text in UTF-8"),
    ],
)
def test_a_file_of_another_form_is_told_without_what_it_holds(tmp_path: Path, text: str | bytes, said: str) -> None:
    file = tmp_path / "secrets.env"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    file.chmod(0o600)
    for act in (lambda: secrets_file.read(file), lambda: secrets_file.store(file, {"B": "2"})):
        with pytest.raises(Trouble) as trouble:
            act()
        assert said.format(file=file) in trouble.value.message and "hush" not in trouble.value.message + trouble.value.next
    assert file.read_bytes() == (text if isinstance(text, bytes) else text.encode())


def test_comments_and_other_lines_of_the_file_stay(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "secrets.env"
    secrets_file.store(file, {"A": "1=2", "B": "x y"})
    file.write_text(f"# of the garden\n{file.read_text()}\n")
    secrets_file.store(file, {"B": "z", "C": "3"})
    assert file.read_text() == "# of the garden\nA=1=2\nB=z\n\nC=3\n"
    assert secrets_file.read(file) == {"A": "1=2", "B": "z", "C": "3"}
    for value in ("a\nb", " a", "a\rb"):
        with pytest.raises(Trouble):
            secrets_file.store(file, {"D": value})
    store = SecretsFile(file)
    store.store({"A": "new"}, {"A": datetime(2027, 1, 8, 9, tzinfo=UTC)})
    assert store.expires("A", None) == datetime(2027, 1, 8, 9, tzinfo=UTC)
    store.store({"A": "newer"}, {})
    assert store.expires("A", None) is None
