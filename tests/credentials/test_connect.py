"""`marronnier connect`: a person gets a token, it is tested by reading alone, stored, and never shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from credentials.workplace import Workplace
from fakes import browser, graph, linkedin
from fakes.facebook import Facebook
from fakes.instagram import Instagram
from fakes.linkedin import Linkedin
from fakes.mastodon import TOKEN, Mastodon
from fakes.telegram import Telegram
from fakes.threads import Threads
from people import Town

APP = ("app-77", "app-hush-5c0ffee5")


def toots(server: Mastodon) -> str:
    return f'channels:\n  toots: {{network: mastodon, account: "{server.account}", env: {{token: TOOTS_TOKEN}}}}\n'


def on(network: str, host: str, account: str = '"@jardin"', env: str = "token: POSTS_TOKEN") -> str:
    return f"channels:\n  posts: {{network: {network}, account: {account}, host: '{host}', env: {{{env}}}}}\n"


def test_a_browser_on_this_machine_comes_back_by_itself(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        place = Workplace(town, tmp_path, toots(server))
        place.keeps()
        place.has_browser()
        said, status = place.run("connect", "toots")
        assert status == 0, said
        assert f"  ✓ the credentials work, and belong to @jardin@127.0.0.1\n  · stored: TOOTS_TOKEN in {place.file}\n" in said
        assert place.kept() == {"TOOTS_TOKEN": TOKEN}
        assert stat.S_IMODE(place.file.stat().st_mode) == 0o600
        asked = server.consent.asked[0]
        assert asked["scope"] == "read write:statuses write:media" and asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"].startswith("http://127.0.0.1:")
        assert not server.toots(), "nothing is posted"
        # What is stored is what every command reads.
        said, status = place.run("doctor", "toots")
        assert status == 0 and "the credentials work" in said


def test_a_browser_elsewhere_ends_at_an_address_that_is_pasted(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        place = Workplace(town, tmp_path, toots(server))
        place.keeps()
        said, status = place.paste("connect", "toots")
        assert status == 0 and place.kept() == {"TOOTS_TOKEN": TOKEN}, said
        assert "Whoever consented ends at a page that cannot be shown" in " ".join(said.split())


@pytest.mark.parametrize(
    "answer", ["http://127.0.0.1:8412/?code=code-hush-1-9b2f61&state=of-another", "http://127.0.0.1:8412/?code=x", "abc"]
)
def test_an_answer_to_another_request_is_refused(town: Town, tmp_path: Path, answer: str) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        place = Workplace(town, tmp_path, toots(server))
        place.keeps()
        said, status = place.paste("connect", "toots", answer=answer)
        assert status == 3 and "its `state` differs" in said and "POST /oauth/token" not in server.asked
        assert place.kept() == {}


def test_a_page_of_the_web_cannot_answer_in_the_persons_place(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        server.consent.state = "of-another"
        place = Workplace(town, tmp_path, toots(server))
        place.keeps()
        place.env["BROWSER"] = "true %s"
        running = place.start("connect", "toots")
        assert running.stdout is not None
        address = ""
        while not address.startswith("  http"):
            address = running.stdout.readline()
            assert address
        told = browser.visit(address.strip())
        assert told.startswith("400 ") and "another request" in told and running.poll() is None
        port = int(server.consent.asked[0]["redirect_uri"].split(":")[2].strip("/"))
        assert browser.visit(f"http://127.0.0.1:{port}/favicon.ico").startswith("404 ")
        server.consent.state = ""
        assert "Thank you" in browser.visit(address.strip())
        said = place.ends(running)
        assert running.returncode == 0 and place.kept() == {"TOOTS_TOKEN": TOKEN}, said


def test_a_person_who_says_no_is_understood(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        server.consent.says_no = True
        place = Workplace(town, tmp_path, toots(server))
        place.keeps()
        place.has_browser()
        said, status = place.run("connect", "toots")
        assert status == 3 and "consent was not given: The person said no" in said and "Nothing was stored." in said


def test_without_a_place_to_keep_it_nothing_is_asked_for(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        place = Workplace(town, tmp_path, toots(server))
        place.has_browser()
        said, status = place.run("connect", "toots")
        assert status == 3 and "MARRONNIER_SECRETS_FILE" in said and server.asked == []
        inside = place.run("connect", "toots", MARRONNIER_SECRETS_FILE=str(place.folder / "secrets.env"))
        assert inside[1] == 3 and "where it could be committed" in inside[0] and server.asked == []


def test_the_token_of_another_account_is_not_kept(town: Town, tmp_path: Path) -> None:
    with Mastodon(tmp_path / "mastodon").running() as server:
        place = Workplace(town, tmp_path, toots(server).replace("@jardin@", "@ines@"))
        place.keeps()
        place.has_browser()
        said, status = place.run("connect", "toots")
        assert status == 3 and "belong to @jardin@127.0.0.1, and brand/channels.yml names @ines@" in said
        assert place.kept() == {}


@pytest.mark.parametrize(("network", "kind"), [("instagram", Instagram), ("threads", Threads)])
def test_metas_tokens_are_exchanged_for_long_ones(town: Town, tmp_path: Path, network: str, kind: type[graph.Graph]) -> None:
    with kind(tmp_path / network).running() as server:
        place = Workplace(town, tmp_path, on(network, server.host))
        place.keeps()
        said, status = place.paste("connect", "posts", first=APP)
        assert status == 0, said
        assert "write this redirect address in it: https://localhost/" in " ".join(said.split())
        kept = place.kept()
        assert kept["POSTS_TOKEN"] == server.issued[-1] and kept["POSTS_TOKEN"] not in server.short
        assert kept["POSTS_TOKEN_EXPIRES"].startswith("20") and "they end on " in said


def test_facebook_gives_the_token_of_the_channels_page(town: Town, tmp_path: Path) -> None:
    with Facebook(tmp_path / "facebook").running() as server:
        place = Workplace(town, tmp_path, on("facebook", server.host, "jardin"))
        place.keeps()
        said, status = place.paste("connect", "posts", first=APP)
        assert status == 0 and place.kept() == {"POSTS_TOKEN": graph.TOKEN}, said
        place = Workplace(town, tmp_path / "other", on("facebook", server.host, "prairie"))
        place.keeps()
        said, status = place.paste("connect", "posts", first=APP)
        assert status == 3 and "may not speak for prairie; the Pages that they gave: 104000000000009, jardin" in said


def test_linkedin_keeps_what_renews_its_token(town: Town, tmp_path: Path) -> None:
    env = "token: LI_TOKEN, client_id: LI_ID, client_secret: LI_SECRET, refresh_token: LI_REFRESH"
    with Linkedin(tmp_path / "linkedin").running() as server:
        server.refresh_token = "AQX-hush-refresh-3b7e"
        place = Workplace(town, tmp_path, on("linkedin", server.host, linkedin.PAGE, env))
        place.keeps()
        place.has_browser()
        said, status = place.run("connect", "posts", "--port", "18413", LI_ID=APP[0], LI_SECRET=APP[1])
        assert status == 0, said
        kept = place.kept()
        assert {name: kept[name] for name in ("LI_TOKEN", "LI_ID", "LI_SECRET", "LI_REFRESH")} == {
            "LI_TOKEN": server.issued[0], "LI_ID": APP[0], "LI_SECRET": APP[1], "LI_REFRESH": server.refresh_token,
        }  # fmt: skip
        assert server.consent.asked[0]["redirect_uri"] == "http://localhost:18413/"


def test_a_token_made_by_hand_is_typed_tested_and_kept(town: Town, tmp_path: Path) -> None:
    from fakes.telegram import TOKEN as BOT

    with Telegram(tmp_path / "telegram").running() as server:
        place = Workplace(town, tmp_path, on("telegram", server.host, '"@jardin_public"'))
        place.keeps()
        said, status = place.run("connect", "posts", typed=[BOT])
        assert status == 0, said
        assert "1. In Telegram, write to @BotFather" in said and "Settings › Environments" not in said
        assert place.kept() == {"POSTS_TOKEN": BOT}
        said, status = place.run("connect", "posts", typed=["123456789:not-the-token-of-it"])
        assert status == 3 and "Nothing was stored." in said and place.kept() == {"POSTS_TOKEN": BOT}


def test_the_lines_of_a_step_stay_lines(town: Town, tmp_path: Path) -> None:
    place = Workplace(town, tmp_path, on("linkedin", "127.0.0.1:1", '"urn:li:organization:2414183"'))
    place.keeps()
    said, _status = place.run("connect", "posts", "--by-hand")
    assert "\n   • for a page: Community Management API; LinkedIn reads the request and takes\n     days." in said, said


def test_without_a_place_the_name_to_be_set_is_told(town: Town, tmp_path: Path) -> None:
    from fakes.telegram import TOKEN as BOT

    with Telegram(tmp_path / "telegram").running() as server:
        place = Workplace(town, tmp_path, on("telegram", server.host, '"@jardin_public"'))
        said, status = place.run("connect", "posts", typed=[BOT])
        assert status == 0 and "under the name POSTS_TOKEN" in " ".join(said.split())


def test_a_channel_without_names_for_its_secrets_is_told_the_line(town: Town, tmp_path: Path) -> None:
    place = Workplace(town, tmp_path, "channels:\n  journal: {network: feed}\n  li: {network: telegram, account: x, host: 127.0.0.1}\n")
    said, status = place.run("connect", "li")
    assert status == 3 and "Write `env: {token: LI_TOKEN}` under li" in said
    assert place.run("connect", "journal") == ("journal needs no credentials.\n", 0)
    assert place.run("connect", "lli")[1] == 2


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_what_is_typed_in_a_terminal_is_not_shown(town: Town, tmp_path: Path) -> None:
    import pty

    from fakes.telegram import TOKEN as BOT

    with Telegram(tmp_path / "telegram").running() as server:
        place = Workplace(town, tmp_path, on("telegram", server.host, '"@jardin_public"'))
        place.keeps()
        env = {**town.surroundings("ines", "2026-12-02 09:00"), **place.env}
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(place.folder)
            os.execvpe("marronnier", ["marronnier", "connect", "posts"], env)
        shown = b""
        while b"not shown" not in shown:
            shown += os.read(terminal, 4096)
        os.write(terminal, f"{BOT}\n".encode())
        try:
            while piece := os.read(terminal, 4096):
                shown += piece
        except OSError:
            pass
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, shown
        assert BOT.encode() not in shown and place.kept() == {"POSTS_TOKEN": BOT}
