"""An unsigned ledger is signed: all its records are carried on, and neither a crash nor a second clone loses one."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, init_ledger, over_ssh, sealed, sent
from marronnier import ledger
from marronnier.git import Repo
from marronnier.ledger import brand_file, push, signed_continuation
from marronnier.ledger.commit import make_commit
from marronnier.ledger.damage import Contended
from marronnier.ledger.events import payload_path, sha256
from marronnier.ledger.policy_events import policy_draft
from marronnier.messages import Trouble
from marronnier.model.brand import Brand, LedgerIdentity
from marronnier.model.publication import canonical_json
from people import Town

KEYS = ("a@b", "c@d", "e@f")
LATER = NOW + timedelta(days=3)


def policy(quorum: int) -> bytes:
    return canonical_json(
        {"format": 1, "approvals": f"quorum: {quorum}\n", "allowed_signers": "karim ssh-ed25519 AAAA\n", "channels": {}, "groups": {}}
    )


@pytest.fixture
def before(local: LedgerRepo) -> LedgerRepo:
    """An unsigned ledger with records, a policy that came into force twice, a checkpoint, and a payload that was removed."""
    for number in range(2):
        local.record(policy_draft(local.open().start, number, policy(number), "first", digest="d", commit="c", signed=False))
    local.record(*(sealed(key, f"words of {key}") for key in KEYS))
    local.record(sent("a@b"))
    ledger.tag_daily_checkpoint(local.repo, local.head, NOW)
    ledger.remove_payloads(local.open(), [sha256(b"words of c@d")], "withdrawn", NOW)
    return local


@pytest.fixture
def bare(before: LedgerRepo, tmp_path: Path) -> Path:
    """A new repository on another machine, which has the default branch and no ledger."""
    path = tmp_path / "new.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(path)], check=True)
    over_ssh(before.path, path)
    before.git("push", "-q", "origin", "main")
    return path


def sign(place: LedgerRepo) -> LedgerRepo:
    """Sign the ledger, as a new run does, and name it."""
    brand = place.brand
    assert ledger.can_continue_signed(Repo(place.path), brand, None)
    after = ledger.continue_signed(Repo(place.path), place.path, brand, LATER)
    assert f"first: {after.first}" in (place.path / "brand/brand.yml").read_text()
    return LedgerRepo(place.path, Repo(place.path), Brand(name="Test", ledger=LedgerIdentity(first=after.first)))


def said(place: LedgerRepo) -> Mapping[str, object]:
    """Everything the ledger tells of publications and policies."""
    read = place.open()
    policies = [(event.at, event.data["cause"], event.data["commit"]) for event in read.policies.events]
    return {**{key: read.histories[key].events for key in KEYS}, "policies": policies, "began": read.began}


def references(place: LedgerRepo, pattern: str) -> dict[str, str]:
    lines = place.git("for-each-ref", "--format=%(refname) %(objectname)", pattern).splitlines()
    return dict(line.split() for line in lines)


def test_every_record_is_carried_on_and_verifies_as_strictly(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    with_origin, old = before.brand, before.head
    before.git("remote", "rename", "origin", "elsewhere")
    told = said(before)
    before.git("remote", "rename", "elsewhere", "origin")
    after = sign(before)
    assert said(after) == told
    assert after.verify() == []
    assert ledger.verify(Repo(before.path), with_origin)[0].kind == "signed-elsewhere"
    assert len(after.git("rev-list", "ledger").splitlines()) == 2
    assert references(after, "refs/marronnier/unsigned-ledger/")[f"refs/marronnier/unsigned-ledger/{with_origin.ledger.first[:12]}/heads/ledger"] == old  # type: ignore[index]  # fmt: skip
    # It goes on as any signed ledger does, and a changed record is found as in any.
    after.record(sent("e@f"))
    assert after.verify() == []
    path = next(name for name in after.git("ls-tree", "-r", "--name-only", "ledger").splitlines() if "a@b" in name)
    after.tamper({path: after.bytes(path).replace(b"words", b"wards")})
    after.git("push", "-q", "origin", "ledger")
    assert "changed-line" in after.verify()


def test_a_payload_is_carried_on_and_one_that_was_removed_stays_so(before: LedgerRepo, publisher: Path) -> None:
    after = sign(before)
    assert after.open().payload(sha256(b"words of a@b")) == b"words of a@b"
    assert after.open().payload(sha256(b"words of c@d")) is None
    assert after.verify() == []
    after.tamper({payload_path(sha256(b"words of e@f")): None})
    assert after.verify() == []


def test_the_policies_are_signed_each_with_the_number_it_had(before: LedgerRepo, publisher: Path) -> None:
    after = sign(before)
    events = after.open().policies.events
    documents = [json.loads(after.open().payload(event.data["payload"]) or b"") for event in events]
    assert [document["approvals"] for document in documents] == ["quorum: 0\n", "quorum: 1\n"]
    assert all("karim" in document["allowed_signers"] and "publisher" in document["allowed_signers"] for document in documents)


@pytest.mark.parametrize("shared", [True, False])
def test_it_is_taken_up_wherever_it_was_interrupted(
    before: LedgerRepo, bare: Path, publisher: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    if not shared:
        before.git("remote", "remove", "origin")
    made: list[str] = []
    for module, name in (
        (signed_continuation, "_make"),
        (signed_continuation, "_move_references"),
        (signed_continuation, "_push"),
        (push, "record_pushed_head"),
        (brand_file, "write_first_commit"),
    ):
        if not shared and name in ("_push", "record_pushed_head"):
            continue

        def stop(*_given: object, **_named: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(module, name, stop)
            with pytest.raises(KeyboardInterrupt):
                ledger.continue_signed(Repo(before.path), before.path, before.brand, LATER)
        made.append(before.head)
        assert "unsigned: true" in (before.path / "brand/brand.yml").read_text()
    after = sign(before)
    assert after.verify() == []
    assert after.head == made[-1]
    assert len(set(made)) == 2, "either the unsigned ledger or the one signed one"


def test_a_second_clone_of_the_unsigned_ledger_hears_what_happened(before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path) -> None:
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "second")], check=True)
    second = LedgerRepo(tmp_path / "second", Repo(tmp_path / "second"), before.brand)
    old = second.head
    after = sign(before)
    with pytest.raises(Trouble, match="was signed") as caught:
        second.open()
    assert "git pull" in caught.value.next
    assert second.verify() == ["signed-elsewhere"]
    updated = replace_brand(second, after.brand)
    (warning,) = updated.open().warnings
    assert "all its records are in the signed ledger" in warning
    assert updated.head == after.head
    assert old in references(updated, "refs/marronnier/unsigned-ledger/").values()
    assert updated.verify() == []
    assert updated.open().warnings == ()


def test_a_second_clone_that_went_on_alone_sends_nothing(before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path) -> None:
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "second")], check=True)
    second = LedgerRepo(tmp_path / "second", Repo(tmp_path / "second"), before.brand)
    second.git("remote", "remove", "origin")
    second.record(sent("c@d"))
    over_ssh(second.path, bare)
    after = sign(before)
    updated = replace_brand(second, after.brand)
    with pytest.raises(Trouble, match="c@d") as caught:
        updated.open()
    assert "--was-sent" in caught.value.next
    with pytest.raises(Trouble, match="c@d"):
        ledger.continue_signed(Repo(second.path), second.path, second.brand, LATER)


def replace_brand(place: LedgerRepo, brand: Brand) -> LedgerRepo:
    return replace(place, repo=Repo(place.path), brand=brand)


def test_two_clones_that_sign_at_once_end_with_one_ledger(
    before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "second")], check=True)
    second = LedgerRepo(tmp_path / "second", Repo(tmp_path / "second"), before.brand)
    # The second had made its own, and the first was faster to push.
    with monkeypatch.context() as patch:
        patch.setattr(push, "push", lambda *_given: "lost")
        with pytest.raises(Contended, match="another clone"):
            sign(second)
    alone = second.head
    one = sign(before)
    assert alone != one.head
    two = sign(second)
    assert two.head == one.head
    assert two.verify() == []


def test_another_ledger_at_origin_is_left_alone(before: LedgerRepo, bare: Path, publisher: Path, town: Town, tmp_path: Path) -> None:
    other = init_ledger(town.found(tmp_path / "other"), unsigned=False)
    other.git("push", "-q", str(bare), "ledger")
    old = before.head
    with pytest.raises(Trouble, match="has a ledger already"):
        ledger.continue_signed(before.repo, before.path, before.brand, LATER)
    assert before.head == old
    assert "unsigned: true" in (before.path / "brand/brand.yml").read_text()


def test_an_unsigned_ledger_in_a_folder_that_others_may_use_is_not_signed_behind_their_backs(
    before: LedgerRepo, publisher: Path, tmp_path: Path
) -> None:
    before.git("clone", "-q", "--bare", ".", str(tmp_path / "shelf.git"))
    before.git("remote", "add", "origin", str(tmp_path / "shelf.git"))
    assert not ledger.can_continue_signed(Repo(before.path), before.brand, None)
    with pytest.raises(Trouble, match="at origin too"):
        ledger.continue_signed(Repo(before.path), before.path, before.brand, LATER)


def test_tags_of_the_unsigned_ledger_at_origin_are_told_of(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    before.git("push", "-q", "--tags", "origin")
    with pytest.raises(Trouble, match="tags of one") as caught:
        ledger.continue_signed(before.repo, before.path, before.brand, LATER)
    before.git(*caught.value.next.split("`")[3].removeprefix("git ").split())
    assert sign(before).verify() == []


def test_a_damaged_ledger_is_not_signed(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    path = next(name for name in before.git("ls-tree", "-r", "--name-only", "ledger").splitlines() if "a@b" in name)
    before.tamper({path: before.bytes(path).replace(b"words", b"wards")}, amend=False)
    old = before.head
    with pytest.raises(Trouble, match="changed") as caught:
        ledger.continue_signed(before.repo, before.path, before.brand, LATER)
    assert "only an intact ledger is signed" in caught.value.next
    assert before.head == old


def test_one_that_was_set_back_is_not_signed(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    before.git("update-ref", "refs/heads/ledger", "ledger~2")
    before.git("update-ref", "refs/marronnier/seen", "ledger~1")
    with pytest.raises(Trouble, match="set back"):
        ledger.continue_signed(before.repo, before.path, before.brand, LATER)


def test_without_the_key_nothing_is_changed(before: LedgerRepo, bare: Path) -> None:
    assert ledger.can_continue_signed(before.repo, before.brand, None)
    with pytest.raises(Trouble, match="no key"):
        ledger.continue_signed(before.repo, before.path, before.brand, LATER)
    before.git("remote", "remove", "origin")
    assert not ledger.can_continue_signed(Repo(before.path), before.brand, None)


def test_a_key_that_is_not_trusted_signs_nothing(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    (before.path / "brand/allowed_signers").write_text("# nobody\n")
    before.git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "Nobody")
    before.git("push", "-q", "origin", "main")
    with pytest.raises(Trouble, match="does not give the publisher's key"):
        ledger.continue_signed(Repo(before.path), before.path, before.brand, LATER)


def test_a_fresh_clone_finds_a_rewind_to_the_first_commit(before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path) -> None:
    after = sign(before)
    subprocess.run(["git", "-C", str(bare), "update-ref", "refs/heads/ledger", str(after.brand.ledger.first)], check=True)
    subprocess.run(["git", "clone", "-q", str(bare), str(tmp_path / "fresh")], check=True)
    fresh = LedgerRepo(tmp_path / "fresh", Repo(tmp_path / "fresh"), after.brand)
    with pytest.raises(Trouble, match="set back"):
        fresh.open()


def test_whoever_has_no_key_continues_nothing(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    """A commit that only claims to continue the ledger, by whoever can push, is believed by nobody."""
    identity = json.loads(before.bytes("ledger.json"))
    identity["continues"] = {"first": before.brand.ledger.first, "head": before.head, "removed": []}
    old, forged = before.head, make_commit(before.repo, None, {"ledger.json": canonical_json(identity) + b"\n"}, "Forge", NOW, signed=False)
    before.git("push", "-q", "origin", f"{forged}:refs/heads/ledger")
    with pytest.raises(Trouble, match="not signed"):
        sign(before)
    assert before.head == old


def other_key(folder: Path) -> Path:
    """A key that is not the publisher's."""
    path = folder / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


def forged_with_a_key_of_its_own(before: LedgerRepo, tmp_path: Path, publisher: Path, monkeypatch: pytest.MonkeyPatch) -> LedgerRepo:
    """Who may push to the default branch gives their own key to `publisher` there, and a ledger of theirs claims to continue this one."""
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "forger")], check=True)
    forger, key = LedgerRepo(tmp_path / "forger", Repo(tmp_path / "forger"), before.brand), other_key(tmp_path)
    with (forger.path / "brand/allowed_signers").open("a") as file:
        file.write(f'publisher namespaces="git" {key.with_suffix(".pub").read_text()}')
    forger.git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "Signers", "brand/allowed_signers")
    forger.git("push", "-q", "origin", "main")
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(key))
    forged = sign(forger)
    forged.record(sealed("g@h", "words that nobody approved"))
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(publisher))
    before.git("pull", "-q", "--ff-only", "origin", "main")
    return forged


def test_a_ledger_at_origin_that_another_key_signed_is_not_taken_up(
    before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged_with_a_key_of_its_own(before, tmp_path, publisher, monkeypatch)
    old = before.head
    with pytest.raises(Trouble, match="another key") as caught:
        ledger.continue_signed(Repo(before.path), before.path, before.brand, LATER)
    assert "brand/allowed_signers" in caught.value.next
    assert before.head == old
    assert "unsigned: true" in (before.path / "brand/brand.yml").read_text()


def test_a_clone_without_the_key_looks_and_is_not_moved(
    before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a look would hide from the next run, which has the key, that another one began the ledger."""
    forged = forged_with_a_key_of_its_own(before, tmp_path, publisher, monkeypatch)
    old, misled = before.head, replace_brand(before, forged.brand)
    monkeypatch.delenv("MARRONNIER_SIGNING_KEY")
    assert any("once a command runs with the publisher's key" in warning for warning in misled.open().warnings)
    assert (misled.head, misled.git("rev-parse", "refs/marronnier/seen")) == (old, old)
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(publisher))
    for _time in range(2):
        with pytest.raises(Trouble, match="another key"):
            misled.open()
    assert misled.head == old


def test_a_signed_ledger_of_another_repository_is_not_taken_up(
    before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two repositories began as copies of one brand, with one unsigned ledger and one publisher."""
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "copy")], check=True)
    copy = LedgerRepo(tmp_path / "copy", Repo(tmp_path / "copy"), before.brand)
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "1")
    sign(copy)
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "2")
    old = before.head
    with pytest.raises(Trouble, match="another repository"):
        sign(before)
    assert before.head == old
    assert "unsigned: true" in (before.path / "brand/brand.yml").read_text()


def test_what_another_clone_recorded_in_a_shared_folder_is_not_lost(before: LedgerRepo, publisher: Path, tmp_path: Path) -> None:
    """Two clones wrote to one folder; the first takes another origin before it has heard what the second sent."""
    shelf = tmp_path / "shelf.git"
    before.git("clone", "-q", "--bare", ".", str(shelf))
    before.git("remote", "add", "origin", str(shelf))
    before.open()
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "second")], check=True)
    second = LedgerRepo(tmp_path / "second", Repo(tmp_path / "second"), before.brand)
    second.record(sent("c@d"))
    new = tmp_path / "new.git"
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(new)], check=True)
    over_ssh(before.path, new)
    before.git("push", "-q", "origin", "main")
    with pytest.raises(Trouble, match="was at another origin") as caught:
        ledger.continue_signed(Repo(before.path), before.path, before.brand, LATER)
    assert push.ALONE in caught.value.next
    # It goes back, hears the rest, and says that it is alone from now on.
    before.git("config", "remote.origin.url", str(shelf))
    assert "c@d" in before.open().histories
    before.git("config", "remote.origin.url", f"there:{new}")
    before.git("update-ref", push.ALONE, "HEAD")
    after = sign(before)
    assert [event.name for event in after.open().history("c@d").events] == ["sealed", "sent"]


def test_a_copy_of_the_unsigned_ledger_at_a_shared_origin_has_a_way_out(before: LedgerRepo, bare: Path, publisher: Path) -> None:
    """`git push --all` and `--mirror` take every branch along."""
    before.git("push", "-q", "origin", "refs/heads/*:refs/heads/*")
    with pytest.raises(Trouble, match="at origin too") as caught:
        ledger.continue_signed(before.repo, before.path, before.brand, LATER)
    before.git(*caught.value.next.split("`")[1].removeprefix("git ").split())
    assert sign(before).verify() == []


def test_a_clone_that_was_away_signs_no_second_ledger(before: LedgerRepo, bare: Path, publisher: Path, tmp_path: Path) -> None:
    """The signed ledger was deleted at origin with its tags, and an old clone still has the unsigned one: what went out since is in neither."""
    subprocess.run(["cp", "-r", str(before.path), str(tmp_path / "second")], check=True)
    second = LedgerRepo(tmp_path / "second", Repo(tmp_path / "second"), before.brand)
    after = sign(before)
    after.record(sent("e@f"))
    after.git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "Sign the ledger")
    after.git("push", "-q", "origin", "main")
    for name in subprocess.check_output(["git", "-C", str(bare), "for-each-ref", "--format=%(refname)"], text=True).split():
        if name != "refs/heads/main":
            subprocess.run(["git", "-C", str(bare), "update-ref", "-d", name], check=True)
    with pytest.raises(Trouble, match="names another ledger"):
        ledger.continue_signed(second.repo, second.path, second.brand, LATER)
    assert second.head != after.head
