"""An approval carries its own signature: the commit that brings it, who made that commit and who signed it prove nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from marronnier import plan
from marronnier.forge import approval_signature
from marronnier.model.claim import NamedDigests
from marronnier.model.plan import Digests
from people import PEOPLE, Town
from publish.newsroom import SquareNewsroom
from teamwork import KEY, PATH, POST, Team


def written(team: Team, text: str = POST, name: str = "portes") -> None:
    team.branch(name)
    team.commit({PATH: text})


def forged(team: Team) -> str:
    """Claire writes an approval in Karim's name into a branch with her own words; the message."""
    words, when = team.digests()
    return f"Nice words\n\nApproved-by: karim\nApproved-content: {KEY} words=sha256:{words} when=sha256:{when}\n"


def resign(team: Team, way: str, message: str) -> None:
    """Bring Claire's words and a message that approves them in Karim's name to main, in a commit that Karim signs."""
    if way == "squashed":
        team.go("main")
        team.git("merge", "-q", "--squash", "portes")
        team.git("commit", "-q", "-S", "--author={} <{}>".format(*PEOPLE["claire"]), "-m", message, who="karim")
        return
    if way == "merged":
        team.go("main")
        team.git("merge", "-q", "--no-ff", "-S", "-m", message, "portes", who="karim")
        return
    team.git("commit", "-q", "--allow-empty", "-m", message, who="claire")
    if way == "rebased":
        team.git("rebase", "-q", "--no-ff", "-S", "main", who="karim")
        team.merge("portes")
    elif way == "cherry-picked":
        team.go("main")
        team.git("merge", "-q", "--no-ff", "-m", "Merge", "portes~1", who="claire")
        team.git("cherry-pick", "-S", "--allow-empty", "portes", who="karim")
    else:
        team.merge("portes")
        team.git("commit", "-q", "--amend", "--no-edit", "--allow-empty", "-S", who="karim")


@pytest.mark.parametrize("way", ["cherry-picked", "rebased", "squashed", "merged", "amended"])
def test_a32_a_message_that_is_signed_again_makes_no_approval(team: Team, way: str) -> None:
    team.branch("portes")
    team.commit({PATH: POST}, who="claire")
    resign(team, way, forged(team))
    approval = team.approval()
    assert not approval.granted
    team.go("main")
    team.approve("ines", "portes")
    assert team.approval().granted, "the way out is an approval"


@pytest.mark.parametrize("how", ["rebase", "cherry-pick", "squash", "amend", "author"])
def test_an_approval_stays_whoever_carries_it(team: Team, how: str) -> None:
    written(team)
    team.approve("karim", "portes")
    message = team.git("log", "-1", "--format=%B")
    team.go("main")
    team.commit({"content/ideas/banc.md": "Un banc"})
    if how == "rebase":
        team.go("portes")
        team.git("rebase", "-q", "main", who="claire")
        team.merge("portes")
    elif how == "cherry-pick":
        team.git("cherry-pick", "--allow-empty", "portes~1", "portes")
    elif how == "squash":
        team.git("merge", "-q", "--squash", "portes")
        team.commit(message=f"Portes (#12)\n\n* Write\n\n* {message}\n\nCo-authored-by: Zoé <zoe@example.org>")
    elif how == "amend":
        team.go("portes")
        team.git("commit", "-q", "--amend", "--no-edit", "--allow-empty", "--reset-author")
        team.merge("portes")
    else:
        team.git("merge", "-q", "portes~1")
        team.commit(message=message, author="{} <{}>".format(*PEOPLE["publisher"]))
    assert team.approval().by == ("karim",)


CHANGED = {
    "approver": lambda text: text.replace("Approved-by: karim", "Approved-by: claire"),
    "words": lambda text: text.replace("words=sha256:", "words=sha256:0", 1).replace(" when=", " when=", 1),
    "key": lambda text: text.replace(f"Approved-content: {KEY}", "Approved-content: autre@journal"),
    "one more": lambda text: text.replace("Approved-content", "Approved-content: autre@journal words=sha256:" + "0" * 64 + " when=sha256:" + "0" * 64 + "\nApproved-content", 1),
    "ledger": lambda text: text.replace("Approved-in: none", "Approved-in: " + "0" * 40),
    "head": lambda text: text.replace("Approved-at: ", "Approved-at: 0")[:0] + "\n".join("Approved-at: " + "0" * 40 if line.startswith("Approved-at") else line for line in text.splitlines()),
    "signature": lambda text: text.replace("Approval-signature: U1NI", "Approval-signature: U1NJ"),
    "no base64": lambda text: text.replace("Approval-signature: U1NI", "Approval-signature: é€"),
    "cut": lambda text: text.rstrip()[:-20],
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGED)
def test_nothing_of_what_is_signed_can_be_changed(team: Team, what: str) -> None:
    written(team)
    team.approve("karim", "portes")
    message = team.git("log", "-1", "--format=%B")
    changed = CHANGED[what](message)
    assert changed != message
    team.git("reset", "-q", "--hard", "HEAD~1")
    team.git("commit", "-q", "--allow-empty", "-S", "-m", changed, who="karim")
    team.merge("portes")
    assert not team.approval().granted


def test_a_signature_for_a_commit_a_file_or_another_brand_is_none(team: Team, tmp_path: Path) -> None:
    written(team)
    named = [NamedDigests(KEY, Digests(*team.digests()))]
    head = team.git("rev-parse", "HEAD")
    key = str(team.town.keys / "karim")
    said = approval_signature.statement("karim", named, "", head)
    for namespace in ("git", "file"):
        text = approval_signature.signed_bytes(said)
        done = subprocess.run(["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", key], input=text, capture_output=True, check=True)
        signature = "".join(done.stdout.decode().splitlines()[1:-1])
        lines = [*approval_signature.trailers(said), f"Approval-signature: {signature}"]
        team.commit(message="\n".join(("Approve", "", *lines)))
    other = approval_signature.sign(approval_signature.statement("karim", named, "a" * 40, head), key, "ssh-keygen")
    team.commit(message="\n".join(("Approve", "", *approval_signature.trailers(other))))
    team.merge("portes")
    approval = team.approval()
    assert not approval.granted
    assert approval.why == "the approval by karim was given in another brand"


@pytest.mark.parametrize(("namespaces", "counts"), [("git", True), ("approval@marronnier", True), ("file,git", True), ("file", False)])
def test_a_key_for_commits_is_a_key_for_approvals_and_one_for_files_is_not(team: Team, namespaces: str, counts: bool) -> None:
    signers = team.town.allowed_signers().replace('karim namespaces="git"', f'karim namespaces="{namespaces}"')
    team.commit({"brand/allowed_signers": signers})
    written(team)
    team.claim("karim", KEY, *team.digests(), signer="karim")
    team.merge("portes")
    assert team.approval().granted is counts


def test_a_claim_of_the_older_form_counts_only_where_it_is_sealed(town: Town, tmp_path: Path) -> None:
    newsroom = SquareNewsroom(town, tmp_path / "repository")
    team = Team(town, newsroom.folder)
    soir = "---\nid: soir\ndate: 2026-12-02 09:00\nchannels: [place]\n---\nCe soir.\n"
    policy = "quorum: 1\napprovers: {karim: {emails: [karim@example.org]}, claire: {}}\n"
    newsroom.post("bonjour", date="2026-12-02 09:00")
    assert newsroom.publish(now="2026-12-01 12:00")[0] == {"bonjour@place": "sealed"}
    team.commit({"brand/approvals.yml": policy})
    team.commit({"content/posts/2026/12/soir.md": soir})
    for key in ("bonjour@place", "soir@place"):
        team.old_claim("karim", key, *team.digests(key), signer="karim")
    situation = team.situation()
    assert situation.approvals["bonjour@place"].granted
    assert not situation.approvals["soir@place"].granted
    line = next(line for line in plan.make(situation).lines if line.key == "soir@place")
    assert line.why == "the approval by karim has no signature of its own, as those of earlier versions"
    assert "marronnier approve soir@place" in line.next


def test_approving_uses_the_key_that_git_signs_with(team: Team, tmp_path: Path) -> None:
    """The text of a public key whose private key an agent holds, and a program that stands in for ssh-keygen."""
    program = tmp_path / "op-ssh-sign"
    program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/called\nexec ssh-keygen "$@"\n')
    program.chmod(0o755)
    team.git("config", "gpg.ssh.program", str(program))
    written(team)
    team.approve("karim", "portes")
    assert "-Y sign -n approval@marronnier" in (tmp_path / "called").read_text()
    team.merge("portes")
    assert team.approval().granted
