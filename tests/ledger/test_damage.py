"""Damage to a ledger: `verify` reports each kind, and `open` refuses a damaged ledger."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, init_ledger, sealed, sent
from marronnier import ledger
from marronnier.git import Repo
from marronnier.ledger import Damaged, commit
from marronnier.ledger.events import history_path, payload_path
from marronnier.messages import Trouble
from marronnier.model.brand import Brand, LedgerIdentity
from people import Town

KEY = "portes-ouvertes@journal"
PATH = history_path(KEY)


@pytest.fixture
def recorded(local: LedgerRepo) -> LedgerRepo:
    """A ledger with four lines for one publication, in four commits, and one line for another."""
    local.record(sealed(KEY))
    for name in ("claimed", "sending"):
        local.record(ledger.EventDraft(KEY, name, {"run": "r1", "deadline": NOW, "part": 0, "payload": "p"}))
    local.record(sent(KEY), sealed("autre@journal", "autre"))
    assert local.verify() == []
    return local


def lines(place: LedgerRepo) -> list[bytes]:
    return place.bytes(PATH).splitlines(keepends=True)


def test_t11_flipped_bit_in_a_line(recorded: LedgerRepo) -> None:
    data = bytearray(recorded.bytes(PATH))
    data[data.index(b"claimed") + 2] ^= 1
    recorded.tamper({PATH: bytes(data)})
    (damage,) = ledger.verify(recorded.repo, recorded.brand)
    assert (damage.kind, damage.where) == ("changed-line", f"{PATH}:2")
    assert damage.next
    with pytest.raises(Damaged, match="line 2 was changed"):
        recorded.open().history(KEY)


def test_t11_flipped_bit_in_the_last_line_where_no_chain_reaches(recorded: LedgerRepo) -> None:
    recorded.tamper({PATH: recorded.bytes(PATH).replace(b"id-portes", b"id-qortes")})
    assert recorded.verify() == ["changed-line"]


@pytest.mark.parametrize("amend", [False, True])
def test_t11_dropped_middle_line(recorded: LedgerRepo, amend: bool) -> None:
    some = lines(recorded)
    recorded.tamper({PATH: b"".join([some[0], *some[2:]])}, amend=amend)
    if amend:
        recorded.forget()
    (damage,) = ledger.verify(recorded.repo, recorded.brand)
    assert (damage.kind, damage.where) == ("dropped-line", f"{PATH}:2")
    with pytest.raises(Damaged):
        _ = recorded.open().histories


@pytest.mark.parametrize("amend", [False, True])
def test_t11_reordered_lines(recorded: LedgerRepo, amend: bool) -> None:
    some = lines(recorded)
    recorded.tamper({PATH: b"".join([some[0], some[2], some[1], some[3]])}, amend=amend)
    if amend:
        recorded.forget()
    (damage,) = ledger.verify(recorded.repo, recorded.brand)
    assert (damage.kind, damage.where) == ("reordered-lines", f"{PATH}:2")
    with pytest.raises(Damaged):
        recorded.open().history(KEY)


def test_t11_dropped_tail_line(recorded: LedgerRepo) -> None:
    recorded.tamper({PATH: b"".join(lines(recorded)[:-1])})
    (damage,) = ledger.verify(recorded.repo, recorded.brand)
    assert (damage.kind, damage.where) == ("dropped-tail", f"{PATH}:4")


def test_t11_truncated_line(recorded: LedgerRepo) -> None:
    recorded.tamper({PATH: recorded.bytes(PATH)[:-9]})
    assert recorded.verify() == ["changed-line"]
    with pytest.raises(Damaged):
        recorded.open().history(KEY)


def test_t11_duplicate_line(recorded: LedgerRepo) -> None:
    recorded.tamper({PATH: recorded.bytes(PATH) + lines(recorded)[-1]})
    assert recorded.verify() == ["changed-line"]
    with pytest.raises(Damaged):
        recorded.open().history(KEY)


def test_t11_dropped_file(recorded: LedgerRepo) -> None:
    recorded.tamper({PATH: None})
    (damage,) = ledger.verify(recorded.repo, recorded.brand)
    assert (damage.kind, damage.where) == ("dropped-file", PATH)


def test_a_line_moved_to_another_publication_does_not_fit_there(recorded: LedgerRepo) -> None:
    recorded.tamper({history_path("copie@journal"): recorded.bytes(PATH)})
    assert recorded.verify() == ["changed-line"]


def test_a_file_the_ledger_never_writes(recorded: LedgerRepo) -> None:
    recorded.tamper({"publications/zz/evil.jsonl": b"{}\n"})
    assert recorded.verify() == ["unexpected-file"]
    with pytest.raises(Damaged):
        _ = recorded.open().histories


def test_a_merge_of_two_ledgers(recorded: LedgerRepo) -> None:
    side = commit.make_commit(recorded.repo, recorded.git("rev-parse", "ledger~2"), {}, "side", NOW, signed=False)
    tree = recorded.git("rev-parse", "ledger^{tree}")
    recorded.git(
        "update-ref",
        "refs/heads/ledger",
        recorded.git(*("-c", "user.name=x", "-c", "user.email=x"), "commit-tree", tree, "-p", "ledger", "-p", side, "-m", "m"),
    )
    assert "merged" in recorded.verify()


@pytest.mark.parametrize("steps", [1, 100])
def test_t10_a_branch_set_back(local: LedgerRepo, steps: int) -> None:
    newest = local.open()
    for number in range(steps):
        newest = newest.append(lambda _newest, number=number: [sealed(f"post-{number}@journal")], NOW)
    local.git("update-ref", "refs/heads/ledger", f"ledger~{steps}")
    (damage,) = ledger.verify(local.repo, local.brand)
    assert damage.kind == "rewound"
    assert f"{steps} commit" in damage.message
    with pytest.raises(Damaged, match="was set back"):
        local.open()


def test_t10_a_branch_set_back_is_found_by_a_checkpoint_in_a_fresh_clone(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    newest = one.record(sealed(KEY))
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW) == "ledger-checkpoint/2026-12-02"
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW) is None
    one.git("push", "-q", "--force", "origin", f"{one.brand.ledger.first}:refs/heads/ledger")
    two = shared("two")
    with pytest.raises(Damaged, match="was set back"):
        two.open()
    assert two.verify() == ["rewound"]


def test_t10_a_moved_checkpoint(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    ledger.tag_daily_checkpoint(one.repo, one.record(sealed(KEY)).head, NOW)
    one.git("push", "-q", "--force", "origin", f"{one.brand.ledger.first}:refs/tags/ledger-checkpoint/2026-12-02")
    assert one.verify() == ["moved-checkpoint"]


def test_t10_orphan_branch(recorded: LedgerRepo) -> None:
    data = json.loads(recorded.bytes("ledger.json"))
    orphan = commit.make_commit(recorded.repo, None, {"ledger.json": json.dumps(data).encode()}, "Begin the ledger", NOW, signed=False)
    recorded.git("update-ref", "refs/heads/ledger", orphan)
    assert set(recorded.verify()) == {"orphan", "rewound"}
    with pytest.raises(Damaged):
        recorded.open()
    recorded.forget()
    # The checkpoint made with `sending` still proves it.
    assert recorded.verify() == ["rewound", "orphan"]
    recorded.forget_checkpoints()
    assert recorded.verify() == ["orphan"]
    with pytest.raises(Damaged, match="does not begin with the commit"):
        recorded.open()


def test_t10_a_deleted_branch(recorded: LedgerRepo) -> None:
    recorded.git("update-ref", "-d", "refs/heads/ledger")
    assert recorded.verify() == ["gone"]
    with pytest.raises(Damaged, match="is not there"):
        recorded.open()


def test_t10_a_branch_deleted_at_origin(shared: Callable[[str], LedgerRepo]) -> None:
    one = shared("one")
    one.record(sealed(KEY))
    one.git("push", "-q", "origin", ":refs/heads/ledger")
    (damage,) = ledger.verify(one.repo, one.brand)
    assert damage.kind == "gone"
    assert "refs/marronnier/seen" in damage.next
    one.git(*damage.next.split("`")[1].split()[1:])
    assert one.verify() == []


def test_a_ledger_the_brand_does_not_name_is_not_read(recorded: LedgerRepo) -> None:
    nameless = Brand(name="Test")
    with pytest.raises(Damaged, match="does not name"):
        ledger.open(recorded.repo, nameless)
    assert [damage.kind for damage in ledger.verify(recorded.repo, nameless)] == ["unnamed"]


def test_a29_unsigned_commit(signed: LedgerRepo) -> None:
    signed.record(sealed(KEY))
    signed.tamper({history_path("forge@journal"): b"{}\n"}, signed=False)
    with pytest.raises(Damaged, match="is not signed"):
        signed.open()
    assert signed.verify()[0] == "unsigned-commit"


def test_a29_unsigned_commit_that_only_adds_a_perfect_line(signed: LedgerRepo) -> None:
    signed.record(sealed(KEY))
    good = signed.record(sent(KEY)).head
    signed.git("update-ref", "refs/heads/ledger", "ledger^")
    signed.git("update-ref", "refs/marronnier/seen", "ledger")
    forged = commit.make_commit(
        signed.repo, signed.head, {PATH: signed.git("cat-file", "blob", f"{good}:{PATH}").encode() + b"\n"}, "x", NOW, signed=False
    )
    signed.git("update-ref", "refs/heads/ledger", forged)
    assert signed.verify() == ["unsigned-commit"]
    with pytest.raises(Damaged):
        signed.open()


def test_a29_foreign_signed_commit(signed: LedgerRepo, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    signed.record(sealed(KEY))
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(town.keys / "karim"))
    forged = commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=True)
    signed.git("update-ref", "refs/heads/ledger", forged)
    with pytest.raises(Damaged, match="does not give to `publisher`"):
        signed.open()
    (damage,) = ledger.verify(signed.repo, signed.brand)
    assert (damage.kind, damage.where) == ("foreign-signature", forged)


def test_a29_a_signed_commit_changed_afterwards(signed: LedgerRepo) -> None:
    signed.record(sealed(KEY))
    body = signed.git("cat-file", "commit", "ledger").replace("sealed portes", "sealed Portes") + "\n"
    forged = signed.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=body.encode())
    signed.git("update-ref", "refs/heads/ledger", forged)
    signed.forget()
    assert signed.verify() == ["bad-signature"]
    with pytest.raises(Damaged):
        signed.open()


def test_a29_a_forged_commit_below_a_signed_one_is_found_since_the_last_seen(signed: LedgerRepo) -> None:
    signed.record(sealed(KEY))
    middle = commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=False)
    top = commit.make_commit(signed.repo, middle, {}, "on top", NOW, signed=True)
    signed.git("update-ref", "refs/heads/ledger", top)
    with pytest.raises(Damaged, match=middle[:12]):
        signed.open()
    assert signed.verify() == ["unsigned-commit"]


def test_a29_the_working_directory_cannot_name_another_publisher(signed: LedgerRepo, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    (signed.path / "brand/allowed_signers").write_text(f"publisher {(town.keys / 'karim.pub').read_text()}")
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(town.keys / "karim"))
    signed.git("update-ref", "refs/heads/ledger", commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=True))
    with pytest.raises(Damaged):
        signed.open()


def test_a29_another_principal_whose_name_holds_the_word_is_not_the_publisher(
    signed: LedgerRepo, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    signers = signed.path / "brand/allowed_signers"
    signers.write_text(signers.read_text() + f"*,publisher-to-be {(town.keys / 'karim.pub').read_text()}")
    signed.git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "signers")
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(town.keys / "karim"))
    signed.git("update-ref", "refs/heads/ledger", commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=True))
    assert signed.verify() == ["foreign-signature"]


def test_a30_altered_payload(recorded: LedgerRepo) -> None:
    digest = recorded.open().history(KEY).seal.payload
    recorded.tamper({payload_path(digest): b"autre chose"})
    with pytest.raises(Damaged, match="not what was approved"):
        recorded.open().payload(digest)
    assert recorded.verify() == ["altered-payload"]


def test_missing_payload_is_damage(recorded: LedgerRepo) -> None:
    recorded.record(ledger.EventDraft("sans@journal", "sealed", {**sealed("x@y").data, "payload": "f" * 64}))
    (damage,) = ledger.verify(recorded.repo, recorded.brand)
    assert damage.kind == "missing-payload"
    assert recorded.open().payload("f" * 64) is None


def test_removed_payload_is_no_damage(recorded: LedgerRepo) -> None:
    digest = recorded.open().history(KEY).seal.payload
    assert recorded.open().payload(digest) == b"bonjour"
    newest = ledger.remove_payloads(recorded.open(), [digest], "retention", NOW)
    assert newest.payload(digest) is None
    assert recorded.verify() == []
    assert recorded.open().history(KEY).seal.payload == digest


def test_w12_unknown_protocol(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "later")
    identity = b'{"began":"2026-12-02T09:00:00+00:00","nonce":"00","protocol":2,"repository":"git:x"}\n'
    first = commit.make_commit(Repo(path), None, {"ledger.json": identity}, "x", NOW, signed=False)
    place = LedgerRepo(path, Repo(path), Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=True)))
    place.git("update-ref", "refs/heads/ledger", first)
    with pytest.raises(Damaged, match="uses protocol 2"):
        place.open()
    assert place.verify() == ["unknown-protocol"]


def test_w13_ledger_of_another_repository(recorded: LedgerRepo, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for command in (("init", "-q"), ("-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "--allow-empty", "-m", "Another brand")):
        LedgerRepo(other, Repo(other), recorded.brand).git(*command)
    copy = LedgerRepo(other, Repo(other), recorded.brand)
    copy.git("fetch", "-q", str(recorded.path), "ledger:ledger")
    with pytest.raises(Damaged, match="belongs to another repository"):
        copy.open()
    assert copy.verify() == ["foreign-repository"]
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "42")
    forge = init_ledger(town.found(tmp_path / "forge"), unsigned=True)
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "43")
    with pytest.raises(Damaged, match="github:42"):
        forge.open()


def test_changed_identity(recorded: LedgerRepo) -> None:
    recorded.tamper({"ledger.json": recorded.bytes("ledger.json").replace(b"protocol", b"Protocol")})
    assert recorded.verify() == ["changed-identity"]
    with pytest.raises(Damaged):
        recorded.open()


def test_an_object_changed_on_the_disk(recorded: LedgerRepo) -> None:
    oid = recorded.git("rev-parse", f"ledger:{PATH}")
    other = recorded.git("rev-parse", f"ledger:{history_path('autre@journal')}")
    objects = recorded.path / ".git/objects"
    stolen = (objects / other[:2] / other[2:]).read_bytes()
    target = objects / oid[:2] / oid[2:]
    target.chmod(0o644)
    target.write_bytes(stolen)
    assert "unreadable-object" in recorded.verify()
    with pytest.raises(Damaged):
        _ = recorded.open().histories


def test_an_object_lost_on_the_disk_ends_in_a_sentence(recorded: LedgerRepo) -> None:
    tree = recorded.git("rev-parse", "ledger^^{tree}")
    (recorded.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    assert "unreadable-object" in recorded.verify()


def test_an_unsigned_ledger_is_not_believed_once_it_is_shared(recorded: LedgerRepo) -> None:
    recorded.git("remote", "add", "origin", "https://git.invalid/x.git")
    with pytest.raises(Trouble):
        recorded.open()


def test_whoever_shares_an_unsigned_ledger_is_told_a_way_that_works(recorded: LedgerRepo) -> None:
    """The branch that origin does not have yet must not be pushed there, and `ledger init` does not send anybody round in a circle."""
    recorded.git("remote", "add", "origin", "https://git.invalid/x.git")
    told = []
    for ask in (
        recorded.open,
        lambda: ledger.init(recorded.repo, recorded.path, recorded.brand, NOW),
        lambda: ledger.will_be_unsigned(recorded.repo, recorded.brand, None),
    ):
        with pytest.raises(Trouble, match="not signed, and origin is shared") as caught:
            ask()
        told.append(caught.value.next)
    (advice,) = set(told)
    assert "nothing goes out twice" in advice
    assert re.findall(r"`([^`]+)`", advice) == ["marronnier ledger init", "git remote remove origin"]
    recorded.git("remote", "remove", "origin")
    assert recorded.open().exists
