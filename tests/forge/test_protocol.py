"""Another forge behind the protocol: plan and approval count its reviews, which are no commits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

import pytest

from marronnier import forge
from marronnier.forge import Branch, BranchListing, DefaultBranch
from marronnier.forge.plain_git import PlainGit
from marronnier.git import Repo
from marronnier.git.commit_log import CommitLog
from marronnier.model.claim import Claim, SignatureStatus
from marronnier.model.plan import Digests
from teamwork import KEY, PATH, POST, Team

REVIEWED = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


class ReviewForge(PlainGit):
    """A forge on which a person approves a branch by a review; no commit says so."""

    reviews: dict[str, tuple[str, Digests]]
    """By branch: who approved, and the digests of what the review showed."""
    dismissed: frozenset[str] = frozenset()

    def _review(self, name: str, arrived: str | None) -> Claim:
        person, digests = self.reviews[name]
        return Claim(person, KEY, digests, REVIEWED, f"review:{name}", arrived)

    def claims(self, log: CommitLog) -> tuple[Claim, ...]:
        """The reviews, as arrived with the newest commit of the default branch."""
        return tuple(self._review(name, log.head) for name in self.reviews if name not in self.dismissed)

    def branches(self, default: DefaultBranch, accounts: Collection[int] = ()) -> BranchListing:
        """Every branch is in review, with the claim of its review."""
        listed = super().branches(default, accounts)
        shown = (
            Branch(branch.name, branch.tip, branch.merge_base, True, (), (self._review(branch.name, branch.tip),), branch.contributors)
            for branch in listed.shown
        )
        return BranchListing(tuple(shown), listed.left_out)

    def verify(self, claim: Claim, signers: bytes) -> SignatureStatus:
        """The forge itself answered: a review needs no signature."""
        return "good" if claim.proof.startswith("review:") else super().verify(claim, signers)


@pytest.fixture
def reviews(monkeypatch: pytest.MonkeyPatch) -> type[ReviewForge]:
    """The forge of every repository, until the test ends."""

    class Opened(ReviewForge):
        reviews = {}

    def open_review_forge(repo: Repo) -> forge.Forge:
        return Opened(repo)

    monkeypatch.setattr(forge, "open", open_review_forge)
    return Opened


def test_a_review_approves_without_any_commit(team: Team, reviews: type[ReviewForge]) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    reviews.reviews = {"portes": ("karim", Digests(*team.digests()))}
    line = team.line(proposal="portes")
    assert (line.state, line.why) == ("in-review", "new on portes; approved by Karim")
    team.merge("portes")
    assert team.approval().by == ("karim",)
    assert (team.line().state, team.line().why) == ("ready", "approved by Karim")
    reviews.dismissed = frozenset({"portes"})
    assert not team.approval().granted


@pytest.mark.parametrize("reviewer", ["ines", "publisher"])
def test_a_review_by_the_writer_or_by_somebody_without_a_vote_does_not_count(team: Team, reviews: type[ReviewForge], reviewer: str) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    reviews.reviews = {"portes": (reviewer, Digests(*team.digests()))}
    team.merge("portes")
    assert not team.approval().granted
