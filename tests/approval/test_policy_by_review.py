"""A change of the policy that comes into force by a review under the policy in force; and what a run of the publisher does with reviews."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from people import Town
from reviewing import BRAND_ON_GITHUB, KEY, PATH, POLICY, POST, Hub

LOOSER = POLICY + "  omar: {name: Omar, github: 104}\n"
FILE = "brand/approvals.yml"


def waits(hub: Hub) -> str:
    """Why the change of the policy waits; empty where it is approved."""
    standing = hub.situation().standing
    assert standing.changes and standing.approval is not None
    return "" if standing.approval.granted else standing.approval.why


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a_review_of_the_change_by_another_approver_approves_it(hub: Hub, method: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "omar", {FILE: LOOSER})
    hub.karim.approve(pull)
    hub.karim.merge(pull, method)  # type: ignore[arg-type]
    standing = hub.situation().standing
    assert standing.approval is not None and standing.approval.granted, standing.approval
    assert (standing.approval.by, standing.approval.unsigned) == (("karim",), False)


def test_a14_a_change_that_nobody_reviewed_waits(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {FILE: LOOSER})
    assert waits(hub) == "not approved; Karim or Claire must approve it"


def test_a14_whoever_the_change_brings_in_does_not_approve_it(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "omar", {FILE: LOOSER})
    hub.omar.approve(pull)
    hub.ines.merge(pull)
    assert "account 104" in waits(hub)


def test_a14_whoever_wrote_or_pushed_the_change_does_not_approve_it(hub: Hub) -> None:
    hub.karim.account.email = "karim@home.example"
    hub.ines.push(hub.team, "omar", {FILE: LOOSER}, author=hub.karim)
    pull = hub.ines.open_pull_request(hub.team, "omar")
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    assert waits(hub) == "not approved; Claire must approve it"
    hub.claire.approve(pull)
    assert not waits(hub)


def test_a02_a_change_after_the_review_voids_it(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "omar", {FILE: LOOSER})
    hub.karim.approve(pull)
    hub.ines.push(hub.team, "omar", {FILE: LOOSER + "  zoe: {name: Zoé, github: 900}\n"})
    hub.ines.merge(pull)
    assert waits(hub) == "#1 did not show this policy to its reviewers"


def test_a18_a_review_of_before_does_not_bring_an_old_policy_back(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "omar", {FILE: LOOSER})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    published(hub)
    back = hub.ines.open_pull_request(hub.team, "back", {FILE: POLICY})
    hub.karim.approve(back)
    hub.ines.merge(back)
    published(hub)
    hub.ines.push(hub.team, "main", {FILE: LOOSER})
    assert waits(hub).startswith("not approved")


def test_t17_a_change_whose_reviews_cannot_be_read_waits(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "omar", {FILE: LOOSER})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.github.fail_next(502, path="/reviews")
    assert "cannot be read, so it is not approved" in waits(hub)
    assert not waits(hub)


def published(hub: Hub) -> str:
    """Run the publisher as a job would; what it said."""
    hub.town.git(hub.folder, "fetch", "-q", "origin", who="publisher")
    said = hub.marronnier("publish", who="publisher")
    hub.team.notice_pushes()
    return said


def test_a_reviewed_post_is_sealed_and_sent(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.replace("2026-12-05 10:00", "2026-11-20 08:30")})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    said = published(hub)
    assert hub.situation().histories[KEY].receipt is not None, said


def test_a04_a_review_dismissed_after_the_seal_holds_the_post_at_its_hour(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.replace("2026-12-05 10:00", "2026-11-20 09:30")})
    review = hub.karim.approve(pull)
    hub.ines.merge(pull)
    published(hub)
    assert hub.situation().histories[KEY].seal is not None
    hub.claire.dismiss(pull, review)
    hub.surroundings["NOW"] = "2026-11-20 09:40"
    said = published(hub)
    assert "the approval of #1 was dismissed" in said
    assert hub.situation().histories[KEY].receipt is None
    hub.claire.approve(pull)
    published(hub)
    assert hub.situation().histories[KEY].receipt is not None


def test_t17_a_sealed_post_waits_at_its_hour_while_github_does_not_answer(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.replace("2026-12-05 10:00", "2026-11-20 09:30")})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    published(hub)
    hub.surroundings["NOW"] = "2026-11-20 09:40"
    hub.github.fail_next(503, times=50)
    assert "GitHub failed" in published(hub)
    assert hub.situation().histories[KEY].receipt is None
    hub.github.forget_orders()
    published(hub)
    assert hub.situation().histories[KEY].receipt is not None


def test_nothing_is_asked_about_what_is_sealed_until_its_hour(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    published(hub)
    before = len(hub.github.exchanges)
    assert hub.approval().by == ("karim",)
    assert len(hub.github.exchanges) == before
    published(hub)
    # A run asks which repository this is; afterwards, which issues stand open about posts. It asks about no review.
    assert set(hub.asked()[before:]) == {"", "/issues"}


def test_t16_a_ledger_names_the_number_of_its_repository_and_a_copy_sends_nothing(town: Town, tmp_path: Path) -> None:
    hub = Hub(town, tmp_path, town.found(tmp_path / "brand", BRAND_ON_GITHUB))
    del hub.surroundings["GITHUB_REPOSITORY_ID"]
    hub.marronnier("ledger", "init", who="publisher")
    identity = json.loads(hub.town.git(hub.folder, "show", "origin/ledger:ledger.json"))
    assert identity["repository"] == f"github:{hub.team.id}"
    hub.town.git(hub.folder, "commit", "-qam", "Begin the ledger", who="publisher")
    hub.town.git(hub.folder, "push", "-q", "origin", "main", who="publisher")
    copy = hub.github.fork(hub.team, hub.karim)
    hub.town.git(copy.path, "fetch", "-q", str(hub.team.path), "+refs/heads/*:refs/heads/*")
    hub.town.git(hub.folder, "remote", "set-url", "origin", str(copy.path))
    hub.surroundings |= {"GITHUB_REPOSITORY": copy.full_name, "GITHUB_TOKEN": hub.karim.token}
    assert "a copy approves and sends nothing" in published(hub)
    hub.github.close()


def test_t16_a_repository_that_was_made_public_sends_nothing(hub: Hub) -> None:
    text = hub.team.file("brand/brand.yml")
    assert text is not None
    hub.team.record.private = True
    pull = hub.ines.open_pull_request(
        hub.team, "portes", {PATH: POST.replace("2026-12-05 10:00", "2026-11-20 08:30"), "brand/brand.yml": text + "private: true\n"}
    )
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.team.record.private = False
    said = published(hub)
    assert "is public on GitHub, and brand/brand.yml says `private: true`" in said
    hub.team.record.private = True
    published(hub)
    assert hub.situation().histories[KEY].receipt is not None
