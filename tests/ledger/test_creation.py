"""Creation of a ledger: one first commit, named in the brand file, and never twice."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.ledger_repo import NOW, LedgerRepo, init_ledger, sealed
from marronnier import ledger
from marronnier.git import Repo
from marronnier.messages import Trouble
from marronnier.model.brand import Brand, LedgerIdentity
from people import Town

PLAIN = Brand(name="Test")


def test_the_first_commit_is_named_and_the_team_s_lines_stay(town: Town, tmp_path: Path, publisher: Path) -> None:
    path = town.found(tmp_path / "a", {"brand/brand.yml": "# Notre marque\nname: Le jardin   # court\n\n# Fuseau\nzone: Europe/Brussels\n"})
    first = ledger.init(Repo(path), path, PLAIN, NOW)
    text = (path / "brand/brand.yml").read_text()
    assert text.startswith("# Notre marque\nname: Le jardin   # court\n\n# Fuseau\nzone: Europe/Brussels\n")
    assert f"first: {first}" in text
    assert "unsigned" not in text
    place = LedgerRepo(path, Repo(path), Brand(name="Test", ledger=LedgerIdentity(first=first)))
    assert place.head == first
    identity = json.loads(place.bytes("ledger.json"))
    assert identity["protocol"] == 1
    assert identity["repository"] == f"git:{place.git('rev-list', '--max-parents=0', 'main')}"
    assert len(identity["nonce"]) == 32
    assert place.verify() == []
    assert place.open().began == NOW


def test_no_ledger_yet_is_no_trouble(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "a")
    read = ledger.open(Repo(path), PLAIN)
    assert not read.exists
    assert read.head is None
    assert read.began is None
    assert read.histories == {}
    assert read.history("a@b").events == ()
    assert read.payload("0" * 64) is None
    assert ledger.verify(Repo(path), PLAIN) == ()
    assert ledger.tag_daily_checkpoint(read.repo, read.head, NOW) is None


def test_never_twice(local: LedgerRepo) -> None:
    with pytest.raises(Trouble, match="already has a ledger"):
        ledger.init(local.repo, local.path, local.brand, NOW)
    local.record(sealed("a@b"))
    with pytest.raises(Trouble, match="does not name"):
        ledger.init(local.repo, local.path, PLAIN, NOW)


def test_an_interrupted_beginning_is_taken_up(local: LedgerRepo) -> None:
    first = local.head
    (local.path / "brand/brand.yml").write_text("name: Test\n")
    assert ledger.init(local.repo, local.path, PLAIN, NOW, unsigned=True) == first
    assert first in (local.path / "brand/brand.yml").read_text()


def test_a_brand_file_that_cannot_be_read_waits_for_its_name(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "a")
    (path / "brand/brand.yml").write_text("name: [\n")
    with pytest.raises(Trouble, match="cannot be read"):
        ledger.init(Repo(path), path, PLAIN, NOW, unsigned=True)
    (path / "brand/brand.yml").write_text("name: Test\n")
    first = ledger.init(Repo(path), path, PLAIN, NOW, unsigned=True)
    assert first in (path / "brand/brand.yml").read_text()


def test_without_a_key_a_local_ledger_is_unsigned_and_says_so(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "a")
    first = ledger.init(Repo(path), path, PLAIN, NOW)
    assert "unsigned: true" in (path / "brand/brand.yml").read_text()
    read = ledger.open(Repo(path), Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=True)))
    assert read.unsigned
    assert "not signed" in read.warnings[0]


def test_without_ssh_keygen_a_local_ledger_still_works(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, publisher: Path
) -> None:
    path = town.found(tmp_path / "a")
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip())
    (tools / "sh").symlink_to("/bin/sh")
    monkeypatch.setenv("PATH", str(tools))
    first = ledger.init(Repo(path), path, PLAIN, NOW)
    place = LedgerRepo(path, Repo(path), Brand(name="Test", ledger=LedgerIdentity(first=first, unsigned=True)))
    place.record(sealed("a@b"))
    assert place.verify() == []


def test_a_signed_ledger_cannot_be_believed_without_ssh_keygen(signed: LedgerRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "git").symlink_to(subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip())
    monkeypatch.setenv("PATH", str(tools))
    with pytest.raises(Trouble, match="ssh-keygen is not installed"):
        signed.open()
    with pytest.raises(Trouble, match="ssh-keygen is not installed"):
        signed.verify()


def test_a_shared_ledger_must_be_signed(town: Town, tmp_path: Path) -> None:
    path = town.found(tmp_path / "a")
    subprocess.run(["git", "remote", "add", "origin", "https://git.invalid/x.git"], cwd=path, check=True)
    with pytest.raises(Trouble, match="there is no key") as caught:
        ledger.init(Repo(path), path, PLAIN, NOW)
    assert "ssh-keygen -t ed25519" in caught.value.next
    with pytest.raises(Trouble, match="must be signed"):
        ledger.init(Repo(path), path, PLAIN, NOW, unsigned=True)


def test_a_key_that_the_default_branch_does_not_trust_is_told_the_line_to_add(town: Town, tmp_path: Path, publisher: Path) -> None:
    public = (town.keys / "publisher.pub").read_text().split()[1]
    path = town.found(tmp_path / "a", {"brand/allowed_signers": "# nobody yet\n"})
    with pytest.raises(Trouble, match="does not give the publisher's key") as caught:
        ledger.init(Repo(path), path, PLAIN, NOW)
    line = caught.value.next.split(": ", 1)[1]
    assert line.startswith('publisher namespaces="git" ssh-ed25519')
    assert public in line
    assert not subprocess.run(["git", "for-each-ref", "refs/heads/ledger"], cwd=path, capture_output=True, check=True).stdout
    (path / "brand/allowed_signers").write_text(line + "\n")
    town.git(path, "commit", "-qam", "Trust the publisher")
    place = init_ledger(path, unsigned=False)
    place.record(sealed("a@b"))
    assert place.verify() == []


def test_before_the_first_commit_there_is_nothing_to_begin_from(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(Trouble, match="Nothing is committed"):
        ledger.init(Repo(tmp_path), tmp_path, PLAIN, NOW)


def test_two_people_beginning_at_once_end_with_one_ledger(shared: Callable[[str], LedgerRepo]) -> None:
    one, two = shared("one"), shared("two")
    assert one.head == one.brand.ledger.first
    # The second takes up what the first made; nothing else was recorded yet.
    assert ledger.init(two.repo, two.path, PLAIN, NOW, unsigned=False) == one.head
    one.record(sealed("a@b"))
    with pytest.raises(Trouble, match="does not name"):
        ledger.init(shared("three").repo, two.path, PLAIN, NOW, unsigned=False)


@pytest.mark.parametrize("unsigned", [True, False])
def test_a_repository_of_sha256_objects(tmp_path: Path, publisher: Path, unsigned: bool) -> None:
    path = tmp_path / "wide"
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(path)], check=True)
    (path / "brand").mkdir()
    (path / "brand/brand.yml").write_text("name: Test\n")
    (path / "brand/allowed_signers").write_text(f"publisher {publisher.with_suffix('.pub').read_text()}")
    subprocess.run(["git", "add", "-A"], cwd=path, check=True)
    subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x", "commit", "-q", "-m", "x"], cwd=path, check=True)
    place = init_ledger(path, unsigned=unsigned)
    place.record(sealed("a@b"))
    place.record(sealed("c@d"))
    assert len(place.open().histories) == 2
    assert place.verify() == []
