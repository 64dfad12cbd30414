"""Plain Git as a forge: history, signatures, branches."""

from __future__ import annotations

import os
import subprocess
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier import forge
from marronnier.forge import DefaultBranch
from marronnier.forge.approval_commits import approvals_in, approver_in, requests_in
from marronnier.forge.commit_signatures import keys_of, verify_signatures
from marronnier.git.commit_log import file_changes, read_log
from marronnier.model.claim import NamedDigests
from marronnier.model.plan import Digests
from teamwork import PATH, POST, Team

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(st.from_regex(r"[a-z0-9._-]{1,30}@[a-z0-9]{1,10}(~2026-12-08)?", fullmatch=True), HEX, HEX)
def test_what_a_commit_names_is_read_back(key: str, words: str, when: str) -> None:
    named = NamedDigests(key, Digests(words, when))
    assert NamedDigests.parse(str(named)) == named


@given(st.text())
def test_anything_else_names_nothing(text: str) -> None:
    found = NamedDigests.parse(text)
    assert found is None or NamedDigests.parse(str(found)) == found


def test_everything_arrives_with_the_merge_that_brought_it(team: Team) -> None:
    found = team.git("rev-parse", "main")
    team.branch("one")
    first, second = team.commit(message="a"), team.commit(message="b")
    team.merge("one")
    merged = team.git("rev-parse", "main")
    log = read_log(team.repo, "main")
    assert log.first_parents == (found, merged)
    assert {log.arrivals[first], log.arrivals[second], log.arrivals[merged]} == {merged}
    assert log.predecessor(merged) == found
    assert log.predecessor(found) is None
    assert list(log.commits).index(first) < list(log.commits).index(second) < list(log.commits).index(merged)


def test_what_commits_changed_against_their_first_parent(team: Team) -> None:
    team.branch("one")
    written = team.commit({PATH: POST, "content/é\t'.md": "x"})
    team.merge("one")
    team.commit({PATH: None})
    log = read_log(team.repo, "main")
    found = file_changes(team.repo, log, ("content",))
    assert {one.path for one in found[written]} == {PATH, "content/é\t'.md"}
    assert {one.path for one in found[log.first_parents[1]]} == {PATH, "content/é\t'.md"}
    assert [(one.path, one.blob) for one in found[log.head]] == [(PATH, "")]


def test_trailers_are_read_and_a_commit_with_two_approvers_claims_nothing(team: Team) -> None:
    named = f"portes@journal words=sha256:{'a' * 64} when=sha256:{'b' * 64}"
    body = (
        f"Approve\n\nApproved-content: {named} later\n\nApproved-by: karim\nApproved-by: claire\nApproved-content: {named}\nAsk: nonsense\n"
    )
    oid = team.commit(message=body)
    commit = read_log(team.repo, "HEAD").commits[oid]
    assert (approvals_in(commit), requests_in(commit), approver_in(commit)) == ((NamedDigests.parse(named),), (), "")


def test_a_mailmap_of_the_tree_renames_nobody(team: Team) -> None:
    oid = team.commit({".mailmap": "Somebody <other@example.org> <ines@example.org>\n"})
    assert read_log(team.repo, "HEAD").commits[oid].contributors.author == "ines@example.org"


def test_signatures_are_by_that_persons_own_line_alone(team: Team) -> None:
    signed = team.old_claim("karim", "k@j", "a" * 64, "b" * 64, signer="karim")
    unsigned = team.commit(message="x")
    signers = (team.folder / "brand/allowed_signers").read_bytes()
    found = verify_signatures(team.repo, [signed, unsigned], "karim", signers)
    assert found == {signed: "good", unsigned: "none"}
    assert verify_signatures(team.repo, [signed], "claire", signers) == {signed: "none"}
    assert verify_signatures(team.repo, [signed], "karim", b"") == {signed: "none"}
    wild = signers.replace(b"karim namespaces", b"* namespaces")
    assert verify_signatures(team.repo, [signed], "karim", wild) == {signed: "none"}
    shared = signers.replace(b"karim namespaces", b"claire,karim namespaces")
    assert verify_signatures(team.repo, [signed], "karim", shared) == {signed: "good"}


def test_a_signature_copied_onto_another_commit_is_bad(team: Team) -> None:
    signed = team.old_claim("karim", "k@j", "a" * 64, "b" * 64, signer="karim")
    raw = subprocess.run(["git", "cat-file", "commit", signed], cwd=team.folder, capture_output=True, check=True).stdout
    forged = raw.replace(b"a" * 64, b"c" * 64)
    oid = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"], cwd=team.folder, input=forged, capture_output=True, check=True
    )
    commit = oid.stdout.decode().strip()
    signers = (team.folder / "brand/allowed_signers").read_bytes()
    assert verify_signatures(team.repo, [commit], "karim", signers) == {commit: "bad"}


def test_keys_of_passes_over_comments_and_patterns() -> None:
    text = b'# karim ssh-ed25519 A\n"karim,claire" namespaces="git" ssh-ed25519 B\nkarim@example.org ssh-ed25519 C\n*rim ssh-ed25519 D\n'
    assert keys_of(text, "karim") == 'karim namespaces="git" ssh-ed25519 B\n'


def test_branches_local_and_remote_once_each(team: Team) -> None:
    team.branch("both")
    team.commit({PATH: POST})
    team.git("update-ref", "refs/remotes/origin/both", "HEAD")
    team.git("update-ref", "refs/remotes/origin/far", "HEAD")
    team.commit(message="ahead")
    team.branch("merged", "main")
    team.git("branch", "ledger", "both")
    found = forge.open(team.repo).branches(forge.open(team.repo).default_branch()).shown
    assert sorted(branch.name for branch in found) == ["both", "origin/far"]
    assert {branch.merge_base for branch in found} == {team.git("rev-parse", "main")}


def test_origin_is_the_truth_wherever_there_is_one(team: Team) -> None:
    old = team.git("rev-parse", "main")
    new = team.commit({PATH: POST})
    assert forge.open(team.repo).default_branch() == DefaultBranch("main", new)
    team.git("remote", "add", "origin", "/nowhere")
    standing = forge.open(team.repo).default_branch()
    assert standing.commit == new and "git push -u origin main" in standing.notices[0]
    team.git("update-ref", "refs/remotes/origin/main", old)
    standing = forge.open(team.repo).default_branch()
    assert standing.commit == old and "is not on origin yet" in standing.notices[0]
    (branch,) = forge.open(team.repo).branches(standing).shown
    assert (branch.name, branch.tip, branch.merge_base) == ("main", new, old)
    team.git("update-ref", "refs/remotes/origin/main", new)
    assert forge.open(team.repo).default_branch() == DefaultBranch("main", new)
    team.git("reset", "-q", "--hard", old)
    assert forge.open(team.repo).default_branch() == DefaultBranch("main", new)
    team.commit(message="apart")
    standing = forge.open(team.repo).default_branch()
    assert standing.commit == new
    assert "have diverged" in standing.notices[0]


@pytest.mark.parametrize(("hours", "told"), [(0.5, ""), (1.5, "1 hour ago"), (30, "30 hours ago"), (80, "3 days ago")])
def test_the_age_of_the_last_fetch_is_told(team: Team, hours: float, told: str) -> None:
    team.git("remote", "add", "origin", "/nowhere")
    team.git("update-ref", "refs/remotes/origin/main", "main")
    file = team.folder / ".git/FETCH_HEAD"
    file.touch()
    os.utime(file, (time.time() - hours * 3600,) * 2)
    notices = forge.open(team.repo).default_branch().notices
    assert told in " ".join(notices) and bool(notices) == bool(told)
