"""The policy in force stands in the ledger: no shape of history publishes anything, and every way out is tried through the command line."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from command_line import run_marronnier
from fakes.square import Server
from marronnier import desk, ledger
from marronnier.files import WorkTree
from marronnier.git import Repo
from marronnier.model.claim import NamedDigests
from marronnier.proofs.policy_reader import policy_blob
from marronnier.proofs.situation_loader import load_situation
from people import Town, write

POLICY = "brand/approvals.yml"
SIGNERS = "brand/allowed_signers"
CHANNELS = "brand/channels.yml"
DUE = "2026-12-03 09:05"
POST = "---\nid: {name}\ndate: 2026-12-03 09:00\nchannels: [place]\n---\n{words}\n"


class Brand:
    """A brand with its ledger, in which Karim or Claire approves, and what people and the publisher do to it."""

    def __init__(self, town: Town, folder: Path, policy: str = "", *, ledger: bool = True) -> None:
        self.town, self.folder = town, folder
        self.square = Server(folder.parent / "square")
        town.found(folder)
        self.people("karim", "claire", text=policy)
        write(folder, {CHANNELS: "channels:\n  place: {network: fakes.square, host: here.example, env: {token: OUR_TOKEN}}\n"})
        self.commit("Found")
        if ledger:
            self.begin_ledger()

    def begin_ledger(self) -> None:
        self.says("ledger", "init", now="2026-11-02 10:00")
        self.commit("Name the ledger")

    def people(self, *names: str, quorum: int = 1, text: str = "") -> None:
        listed = "".join(f"  {name}: {{name: {name.title()}, emails: [{name}@example.org]}}\n" for name in names)
        write(self.folder, {POLICY: text or f"quorum: {quorum}\napprovers:\n{listed}"})

    def commit(self, message: str = "Change", *, who: str = "ines") -> str:
        self.git("add", "-A", who=who)
        self.git("commit", "-q", "--allow-empty", "-m", message, who=who)
        return self.git("rev-parse", "HEAD")

    def git(self, *arguments: str, who: str = "ines") -> str:
        return self.town.git(self.folder, *arguments, who=who, now="2026-12-01 09:00")

    def post(self, name: str = "bonjour", words: str = "Bonjour du jardin.", *, who: str = "ines") -> None:
        write(self.folder, {f"content/posts/2026/12/{name}.md": POST.format(name=name, words=words)})
        self.commit(name, who=who)

    def replace(self, path: str, old: str, new: str, *, who: str = "ines") -> None:
        text = (self.folder / path).read_text()
        assert old in text
        write(self.folder, {path: text.replace(old, new)})
        self.commit(f"Change {path}", who=who)

    def run(self, *arguments: str, who: str = "publisher", now: str = "2026-12-02 09:00", key: str = "") -> tuple[str, int]:
        """What a command says, both streams together, and its exit code."""
        # A forge's own number of the repository: with it, the first commit of main may be any.
        env = {
            **self.town.surroundings(who, now),
            "SQUARE_STATE": str(self.square.folder),
            "OUR_TOKEN": "s3cret",
            "GITHUB_REPOSITORY_ID": "42",
        }
        if key:
            env["MARRONNIER_SIGNING_KEY"] = str(self.town.keys / key)
        return run_marronnier(["--now", now, *arguments], self.folder, env)

    def says(self, *arguments: str, who: str = "publisher", now: str = "2026-12-02 09:00", status: int = 0) -> str:
        said, ended = self.run(*arguments, who=who, now=now)
        assert ended == status, said
        return said

    def approve(self, who: str, *names: str, key: str = "") -> None:
        self.says("approve", "--yes", *(("--key", key) if key else ()), *names, who=who)

    def refused(self, who: str, *names: str) -> str:
        """Why an approval is refused."""
        return self.says("approve", "--yes", *names, who=who, status=3)

    def publish(self, now: str = DUE) -> str:
        return self.run("publish", now=now)[0]

    def policy(self) -> dict[str, object]:
        return json.loads(self.says("policy", "--format", "json"))  # type: ignore[no-any-return]

    def digests(self) -> str:
        """A post as an approval names it."""
        with mock.patch.dict(os.environ, self.town.surroundings("publisher", "2026-12-02 09:00"), clear=True):
            digests = load_situation(Repo(self.folder), datetime(2026, 12, 2, 9, tzinfo=UTC), proposals=False).digests["bonjour@place"]
        return str(NamedDigests("bonjour@place", digests))

    def number(self) -> int:
        """How often another policy came into force."""
        return int(self.policy()["in_force"]["number"])  # type: ignore[index]

    def sent(self) -> list[str]:
        return [message.wire["status"] for message in self.square.received()]


@pytest.fixture
def brand(town: Town, tmp_path: Path) -> Brand:
    template = town.folder / "guarded"
    if not template.exists():
        Brand(town, template)
    made = Brand.__new__(Brand)
    made.town, made.folder, made.square = town, tmp_path / "repository", Server(tmp_path / "square")
    shutil.copytree(template, made.folder)
    return made


def key_line(brand: Brand, name: str, key: str) -> str:
    return f'{name} namespaces="git" {(brand.town.keys / f"{key}.pub").read_text().strip()}\n'


# What was attacked: nothing of it goes out.


def quorum_zero_a_post_and_back(brand: Brand) -> None:
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    brand.post()
    brand.replace(POLICY, "quorum: 0", "quorum: 1")


def quorum_zero_stays(brand: Brand) -> None:
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    brand.post()


def a_foxtrot_merge(brand: Brand) -> None:
    """Main becomes the second parent of a merge: the branch's own line is then the attacker's, in which merging was approving."""
    brand.git("switch", "-q", "-c", "mine")
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    brand.post()
    brand.replace(POLICY, "quorum: 0", "quorum: 1")
    brand.git("switch", "-q", "main")
    brand.commit("Something else")
    brand.git("switch", "-q", "mine")
    brand.git("merge", "-q", "--no-ff", "-m", "Merge main", "main")
    brand.git("branch", "-q", "-f", "main", "mine")
    brand.git("switch", "-q", "main")


def approve_with(brand: Brand, person: str, key: str) -> None:
    """Claim an approval in a person's name with another key, by hand."""
    named = brand.digests()
    ledger = re.search(r"first: (\w+)", (brand.folder / "brand/brand.yml").read_text())
    head = brand.git("rev-parse", "HEAD")
    text = f"marronnier approval 1\nby {person}\nledger {ledger[1] if ledger else 'none'}\ncommit {head}\n{named}\n"
    command = ["ssh-keygen", "-Y", "sign", "-n", "approval@marronnier", "-f", str(brand.town.keys / key)]
    armored = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode()
    signature = "".join(armored.splitlines()[1:-1])
    trailers = f"Approved-by: {person}\nApproved-in: {ledger[1] if ledger else 'none'}\nApproved-at: {head}\nApproved-content: {named}\nApproval-signature: {signature}"
    brand.commit(f"Approve\n\n{trailers}")


def a_key_added_used_and_taken_out(brand: Brand) -> None:
    brand.post()
    before = (brand.folder / SIGNERS).read_text()
    write(brand.folder, {SIGNERS: before + key_line(brand, "karim", "ines")})
    brand.commit("A key")
    approve_with(brand, "karim", "ines")
    write(brand.folder, {SIGNERS: before})
    brand.commit("Back")


def a_key_added_that_stays(brand: Brand) -> None:
    brand.post()
    write(brand.folder, {SIGNERS: (brand.folder / SIGNERS).read_text() + key_line(brand, "karim", "ines")})
    brand.commit("A key")
    approve_with(brand, "karim", "ines")


def an_approver_added(brand: Brand) -> None:
    brand.post()
    brand.people("karim", "claire", "ines2")
    write(brand.folder, {SIGNERS: (brand.folder / SIGNERS).read_text() + key_line(brand, "ines2", "ines")})
    brand.commit("Somebody new")
    approve_with(brand, "ines2", "ines")


def a_requirement_taken_out(brand: Brand) -> None:
    """Its group of channels is emptied: the stricter quorum would be for nothing any more."""
    brand.replace(CHANNELS, "channels:\n", "groups: {strict: []}\nchannels:\n")
    brand.post()
    brand.approve("karim", "bonjour")


def a_root_pushed_by_force(brand: Brand) -> None:
    """A new first commit, whose own policy says that merging is approving."""
    restored = (brand.folder / POLICY).read_text()
    brand.git("checkout", "-q", "--orphan", "fresh")
    write(brand.folder, {POLICY: restored.replace("quorum: 1", "quorum: 0")})
    brand.post()
    write(brand.folder, {POLICY: restored})
    brand.commit("Back")
    brand.git("branch", "-q", "-f", "main", "fresh")
    brand.git("switch", "-q", "main")


def approvals_without_signature(brand: Brand) -> None:
    brand.post()
    brand.replace(POLICY, "quorum: 1\n", "quorum: 1\nunsigned: true\n")
    brand.commit(f"Approve\n\nApproved-by: karim\nApproved-content: {brand.digests()}", who="karim")


def another_place(brand: Brand) -> None:
    brand.post()
    brand.approve("karim", "bonjour")
    brand.replace(CHANNELS, "here.example", "evil.example")


def another_place_with_a_post_approved_there(brand: Brand) -> None:
    """The approver of the words read the post, not the channel's settings."""
    brand.replace(CHANNELS, "here.example", "evil.example")
    brand.post()
    brand.approve("karim", "bonjour")


def a_new_channel(brand: Brand) -> None:
    brand.replace(CHANNELS, "channels:\n", "channels:\n  evil: {network: fakes.square, host: evil.example, env: {token: OUR_TOKEN}}\n")
    write(brand.folder, {"content/posts/2026/12/bonjour.md": POST.format(name="bonjour", words="Bonjour.").replace("[place]", "[evil]")})
    brand.commit()
    brand.approve("karim", "bonjour")


ATTACKS = [
    quorum_zero_a_post_and_back, quorum_zero_stays, a_foxtrot_merge, a_key_added_used_and_taken_out, a_key_added_that_stays,
    an_approver_added, a_root_pushed_by_force, approvals_without_signature, another_place, another_place_with_a_post_approved_there,
    a_new_channel,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_a33_nothing_goes_out_by_a_policy_that_nobody_approved(brand: Brand, attack: object) -> None:
    assert callable(attack)
    attack(brand)
    told = brand.publish()
    assert brand.sent() == [], told
    assert brand.number() == 0, "no other policy came into force"


def test_a33_a_group_cannot_be_emptied_to_escape_a_requirement(town: Town, tmp_path: Path) -> None:
    policy = "quorum: 1\napprovers: {karim: {emails: [karim@example.org]}, claire: {emails: [claire@example.org]}}\nrequirements: [{channels: [strict], quorum: 2}]\n"
    brand = Brand(town, tmp_path / "repository", policy, ledger=False)
    brand.replace(CHANNELS, "channels:\n", "groups: {strict: [place]}\nchannels:\n")
    brand.begin_ledger()
    brand.replace(CHANNELS, "strict: [place]", "strict: []")
    brand.post()
    brand.approve("karim", "bonjour")
    assert "1 more must approve it" in brand.publish()
    assert brand.sent() == []


def test_a_requirement_is_told_with_the_names_of_people_and_the_mark_of_a_tag(town: Town, tmp_path: Path) -> None:
    policy = "quorum: 0\napprovers: {karim: {name: Karim Alaoui}, claire: {}}\nrequirements: [{tags: [Presse], quorum: 1, by: [karim, claire]}]\n"
    brand = Brand(town, tmp_path / "repository", policy)
    assert "  #Presse: 1 of Karim Alaoui, claire\n" in brand.says("policy")


@pytest.mark.parametrize("looser", ["unsigned: true", "moves: same-week", "co_authors: allow-if-another-committed"])
def test_a33_merging_does_not_loosen_what_two_of_a_team_must_approve(town: Town, tmp_path: Path, looser: str) -> None:
    """Where merging is approving, but for some posts: what makes every vote easier is for those to approve as well."""
    policy = "quorum: 0\napprovers: {karim: {emails: [karim@example.org]}, claire: {}}\nrequirements: [{tags: [Presse], quorum: 1, by: [karim]}]\n"
    brand = Brand(town, tmp_path / "repository", policy)
    write(brand.folder, {POLICY: policy + looser + "\n"})
    brand.commit()
    brand.publish()
    assert (brand.number(), brand.policy()["waits"]) == (0, True)
    brand.approve("karim", "--policy")
    brand.publish()
    assert brand.number() == 1


def test_a33_who_writes_themselves_into_the_publishers_keys_writes_no_policy(brand: Brand) -> None:
    """A writer gives themselves the publisher's name, and the ledger a policy and a commit of theirs."""
    brand.post()
    write(brand.folder, {SIGNERS: (brand.folder / SIGNERS).read_text() + key_line(brand, "publisher", "ines")})
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    said, status = brand.run("policy", "reset", "--yes", who="ines", key="ines")
    assert status == 0, said
    told = brand.publish()
    assert "not signed by the publisher's key that was in force" in told
    assert brand.sent() == []


# What legitimate teams do: it goes out, and each sentence leads there.


def test_what_asks_only_for_more_is_in_force_at_once(brand: Brand) -> None:
    brand.post()
    brand.approve("karim", "bonjour")
    brand.replace(POLICY, "quorum: 1", "quorum: 2", who="claire")
    told = brand.publish()
    assert "it asks for nothing less than before" in told
    assert "approved by Karim, and 1 more must approve it: Claire" in told
    assert brand.number() == 1
    brand.approve("claire", "bonjour")
    assert "sent" in brand.publish()


def test_from_one_to_zero_once_it_is_approved(brand: Brand) -> None:
    brand.post("avant", "Avant.")
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    told = brand.says("status")
    assert "A change of the policy waits (`quorum` goes from 1 to 0): not approved; Karim or Claire must approve it" in told
    brand.publish(now="2026-12-02 09:00")
    brand.approve("claire", "--policy")
    assert "approved by claire" in brand.publish(now="2026-12-02 09:10")
    assert brand.number() == 1
    brand.post("apres", "Après.")
    told = brand.publish()
    assert brand.sent() == ["Après."], "what was there before merging counted still waits: " + told


def test_from_zero_to_one_what_was_sealed_goes_out_and_the_rest_is_asked_for(town: Town, tmp_path: Path) -> None:
    brand = Brand(town, tmp_path / "repository", "quorum: 0\n")
    brand.post("scelle", "Scellé.")
    assert "scelle@place  ready" in brand.publish(now="2026-12-02 09:00")
    brand.post("trop-tard", "Trop tard.")
    brand.people("karim")
    brand.commit("One must approve", who="claire")
    told = brand.publish()
    assert brand.sent() == ["Scellé."], told
    assert "trop-tard@place  not approved; Karim must approve it" in told
    assert "merged when merging counted as approval (quorum: 0)" not in told


def test_the_first_commit_of_a_brand_that_approves_by_merging(town: Town, tmp_path: Path) -> None:
    brand = Brand(town, tmp_path / "repository", "quorum: 0\n", ledger=False)
    brand.post()
    brand.begin_ledger()
    assert "sent" in brand.publish()


def test_a_lone_approver_approves_their_own_change(town: Town, tmp_path: Path) -> None:
    brand = Brand(town, tmp_path / "repository", "quorum: 1\napprovers: {karim: {emails: [karim@example.org]}}\n")
    brand.people("karim", "claire")
    brand.commit("Claire too", who="karim")
    assert brand.policy()["waits"] is True
    brand.approve("karim", "--policy")
    brand.publish()
    assert brand.policy()["waits"] is False
    brand.people("karim", "claire", "ines")
    brand.commit("And Inès", who="karim")
    assert "wrote this change of the policy and cannot approve it" in brand.refused("karim", "--policy")
    brand.approve("claire", "--policy")
    brand.publish()
    assert brand.number() == 2


def test_an_approver_who_left_at_quorum_two_takes_a_reset(town: Town, tmp_path: Path) -> None:
    brand = Brand(town, tmp_path / "repository", ledger=False)
    brand.people("karim", "claire", quorum=2)
    brand.commit()
    brand.begin_ledger()
    brand.people("karim", "ines", quorum=2)
    brand.commit("Claire left", who="karim")
    brand.approve("karim", "--policy")
    brand.publish()
    assert brand.policy()["waits"] is True, "Claire would have to approve it, and is gone"
    # In Brussels it is the 20th already, in UTC still the 19th.
    brand.says("policy", "reset", "--yes", now="2026-12-20 00:30")
    assert (brand.policy()["waits"], brand.policy()["in_force"]["reset"]) == (False, True)  # type: ignore[index]
    brand.says("build", "--internal", "--lang", "en", "--out", str(tmp_path / "site"), now="2026-12-20 09:00")
    pages = [path.read_text() for path in (tmp_path / "site").rglob("index.html")]
    assert any("The policy was reset on" in page for page in pages)
    for command in ("status", "plan"):
        assert "The policy was reset on 2026-12-20 " in brand.says(command, now="2026-12-20 09:00"), command
        assert "The policy was reset on" not in brand.says(command, now="2027-01-20 09:00"), command


def test_a_new_key_of_a_lone_approver_whose_old_one_is_lost_takes_a_reset(town: Town, tmp_path: Path) -> None:
    brand = Brand(town, tmp_path / "repository", "quorum: 1\napprovers: {karim: {emails: [karim@example.org]}}\n")
    brand.post()
    signers = (brand.folder / SIGNERS).read_text()
    write(brand.folder, {SIGNERS: signers.replace(key_line(brand, "karim", "karim"), key_line(brand, "karim", "claire"))})
    brand.commit("A new key", who="karim")
    assert "has no key of karim that is in force" in brand.refused("karim", "bonjour", "--key", str(brand.town.keys / "claire"))
    assert "not by a key of karim that is in force" in brand.refused("karim", "--policy", "--key", str(brand.town.keys / "claire"))
    brand.says("policy", "reset", "--yes")
    brand.approve("karim", "bonjour", key=str(brand.town.keys / "claire"))
    assert "sent" in brand.publish()


def test_a_new_key_signed_for_with_the_old_one(brand: Brand) -> None:
    signers = (brand.folder / SIGNERS).read_text()
    write(brand.folder, {SIGNERS: signers + key_line(brand, "karim", "ines")})
    brand.commit("A second key", who="karim")
    brand.approve("claire", "--policy")
    brand.publish()
    brand.post(who="claire")
    brand.approve("karim", "bonjour", key=str(brand.town.keys / "ines"))
    assert "sent" in brand.publish()


def test_a_revoked_key_approves_nothing_from_the_push_on(brand: Brand) -> None:
    brand.post()
    signers = (brand.folder / SIGNERS).read_text()
    write(brand.folder, {SIGNERS: signers.replace(key_line(brand, "karim", "karim"), "")})
    brand.commit("Karim's key was stolen", who="claire")
    approve_with(brand, "karim", "karim")
    brand.publish()
    assert brand.sent() == []
    brand.approve("claire", "bonjour")
    assert "sent" in brand.publish()


def test_an_approval_of_a_policy_counts_once(brand: Brand) -> None:
    """The looser policy was approved, and another one since: the old approval does not bring it back."""
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    brand.approve("claire", "--policy")
    brand.publish(now="2026-12-01 12:00")
    brand.replace(POLICY, "quorum: 0", "quorum: 1")
    brand.publish(now="2026-12-01 12:10")
    assert brand.number() == 2
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    brand.post()
    brand.publish()
    assert (brand.number(), brand.sent()) == (2, [])


def test_one_approval_of_the_policy_unlocks_every_publication_of_a_channel(brand: Brand) -> None:
    for name in ("bonjour", "encore"):
        brand.post(name, f"{name} du jardin.")
        brand.approve("karim", name)
    assert "bonjour@place  ready" in brand.publish(now="2026-12-02 09:00")
    brand.replace(CHANNELS, "here.example", "there.example")
    told = brand.says("status", "bonjour@place")
    assert "place does not speak where the policy in force has it" in told
    assert "marronnier approve --policy" in told
    brand.publish()
    assert brand.sent() == []
    brand.approve("karim", "--policy")
    brand.publish()
    assert len(brand.sent()) == 2


def test_a_brand_that_exists_is_told_and_keeps_what_was_sealed(town: Town, tmp_path: Path) -> None:
    """The way up: a ledger of an earlier version has no policy. The first run records the one of main, and nothing is lost."""
    brand = Brand(town, tmp_path / "repository", "quorum: 0\n", ledger=False)
    without_policy(brand)
    brand.post("merge", "Mergé.")
    write(brand.folder, {POLICY: "quorum: 1\napprovers: {karim: {emails: [karim@example.org]}}\n"})
    brand.commit()
    assert "The ledger records no policy yet" in brand.says("policy")
    brand.post("approuve", "Approuvé.")
    brand.approve("karim", "approuve")
    told = brand.publish(now="2026-12-02 09:00")
    assert "it is the first that the ledger records" in told
    assert brand.number() == 0
    assert "approuve@place  sent" in brand.publish()
    brand.says("ledger", "verify")


def without_policy(brand: Brand) -> None:
    """Begin a ledger as an earlier version did."""
    with mock.patch.dict(os.environ, brand.town.surroundings("publisher", "2026-11-02 10:00"), clear=True):
        began = desk.load(WorkTree(brand.folder)).brand
        ledger.init(Repo(brand.folder), brand.folder, began, datetime(2026, 11, 2, 9, tzinfo=UTC))
    brand.commit("Name the ledger")


@pytest.mark.parametrize("how", ["comment", "order", "name", "feed", "groups", "paused"])
def test_what_decides_nothing_is_no_change(brand: Brand, how: str) -> None:
    changes = {
        "comment": (POLICY, "quorum: 1", "# Agreed in May.\nquorum: 1"),
        "order": (
            SIGNERS,
            key_line(brand, "karim", "karim"),
            "# Karim\n" + key_line(brand, "karim", "karim").replace(" karim\n", " old laptop\n"),
        ),
        "name": (POLICY, "name: Karim", "name: Karim H."),
        "feed": (CHANNELS, "channels:\n", "channels:\n  krant: {network: feed, lang: nl}\n"),
        "groups": (CHANNELS, "channels:\n", "groups: {tous: [place]}\nchannels:\n"),
        "paused": (CHANNELS, "host: here.example", "paused: Vacances, host: here.example"),
    }
    brand.replace(*changes[how])
    assert brand.policy()["waits"] is False
    brand.post()
    brand.approve("karim", "bonjour")


def test_the_policy_command_says_what_is_in_force_and_who_may_approve(brand: Brand) -> None:
    assert (
        brand.says("policy")
        == "In force since 2026-11-02 10:00; it is the first that the ledger records.\n  1 must approve of: Karim, Claire\n"
    )
    brand.people("karim", "claire", "ines")
    brand.commit("Inès too")
    assert brand.says("policy").partition("\n\n")[2] == (
        "main has another policy (1 change):\n"
        "  • ines may approve\n"
        "It waits: not approved; Karim or Claire must approve it.\n"
        "Until then the higher quorum counts, the people and keys in both, and a channel that speaks elsewhere is locked.\n"
        "To approve it: `marronnier approve --policy`, by Karim or Claire.\n"
    )


def test_nobody_resets_without_the_publishers_key(brand: Brand) -> None:
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    assert "MARRONNIER_SIGNING_KEY is empty" in brand.says("policy", "reset", "--yes", who="ines", status=3)
    assert brand.number() == 0


def test_a_reset_with_a_key_that_nobody_trusts_does_not_damage_the_ledger(brand: Brand) -> None:
    brand.replace(POLICY, "quorum: 1", "quorum: 0")
    said, status = brand.run("policy", "reset", "--yes", who="ines", key="ines")
    assert (status, "does not give the key in MARRONNIER_SIGNING_KEY to `publisher`" in said) == (3, True)
    brand.says("ledger", "verify")


def test_a_lost_publishers_key_is_replaced_in_the_publishing_environment(brand: Brand) -> None:
    brand.post()
    brand.approve("karim", "bonjour")
    signers = (brand.folder / SIGNERS).read_text()
    write(brand.folder, {SIGNERS: signers + key_line(brand, "publisher", "claire")})
    brand.commit("The publisher's new key")
    assert "the publisher's key of this run is not in force" in brand.run("publish", now=DUE, key="claire")[0]
    assert brand.run("policy", "reset", "--yes", key="claire")[1] == 0
    assert "sent" in brand.run("publish", now=DUE, key="claire")[0]


def test_verify_and_publish_find_a_policy_that_no_key_in_force_signed(brand: Brand) -> None:
    """Whoever could write the publisher's commits, and no more, puts no policy in force: each is signed by itself."""
    with mock.patch.dict(
        os.environ, {**brand.town.surroundings("publisher", "2026-12-02 09:00"), "GITHUB_REPOSITORY_ID": "42"}, clear=True
    ):
        opened = ledger.open(Repo(brand.folder), desk.load(WorkTree(brand.folder)).brand)
        blob = policy_blob(Repo(brand.folder), brand.git("rev-parse", "HEAD")).replace(b"quorum: 1", b"quorum: 0")
        with_other_key = {"MARRONNIER_SIGNING_KEY": str(brand.town.keys / "ines")}
        with mock.patch.dict(os.environ, with_other_key):
            draft = ledger.policy_draft(opened.start, 1, blob, "approved", digest="", commit="", signed=True)
        opened.append(lambda _newest: [draft], datetime(2026, 12, 2, 9, tzinfo=UTC))
    brand.post()
    assert "policy.jsonl:2: foreign-signature: Policy 2 is not signed" in brand.says("ledger", "verify", status=3)
    assert "policy 2 of the ledger is not signed by the publisher's key that was in force" in brand.publish()
    assert brand.sent() == []


def test_a33_a_clock_set_to_the_hour_of_an_embargo_publishes_nothing(town: Town, tmp_path: Path) -> None:
    """Nothing leaves this machine under a clock, but for the feed: its posts stand on the public site."""
    brand = Brand(town, tmp_path / "repository", ledger=False)
    brand.replace(CHANNELS, "channels:\n", "channels:\n  journal: {network: feed}\n")
    brand.begin_ledger()
    text = POST.format(name="secret", words="Sous embargo.").replace("[place]", "[journal]").replace("2026-12-03", "2090-12-03")
    write(brand.folder, {"content/posts/2090/12/secret.md": text})
    brand.commit()
    brand.approve("karim", "secret")
    assert "ready" in brand.publish()
    brand.replace("brand/brand.yml", "zone:", "clock: 2090-12-03 09:05\nzone:", who="claire")
    env = {**town.surroundings("publisher", ""), "GIT_AUTHOR_DATE": "", "GIT_COMMITTER_DATE": "", "GITHUB_REPOSITORY_ID": "42"}
    said, status = run_marronnier(["publish"], brand.folder, env)
    assert status == 3 and "`clock` in brand/brand.yml is new" in said
    assert "sent" not in brand.says("ledger", "log", "secret@journal")
    assert "has a clock of its own" in brand.says("policy")
    assert "claire" in brand.refused("claire", "--policy").casefold()
    brand.approve("karim", "--policy")
    said, status = run_marronnier(["publish"], brand.folder, env)
    assert (status, "1 publication sent" in said) == (0, True), said
