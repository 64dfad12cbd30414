"""Approvals outlive a revert to the approved text and a rebase; whoever rebased before approving is told the way out."""

from __future__ import annotations

import os
from unittest import mock

import pytest

from marronnier.messages import Trouble
from teamwork import PATH, POST, Team

BAD = POST.replace("dimanche", "hier")
LATER = {"GIT_COMMITTER_DATE": "2026-11-20 11:00:00 +0100", "GIT_AUTHOR_DATE": "2026-11-20 11:00:00 +0100"}


def approved(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    team.approve("karim", "portes")


def later(team: Team, *arguments: str, who: str, signed: bool = False) -> None:
    """Run git as somebody, two hours later."""
    surroundings = {**team.town.surroundings(who, "2026-11-20 09:00"), **LATER}
    del surroundings["GIT_AUTHOR_DATE"]
    with mock.patch.dict(os.environ, surroundings, clear=True):
        team.repo.run(*(("-c", "commit.gpgsign=true") if signed else ()), *arguments)


def moved_on(team: Team) -> None:
    team.go("main")
    team.commit({"brand/charter.md": "Nous."}, who="claire")


@pytest.mark.parametrize("who", ["karim", "ines", "claire"])
def test_anybody_brings_back_the_text_that_was_approved(team: Team, who: str) -> None:
    approved(team)
    team.merge("portes")
    team.commit({PATH: BAD})
    assert not team.approval().granted
    team.git("revert", "--no-edit", "HEAD", who=who)
    assert team.approval().granted
    team.commit({PATH: BAD}, who="claire")
    team.commit({PATH: POST}, who=who)
    assert team.approval().granted


def test_on_a_branch_too(team: Team) -> None:
    approved(team)
    team.commit({PATH: BAD})
    team.git("revert", "--no-edit", "HEAD", who="karim")
    team.merge("portes")
    assert team.approval().granted


def test_what_was_never_approved_does_not_become_so_by_coming_back(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST}, who="karim")
    team.commit({PATH: BAD})
    team.git("revert", "--no-edit", "HEAD")
    with pytest.raises(Trouble, match="Karim wrote"):
        team.approve("karim", "portes")


@pytest.mark.parametrize("who", ["karim", "ines", "claire"])
def test_a_rebase_after_the_approval_keeps_it(team: Team, who: str) -> None:
    approved(team)
    moved_on(team)
    team.go("portes")
    later(team, "rebase", "-q", "main", who=who)
    # A rebase drops the signature of a commit: here the approver signs the approval again.
    later(team, "commit", "-q", "--amend", "--allow-empty", "--no-edit", who="karim", signed=True)
    team.merge("portes")
    assert team.approval().by == ("karim",)


def test_an_approver_who_signs_all_that_they_rebase_keeps_it_too(team: Team) -> None:
    approved(team)
    moved_on(team)
    team.go("portes")
    later(team, "rebase", "-q", "main", who="karim", signed=True)
    team.merge("portes")
    assert team.approval().by == ("karim",)


def test_changing_words_while_rebasing_is_writing(team: Team) -> None:
    approved(team)
    team.git("reset", "-q", "--hard", "HEAD~1")
    (team.folder / PATH).write_text(BAD)
    team.git("commit", "-q", "-a", "--amend", "--no-edit", who="karim")
    with pytest.raises(Trouble, match="Karim"):
        team.approve("karim", "portes")
    team.claim("karim", "portes@journal", *team.digests(), signer="karim")
    team.merge("portes")
    assert not team.approval().granted


def test_who_rebased_before_approving_is_told_the_way_out(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    moved_on(team)
    team.go("portes")
    team.git("rebase", "-q", "main", who="karim")
    with pytest.raises(Trouble) as told:
        team.approve("karim", "portes")
    commit = team.git("rev-parse", "HEAD")
    assert told.value.message == (
        f"portes@journal: Karim rebased {commit[:8]} and cannot approve it: its author runs `git rebase --no-ff main` on the branch, or somebody else approves"
    )
    team.git("rebase", "-q", "--no-ff", "main", who="ines")
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval().granted


def test_who_is_named_as_co_author_by_the_squash_of_their_approval_is_told_the_ways_out(team: Team) -> None:
    """A forge that squashes names the author of each commit, the empty one that approves too: it may be words of theirs."""
    approved(team)
    message = team.git("log", "-1", "--format=%B")
    team.go("main")
    team.git("merge", "-q", "--squash", "portes")
    team.commit(message=f"Portes (#12)\n\n* Write\n\n* {message}\n\n---------\n\nCo-authored-by: Karim Haddad <karim@example.org>")
    why = team.approval().why
    assert "Karim is named as a co-author of" in why and "the squash that brought their approval" in why
    policy = (team.folder / "brand/approvals.yml").read_text()
    team.commit({"brand/approvals.yml": f"co_authors: allow-if-another-committed\n{policy}"})
    assert team.approval().granted
    team.commit({"brand/approvals.yml": policy})
    team.approve("claire", "portes")
    assert team.approval().granted
