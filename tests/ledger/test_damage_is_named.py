"""Every damage a ledger can suffer is named by `verify`, and refused by `open` before anything is believed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.places import NOW, Place, begin, sealed, sent
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
def told(free: Place) -> Place:
    """A ledger with four lines about one publication, in four commits, and one about another."""
    free.record(sealed(KEY))
    for name in ("claimed", "sending"):
        free.record(ledger.EventDraft(KEY, name, {"run": "r1", "deadline": NOW, "part": 0, "payload": "p"}))
    free.record(sent(KEY), sealed("autre@journal", "autre"))
    assert free.verify() == []
    return free


def lines(place: Place) -> list[bytes]:
    return place.bytes(PATH).splitlines(keepends=True)


def test_t11_flipped_bit_in_a_line(told: Place) -> None:
    data = bytearray(told.bytes(PATH))
    data[data.index(b"claimed") + 2] ^= 1
    told.tamper({PATH: bytes(data)})
    (damage,) = ledger.verify(told.repo, told.brand)
    assert (damage.kind, damage.where) == ("changed-line", f"{PATH}:2")
    assert damage.next
    with pytest.raises(Damaged, match="line 2 was changed"):
        told.open().history(KEY)


def test_t11_flipped_bit_in_the_last_line_where_no_chain_reaches(told: Place) -> None:
    told.tamper({PATH: told.bytes(PATH).replace(b"id-portes", b"id-qortes")})
    assert told.verify() == ["changed-line"]


@pytest.mark.parametrize("amend", [False, True])
def test_t11_dropped_middle_line(told: Place, amend: bool) -> None:
    some = lines(told)
    told.tamper({PATH: b"".join([some[0], *some[2:]])}, amend=amend)
    if amend:
        told.forget()
    (damage,) = ledger.verify(told.repo, told.brand)
    assert (damage.kind, damage.where) == ("dropped-line", f"{PATH}:2")
    with pytest.raises(Damaged):
        _ = told.open().histories


@pytest.mark.parametrize("amend", [False, True])
def test_t11_reordered_lines(told: Place, amend: bool) -> None:
    some = lines(told)
    told.tamper({PATH: b"".join([some[0], some[2], some[1], some[3]])}, amend=amend)
    if amend:
        told.forget()
    (damage,) = ledger.verify(told.repo, told.brand)
    assert (damage.kind, damage.where) == ("reordered-lines", f"{PATH}:2")
    with pytest.raises(Damaged):
        told.open().history(KEY)


def test_t11_dropped_tail_line(told: Place) -> None:
    told.tamper({PATH: b"".join(lines(told)[:-1])})
    (damage,) = ledger.verify(told.repo, told.brand)
    assert (damage.kind, damage.where) == ("dropped-tail", f"{PATH}:4")


def test_t11_truncated_line(told: Place) -> None:
    told.tamper({PATH: told.bytes(PATH)[:-9]})
    assert told.verify() == ["changed-line"]
    with pytest.raises(Damaged):
        told.open().history(KEY)


def test_t11_duplicate_line(told: Place) -> None:
    told.tamper({PATH: told.bytes(PATH) + lines(told)[-1]})
    assert told.verify() == ["changed-line"]
    with pytest.raises(Damaged):
        told.open().history(KEY)


def test_t11_dropped_file(told: Place) -> None:
    told.tamper({PATH: None})
    (damage,) = ledger.verify(told.repo, told.brand)
    assert (damage.kind, damage.where) == ("dropped-file", PATH)


def test_a_line_moved_to_another_publication_does_not_fit_there(told: Place) -> None:
    told.tamper({history_path("copie@journal"): told.bytes(PATH)})
    assert told.verify() == ["changed-line"]


def test_a_file_the_ledger_never_writes(told: Place) -> None:
    told.tamper({"publications/zz/evil.jsonl": b"{}\n"})
    assert told.verify() == ["unexpected-file"]
    with pytest.raises(Damaged):
        _ = told.open().histories


def test_a_merge_of_two_ledgers(told: Place) -> None:
    side = commit.make_commit(told.repo, told.git("rev-parse", "ledger~2"), {}, "side", NOW, signed=False)
    tree = told.git("rev-parse", "ledger^{tree}")
    told.git(
        "update-ref",
        "refs/heads/ledger",
        told.git(*("-c", "user.name=x", "-c", "user.email=x"), "commit-tree", tree, "-p", "ledger", "-p", side, "-m", "m"),
    )
    assert "merged" in told.verify()


@pytest.mark.parametrize("steps", [1, 100])
def test_t10_branch_back(free: Place, steps: int) -> None:
    newest = free.open()
    for number in range(steps):
        newest = newest.append(lambda _newest, number=number: [sealed(f"post-{number}@journal")], NOW)
    free.git("update-ref", "refs/heads/ledger", f"ledger~{steps}")
    (damage,) = ledger.verify(free.repo, free.brand)
    assert damage.kind == "rewound"
    assert f"{steps} commit" in damage.message
    with pytest.raises(Damaged, match="rewound"):
        free.open()


def test_t10_branch_back_is_found_by_a_checkpoint_in_a_fresh_clone(shared: Callable[[str], Place]) -> None:
    one = shared("one")
    newest = one.record(sealed(KEY))
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW) == "ledger-checkpoint/2026-12-02"
    assert ledger.tag_daily_checkpoint(newest.repo, newest.head, NOW) is None
    one.git("push", "-q", "--force", "origin", f"{one.brand.ledger.first}:refs/heads/ledger")
    two = shared("two")
    with pytest.raises(Damaged, match="rewound"):
        two.open()
    assert two.verify() == ["rewound"]


def test_t10_a_moved_checkpoint(shared: Callable[[str], Place]) -> None:
    one = shared("one")
    ledger.tag_daily_checkpoint(one.repo, one.record(sealed(KEY)).head, NOW)
    one.git("push", "-q", "--force", "origin", f"{one.brand.ledger.first}:refs/tags/ledger-checkpoint/2026-12-02")
    assert one.verify() == ["moved-checkpoint"]


def test_t10_orphan_branch(told: Place) -> None:
    data = json.loads(told.bytes("ledger.json"))
    orphan = commit.make_commit(told.repo, None, {"ledger.json": json.dumps(data).encode()}, "Begin the ledger", NOW, signed=False)
    told.git("update-ref", "refs/heads/ledger", orphan)
    assert set(told.verify()) == {"orphan", "rewound"}
    with pytest.raises(Damaged):
        told.open()
    told.forget()
    assert told.verify() == ["orphan"]
    with pytest.raises(Damaged, match="does not begin with the commit"):
        told.open()


def test_t10_branch_gone(told: Place) -> None:
    told.git("update-ref", "-d", "refs/heads/ledger")
    assert told.verify() == ["gone"]
    with pytest.raises(Damaged, match="is not there"):
        told.open()


def test_t10_branch_gone_at_origin(shared: Callable[[str], Place]) -> None:
    one = shared("one")
    one.record(sealed(KEY))
    one.git("push", "-q", "origin", ":refs/heads/ledger")
    (damage,) = ledger.verify(one.repo, one.brand)
    assert damage.kind == "gone"
    assert "refs/marronnier/seen" in damage.next
    one.git(*damage.next.split("`")[1].split()[1:])
    assert one.verify() == []


def test_a_ledger_the_brand_does_not_name_is_not_read(told: Place) -> None:
    nameless = Brand(name="Test")
    with pytest.raises(Damaged, match="does not name"):
        ledger.open(told.repo, nameless)
    assert [damage.kind for damage in ledger.verify(told.repo, nameless)] == ["unnamed"]


def test_a29_unsigned_commit(signed: Place) -> None:
    signed.record(sealed(KEY))
    signed.tamper({history_path("forge@journal"): b"{}\n"}, signed=False)
    with pytest.raises(Damaged, match="is not signed"):
        signed.open()
    assert signed.verify()[0] == "unsigned-commit"


def test_a29_unsigned_commit_that_only_adds_a_perfect_line(signed: Place) -> None:
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


def test_a29_foreign_signed_commit(signed: Place, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    signed.record(sealed(KEY))
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(town.keys / "karim"))
    forged = commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=True)
    signed.git("update-ref", "refs/heads/ledger", forged)
    with pytest.raises(Damaged, match="does not give to `publisher`"):
        signed.open()
    (damage,) = ledger.verify(signed.repo, signed.brand)
    assert (damage.kind, damage.where) == ("foreign-signature", forged)


def test_a29_a_signed_commit_changed_afterwards(signed: Place) -> None:
    signed.record(sealed(KEY))
    body = signed.git("cat-file", "commit", "ledger").replace("sealed portes", "sealed Portes") + "\n"
    forged = signed.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=body.encode())
    signed.git("update-ref", "refs/heads/ledger", forged)
    signed.forget()
    assert signed.verify() == ["bad-signature"]
    with pytest.raises(Damaged):
        signed.open()


def test_a29_a_forged_commit_below_a_signed_one_is_found_since_the_last_seen(signed: Place) -> None:
    signed.record(sealed(KEY))
    middle = commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=False)
    top = commit.make_commit(signed.repo, middle, {}, "on top", NOW, signed=True)
    signed.git("update-ref", "refs/heads/ledger", top)
    with pytest.raises(Damaged, match=middle[:12]):
        signed.open()
    assert signed.verify() == ["unsigned-commit"]


def test_a29_the_working_directory_cannot_name_another_publisher(signed: Place, town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    (signed.path / "brand/allowed_signers").write_text(f"publisher {(town.keys / 'karim.pub').read_text()}")
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(town.keys / "karim"))
    signed.git("update-ref", "refs/heads/ledger", commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=True))
    with pytest.raises(Damaged):
        signed.open()


def test_a29_another_principal_whose_name_holds_the_word_is_not_the_publisher(
    signed: Place, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    signers = signed.path / "brand/allowed_signers"
    signers.write_text(signers.read_text() + f"*,publisher-to-be {(town.keys / 'karim.pub').read_text()}")
    signed.git("-c", "user.name=x", "-c", "user.email=x", "commit", "-qam", "signers")
    monkeypatch.setenv("MARRONNIER_SIGNING_KEY", str(town.keys / "karim"))
    signed.git("update-ref", "refs/heads/ledger", commit.make_commit(signed.repo, signed.head, {}, "forged", NOW, signed=True))
    assert signed.verify() == ["foreign-signature"]


def test_a30_altered_payload(told: Place) -> None:
    digest = told.open().history(KEY).seal.payload
    told.tamper({payload_path(digest): b"autre chose"})
    with pytest.raises(Damaged, match="not those that were sealed"):
        told.open().payload(digest)
    assert told.verify() == ["altered-payload"]


def test_missing_payload_is_damage(told: Place) -> None:
    told.record(ledger.EventDraft("sans@journal", "sealed", {**sealed("x@y").data, "payload": "f" * 64}))
    (damage,) = ledger.verify(told.repo, told.brand)
    assert damage.kind == "missing-payload"
    assert told.open().payload("f" * 64) is None


def test_removed_payload_is_no_damage(told: Place) -> None:
    digest = told.open().history(KEY).seal.payload
    assert told.open().payload(digest) == b"bonjour"
    newest = ledger.remove_payloads(told.open(), [digest], "retention", NOW)
    assert newest.payload(digest) is None
    assert told.verify() == []
    assert told.open().history(KEY).seal.payload == digest


def test_unknown_protocol(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "later")
    identity = b'{"began":"2026-12-02T09:00:00+00:00","nonce":"00","protocol":2,"repository":"git:x"}\n'
    first = commit.make_commit(Repo(path), None, {"ledger.json": identity}, "x", NOW, signed=False)
    place = Place(path, Repo(path), Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=True)))
    place.git("update-ref", "refs/heads/ledger", first)
    with pytest.raises(Damaged, match="speaks protocol 2"):
        place.open()
    assert place.verify() == ["unknown-protocol"]


def test_w13_ledger_of_another_repository(told: Place, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for command in (("init", "-q"), ("-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "--allow-empty", "-m", "Another brand")):
        Place(other, Repo(other), told.brand).git(*command)
    copy = Place(other, Repo(other), told.brand)
    copy.git("fetch", "-q", str(told.path), "ledger:ledger")
    with pytest.raises(Damaged, match="belongs to another repository"):
        copy.open()
    assert copy.verify() == ["foreign-repository"]
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "42")
    forge = begin(town.found(tmp_path / "forge"), unsigned=True)
    monkeypatch.setenv("GITHUB_REPOSITORY_ID", "43")
    with pytest.raises(Damaged, match="github:42"):
        forge.open()


def test_changed_identity(told: Place) -> None:
    told.tamper({"ledger.json": told.bytes("ledger.json").replace(b"protocol", b"Protocol")})
    assert told.verify() == ["changed-identity"]
    with pytest.raises(Damaged):
        told.open()


def test_an_object_changed_on_the_disk(told: Place) -> None:
    oid = told.git("rev-parse", f"ledger:{PATH}")
    other = told.git("rev-parse", f"ledger:{history_path('autre@journal')}")
    objects = told.path / ".git/objects"
    stolen = (objects / other[:2] / other[2:]).read_bytes()
    target = objects / oid[:2] / oid[2:]
    target.chmod(0o644)
    target.write_bytes(stolen)
    assert "unreadable-object" in told.verify()
    with pytest.raises(Damaged):
        _ = told.open().histories


def test_an_object_lost_on_the_disk_ends_in_a_sentence(told: Place) -> None:
    tree = told.git("rev-parse", "ledger^^{tree}")
    (told.path / ".git/objects" / tree[:2] / tree[2:]).unlink()
    assert "unreadable-object" in told.verify()


def test_an_unsigned_ledger_is_not_believed_once_it_is_shared(told: Place) -> None:
    told.git("remote", "add", "origin", "https://git.invalid/x.git")
    with pytest.raises(Trouble):
        told.open()
