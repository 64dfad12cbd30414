"""Origin is the truth wherever there is one: a run believes nothing of the clone's own default branch, and stops without origin."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest

from people import Town, write
from publish.living import APPROVALS, Brand, Said, founded, post


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    made = Brand(town, founded(town, tmp_path / "template"), tmp_path / "life")
    say(made, "portes")
    made.pass_on("one")
    made.now += timedelta(hours=1)
    return made


def say(brand: Brand, name: str) -> None:
    said = Said(f"Bonjour, {name}.", "date: 2026-12-01 09:00", ("place",))
    write(brand.desk, {f"content/posts/2026/12/{name}.md": post(name, said, named=True)})
    brand.commit("ines", f"Write {name}")
    brand.approve("karim", name)


def sent(brand: Brand) -> list[str]:
    return [message.key for message in brand.messages()]


def test_a_withdrawn_post_does_not_go_out_from_a_clone_with_commits_of_its_own(brand: Brand) -> None:
    folder = brand.folder / "one"
    brand.git("pull", "-q", folder=folder)
    brand.git("commit", "-q", "--allow-empty", "-m", "Mine", folder=folder)
    (brand.desk / "content/posts/2026/12/portes.md").unlink()
    brand.commit("ines", "Take it back")
    brand.git("push", "-q", "origin", "main")
    said, _status = brand.does("publish", folder=folder)
    assert sent(brand) == [], said


def test_what_was_never_pushed_does_not_go_out(brand: Brand) -> None:
    folder = brand.folder / "one"
    brand.git("pull", "-q", folder=folder)
    write(folder, {"brand/approvals.yml": APPROVALS.format(quorum=0, moves="same-day")})
    brand.git("commit", "-qam", "Nobody asks", folder=folder)
    write(folder, {"content/posts/2026/12/mine.md": post("mine", Said("Moi.", "date: 2026-12-01 09:30", ("place",)), named=True)})
    brand.git("add", "-A", folder=folder)
    brand.git("commit", "-qm", "Mine", folder=folder)
    told, status = brand.does("status", folder=folder)
    assert status == 0 and "2 commits that are not on origin yet" in told and "1 draft" in told
    brand.does("publish", folder=folder)
    assert sent(brand) == ["portes@place"]


def test_a_publisher_key_revoked_on_origin_records_nothing(brand: Brand) -> None:
    folder = brand.folder / "one"
    brand.git("pull", "-q", folder=folder)
    brand.git("commit", "-q", "--allow-empty", "-m", "Mine", folder=folder)
    signers = brand.desk / "brand/allowed_signers"
    kept = [line for line in signers.read_text().splitlines() if not line.startswith("publisher ")]
    signers.write_text("\n".join(kept) + "\n")
    brand.commit("ines", "Revoke the publisher")
    brand.git("push", "-q", "origin", "main")
    before = brand.git("rev-parse", "ledger", folder=brand.origin)
    said, status = brand.does("publish", folder=folder)
    assert status == 3, said
    assert (sent(brand), brand.git("rev-parse", "ledger", folder=brand.origin)) == ([], before)


def test_a_lock_on_the_copy_of_origins_branch_hides_nothing(brand: Brand) -> None:
    folder = brand.folder / "one"
    (folder / ".git/refs/remotes/origin/main.lock").touch()
    (brand.desk / "content/posts/2026/12/portes.md").unlink()
    brand.commit("ines", "Take it back")
    say(brand, "abeilles")
    brand.git("push", "-q", "origin", "main")
    said, status = brand.does("publish", folder=folder)
    assert (sent(brand), status) == (["abeilles@place"], 0), said


def test_an_origin_forced_to_another_root_publishes_nothing(brand: Brand) -> None:
    folder = brand.folder / "one"
    brand.git("switch", "-q", "--orphan", "other")
    brand.git("checkout", "-q", "main", "--", ".")
    brand.commit("ines", "Begin anew")
    brand.git("push", "-q", "--force", "origin", "other:main")
    said, status = brand.does("publish", folder=folder)
    assert status == 3, said
    assert sent(brand) == []


@pytest.mark.parametrize("command", [("publish",), ("settle", "portes@place", "--send-now")])
def test_without_origin_nothing_is_sealed_sent_or_settled(brand: Brand, command: tuple[str, ...]) -> None:
    folder = brand.folder / "one"
    brand.git("remote", "set-url", "origin", "/nowhere", folder=folder)
    said, status = brand.does(*command, folder=folder)
    assert "origin does not answer" in said and status == 3
    assert sent(brand) == []


def test_an_origin_without_the_branch_stops_and_says_what_to_do(brand: Brand) -> None:
    brand.git("update-ref", "-d", "refs/heads/main", folder=brand.origin)
    said, status = brand.does("publish", folder=brand.folder / "one")
    assert "git push -u origin main" in said and status == 3
    assert sent(brand) == []


def test_offline_status_and_approve_work_and_say_how_old_their_view_is(brand: Brand) -> None:
    folder = brand.folder / "one"
    brand.git("pull", "-q", folder=folder)
    write(folder, {"content/posts/2026/12/mine.md": post("mine", Said("Moi.", "date: 2026-12-05 09:30", ("place",)), named=True)})
    brand.git("add", "-A", folder=folder)
    brand.git("commit", "-qm", "Mine", folder=folder)
    brand.git("remote", "set-url", "origin", "/nowhere", folder=folder)
    for path in (folder / ".git").rglob("*"):
        if path.is_file():
            os.utime(path, (time.time() - 5 * 3600,) * 2)
    for command in (("status",), ("approve", "mine", "--yes")):
        said, status = brand.does(*command, who="karim", folder=folder)
        assert status == 0, said
        assert "5 hours ago" in said


def test_a_clock_that_origin_took_away_is_not_believed(brand: Brand) -> None:
    """A clone that still has `clock: 2090` must not send what is due until then."""
    folder = brand.folder / "one"
    brand_file = brand.desk / "brand/brand.yml"
    text = brand_file.read_text()
    brand_file.write_text(text + "clock: 2090-12-02 10:00\n")
    brand.commit("ines", "A clock")
    write(brand.desk, {"content/posts/2026/12/late.md": post("late", Said("Tard.", "date: 2089-12-01 09:00", ("place",)), named=True)})
    brand.commit("ines", "Late")
    brand.approve("karim", "late")
    brand.git("push", "-q", "origin", "main")
    brand.git("pull", "-q", folder=folder)
    brand_file.write_text(text)
    brand.commit("ines", "No clock")
    brand.git("push", "-q", "origin", "main")
    env = {key: value for key, value in brand.env("publisher").items() if key != "NOW"}
    from command_line import run_marronnier

    said, _status = run_marronnier(["publish"], folder, env)
    assert sent(brand) == [], said


def test_a_default_branch_that_was_renamed_at_origin_is_followed(brand: Brand) -> None:
    """The clone still knows it by the old name; making that branch again would publish from what nobody looks at."""
    folder = brand.folder / "one"
    brand.git("branch", "-m", "main", "trunk", folder=brand.origin)
    brand.git("fetch", "-q", folder=brand.desk)
    brand.git("rm", "-q", "content/posts/2026/12/portes.md")
    say(brand, "autre")
    brand.git("push", "-q", "origin", "main:trunk")
    said, status = brand.does("publish", folder=folder)
    assert (status, sent(brand)) == (0, ["autre@place"]), said
    assert "autre" in brand.does("status", "autre", folder=folder)[0], "offline commands follow"


def test_another_branch_that_is_called_main_is_not_the_default_one(brand: Brand) -> None:
    """As after actions/checkout, which fetches every branch and sets no origin/HEAD."""
    folder = brand.folder / "one"
    brand.git("push", "-q", "origin", "main:trunk")
    brand.git("symbolic-ref", "HEAD", "refs/heads/trunk", folder=brand.origin)
    brand.git("remote", "set-head", "origin", "-d", folder=folder)
    say(brand, "autre")
    brand.git("push", "-q", "origin", "main")
    brand.git("fetch", "-q", folder=folder)
    brand.does("publish", folder=folder)
    assert sent(brand) == ["portes@place"]


@pytest.mark.parametrize("command", [("publish",), ("publish", "--dry-run"), ("settle", "portes@place", "--never")])
def test_a_remote_of_another_name_is_no_reason_to_believe_the_clone(brand: Brand, command: tuple[str, ...]) -> None:
    """Its own main would have counted, and a ledger that nobody else sees: the post would go out again from elsewhere."""
    folder = brand.folder / "one"
    brand.git("pull", "-q", folder=folder)
    brand.does("publish", folder=folder) if command[0] == "settle" else None
    brand.git("remote", "rename", "origin", "upstream", folder=folder)
    before = sent(brand)
    said, _status = brand.does(*command, folder=folder)
    assert "`git remote rename upstream origin`" in said
    assert sent(brand) == before
    brand.git("remote", "rename", "upstream", "origin", folder=folder)
    brand.does("publish", folder=folder)
    assert sent(brand) == ["portes@place"]


@pytest.mark.parametrize("command", [("status",), ("plan",), ("ledger", "verify"), ("publish",)])
def test_a_clone_whose_remote_has_another_name_is_told_what_its_name_must_be(brand: Brand, command: tuple[str, ...]) -> None:
    """It has no branch `ledger` of its own, and `git fetch origin` would fail in it."""
    folder = brand.folder / "upstream"
    brand.git("clone", "-q", "-o", "upstream", str(brand.origin), str(folder))
    said, status = brand.does(*command, folder=folder)
    assert status != 0
    assert "`git remote rename upstream origin`" in said and "git fetch origin" not in said, said
    brand.git("remote", "rename", "upstream", "origin", folder=folder)
    said, status = brand.does(*command, folder=folder)
    assert status == 0, said


def test_a_clone_that_lost_its_origin_is_not_a_brand_without_one(brand: Brand) -> None:
    """Its own ledger would have counted as the whole truth, while others go on sending at origin."""
    folder, elsewhere = brand.folder / "one", brand.folder / "two"
    brand.git("pull", "-q", folder=folder)
    brand.does("publish", folder=folder)
    say(brand, "encore")
    brand.pass_on("two")
    brand.git("pull", "-q", folder=folder)
    brand.git("remote", "remove", "origin", folder=folder)
    for command in (("publish",), ("publish", "--dry-run"), ("settle", "encore@place", "--never"), ("policy", "reset", "--yes")):
        said, _status = brand.does(*command, folder=folder)
        assert "`git remote add origin URL`" in said, said
        assert sent(brand) == ["portes@place"]
    said, status = brand.does("status", folder=folder)
    assert status == 0 and "`git remote add origin URL`" in said, said
    brand.does("publish", folder=elsewhere)
    assert sent(brand) == ["portes@place", "encore@place"]
    brand.git("remote", "add", "origin", str(brand.origin), folder=folder)
    assert "has no origin" not in brand.does("status", folder=folder)[0]
    brand.does("publish", folder=folder)
    assert sent(brand) == ["portes@place", "encore@place"]


def test_a_person_may_say_that_a_clone_is_alone_from_now_on_until_origin_is_back(brand: Brand) -> None:
    folder = brand.folder / "one"
    brand.git("pull", "-q", folder=folder)
    brand.does("publish", folder=folder)
    say(brand, "encore")
    brand.pass_on("one")
    brand.git("pull", "-q", folder=folder)
    brand.git("remote", "remove", "origin", folder=folder)
    said, _status = brand.does("publish", folder=folder)
    assert "`git update-ref refs/marronnier/alone HEAD`" in said, said
    brand.git("update-ref", "refs/marronnier/alone", "HEAD", folder=folder)
    said, status = brand.does("publish", folder=folder)
    assert (status, sent(brand)) == (0, ["portes@place", "encore@place"]), said
    brand.git("remote", "add", "origin", str(brand.origin), folder=folder)
    brand.git("push", "-q", "origin", "main", "ledger", folder=folder)
    brand.does("publish", folder=folder)
    brand.git("remote", "remove", "origin", folder=folder)
    assert "`git remote add origin URL`" in brand.does("publish", folder=folder)[0]
