"""Words that came before the reviewed pull request, and were never approved: whoever brought those approves nothing of them."""

from __future__ import annotations

import re

import pytest

from marronnier.demo.github.acts.push import note_pushes
from marronnier.demo.github.bare_git import Ident
from marronnier.demo.github.hosted_repository import HostedRepository
from marronnier.model.plan import PlanLine
from reviewing import KEY, OTHER, OTHER_PATH, PATH, POLICY, POST, Hub

FIRST = POST.replace("dimanche", "samedi")
METHODS = ["merge", "squash", "rebase"]


def signed_as_ines(hub: Hub, files: dict[str, str | None] | None = None, *, onto: str = "", there: HostedRepository | None = None) -> str:
    """A commit of which author and committer say Inès."""
    ident, parent, git = hub.ines.account.ident, onto or hub.team.tip(), (there or hub.team).record.git
    return git.commit_files(files or {PATH: FIRST}, "Write", parents=(parent,), author=ident, committer=ident, at=hub.github.now)


def edited(hub: Hub, text: str = POST) -> None:
    """Inès changes the post in a pull request of her own, and Karim approves it."""
    pull = hub.ines.open_pull_request(hub.team, "edit", {PATH: text})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")


def proposed(hub: Hub) -> PlanLine:
    """The plan's line of what the open pull request makes of the post."""
    (line,) = (line for proposal, line in hub.lines().items() if proposal)
    return line


@pytest.mark.parametrize("method", METHODS)
def test_who_pushed_an_unreviewed_pull_request_in_anothers_name_approves_no_edit_of_it(hub: Hub, method: str) -> None:
    hub.karim.push_commit(hub.team, "portes", signed_as_ines(hub))
    hub.omar.merge(hub.ines.open_pull_request(hub.team, "portes"), method)  # type: ignore[arg-type]
    edited(hub)
    approval = hub.approval()
    assert not approval.granted
    assert re.fullmatch(
        r"Karim opened, wrote or pushed #1, and nobody approved since what it brought \(\w{8}\): somebody else approves it", approval.why
    )
    hub.claire.approve(hub.team.pull(2))
    assert hub.approval().by == ("claire",)


@pytest.mark.parametrize("method", METHODS)
def test_an_open_pull_request_tells_who_brought_what_it_builds_on(hub: Hub, method: str) -> None:
    """As the judgement once it is merged does: an approver who cannot approve is told before."""
    hub.karim.push_commit(hub.team, "portes", signed_as_ines(hub))
    hub.omar.merge(hub.ines.open_pull_request(hub.team, "portes"), method)  # type: ignore[arg-type]
    edit = hub.ines.open_pull_request(hub.team, "edit", {PATH: POST})
    hub.situation()
    told = hub.marronnier("who", KEY).partition("edit: ")[2]
    assert "1 must still approve it: Claire" in told and "Karim opened, wrote or pushed #1" in told, told
    hub.karim.approve(edit)
    assert "Karim opened, wrote or pushed #1" in proposed(hub).why
    hub.claire.approve(edit)
    assert "approved by Claire" in proposed(hub).why


def test_the_last_commit_of_an_open_pull_request_may_leave_the_post_as_it_is(hub: Hub) -> None:
    hub.claire.merge(hub.ines.open_pull_request(hub.team, "portes", {PATH: FIRST}), "squash")
    hub.ines.push(hub.team, "edit", {PATH: POST})
    edit = hub.ines.open_pull_request(hub.team, "edit", {"content/ideas/banc.md": "Un banc\n"})
    hub.situation()
    assert "1 must still approve it: Karim or Claire" in hub.marronnier("who", KEY).partition("edit: ")[2]
    hub.karim.approve(edit)
    assert "approved by Karim" in proposed(hub).why


def test_whoever_merged_by_the_rebase_button_what_nobody_reviewed_approves_an_edit_of_it(hub: Hub) -> None:
    """GitHub names who pressed it as the committer, and lets nobody change a word by it."""
    hub.claire.merge(hub.ines.open_pull_request(hub.team, "portes", {PATH: FIRST}), "rebase")
    edit = hub.ines.open_pull_request(hub.team, "edit", {PATH: POST})
    hub.claire.approve(edit)
    assert "approved by Claire" in proposed(hub).why
    hub.ines.merge(edit, "squash")
    assert hub.approval().by == ("claire",)


def test_whoever_rebased_on_their_own_machine_what_nobody_reviewed_approves_no_edit_of_it(hub: Hub) -> None:
    git, main = hub.team.record.git, hub.team.tip()
    rebased = git.commit_files(
        {PATH: FIRST}, "Write", parents=(main,), author=hub.ines.account.ident, committer=hub.claire.account.ident, at=hub.github.now
    )
    hub.claire.push_commit(hub.team, "main", rebased)
    edit = hub.ines.open_pull_request(hub.team, "edit", {PATH: POST})
    hub.claire.approve(edit)
    hub.ines.merge(edit, "squash")
    assert "Claire rebased" in hub.approval().why


def test_an_open_pull_request_that_builds_on_approved_words_may_be_approved_by_who_brought_them(hub: Hub) -> None:
    hub.karim.push_commit(hub.team, "portes", signed_as_ines(hub))
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.claire.approve(pull)
    hub.ines.merge(pull, "squash")
    hub.karim.approve(hub.ines.open_pull_request(hub.team, "edit", {PATH: POST}))
    assert "approved by Karim" in proposed(hub).why
    assert "Karim opened" not in hub.marronnier("who", KEY)


@pytest.mark.parametrize("method", METHODS)
def test_who_opened_an_unreviewed_pull_request_approves_no_edit_of_it(hub: Hub, method: str) -> None:
    hub.ines.push(hub.team, "portes", {PATH: FIRST})
    hub.claire.merge(hub.karim.open_pull_request(hub.team, "portes"), method)  # type: ignore[arg-type]
    edited(hub)
    # Of a squash, its author is whoever opened it.
    assert re.match(r"Karim (opened, wrote or pushed #1|wrote)", hub.approval().why)


@pytest.mark.parametrize("method", METHODS)
def test_who_brought_it_from_a_fork_that_is_gone_approves_no_edit_of_it(hub: Hub, method: str) -> None:
    fork = hub.github.fork(hub.team, hub.karim)
    hub.karim.push_commit(fork, "portes", signed_as_ines(hub, there=fork))
    pull = hub.karim.open_pull_request(hub.team, "portes", head=fork)
    hub.claire.merge(pull, method)  # type: ignore[arg-type]
    pull.head_repository = None
    edited(hub)
    assert re.match(r"Karim (opened, wrote or pushed #1|wrote)", hub.approval().why)


@pytest.mark.parametrize("method", METHODS)
def test_the_activity_of_a_branch_that_is_gone_still_tells_who_pushed(hub: Hub, method: str) -> None:
    hub.karim.push_commit(hub.team, "portes", signed_as_ines(hub))
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.claire.merge(pull, method)  # type: ignore[arg-type]
    hub.karim.push_commit(hub.team, "portes", None)
    # The same name again, for something else.
    hub.ines.push(hub.team, "portes", {"content/ideas/banc.md": "Un banc\n"})
    edited(hub)
    assert "Karim opened, wrote or pushed #1" in hub.approval().why


def test_who_was_named_as_co_author_in_a_squashed_commit_approves_no_edit_of_it(hub: Hub) -> None:
    hub.ines.push(hub.team, "portes", {PATH: FIRST}, co_authors=[hub.karim])
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.ines.merge(pull, "squash", message="Portes")
    edited(hub)
    assert "Karim co-wrote" in hub.approval().why


def test_who_pushed_to_the_default_branch_in_anothers_name_approves_no_edit_of_it(hub: Hub) -> None:
    hub.karim.push_commit(hub.team, "main", signed_as_ines(hub))
    hub.claire.push(hub.team, "main", {OTHER_PATH: OTHER})
    edited(hub)
    assert re.fullmatch(r"Karim pushed \w{8} to main, and nobody approved it since: somebody else approves it", hub.approval().why)
    hub.claire.approve(hub.team.pull(1))
    assert hub.approval().by == ("claire",)


def test_who_pushed_what_is_asked_for_does_not_approve_it(hub: Hub) -> None:
    hub.karim.push_commit(hub.team, "main", signed_as_ines(hub))
    hub.town.git(hub.folder, "fetch", "-q", "origin")
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main")
    job, hub.surroundings["GITHUB_TOKEN"] = hub.surroundings["GITHUB_TOKEN"], hub.ines.token
    hub.marronnier("ask", "portes")
    note_pushes(hub.github.state, hub.team.record, hub.ines.as_token)
    hub.surroundings["GITHUB_TOKEN"] = job
    hub.karim.approve(hub.team.pull(1))
    hub.ines.merge(hub.team.pull(1))
    assert "Karim pushed" in hub.approval().why


def test_who_pushed_what_is_forced_away_from_the_default_branch_later_is_known(hub: Hub) -> None:
    words = signed_as_ines(hub)
    more = signed_as_ines(hub, {"content/ideas/banc.md": "Un banc\n"}, onto=words)
    hub.karim.push_commit(hub.team, "main", more)
    hub.claire.push_commit(hub.team, "main", words, force=True)
    hub.github.advance(minutes=1)
    edited(hub)
    assert "Karim pushed" in hub.approval().why


def test_words_of_which_nobody_knows_who_brought_them_wait_for_a_signature(hub: Hub) -> None:
    somebody, git = Ident("Somebody", "somebody@nowhere.example"), hub.team.record.git
    git.set_refs({"refs/heads/main": git.commit_files({PATH: FIRST}, "Write", parents=(hub.team.tip(),), author=somebody, committer=somebody, at=hub.github.now)})  # fmt: skip
    hub.team.forget_pushes()
    edited(hub)
    assert re.fullmatch(
        r"GitHub does not tell who brought \w{8}, and nobody approved it since, so no review counts: "
        r"`marronnier approve portes@journal` does, or the post under another `id`",
        hub.approval().why,
    )


def test_what_github_does_not_answer_about_them_is_not_approved(hub: Hub) -> None:
    first = hub.ines.open_pull_request(hub.team, "portes", {PATH: FIRST})
    hub.ines.merge(first, "squash")
    edited(hub)
    assert hub.approval().by == ("karim",)
    hub.github.fail_next(path=f"/commits/{first.merge_commit_sha}/pulls", times=9)
    approval = hub.approval()
    assert (approval.granted, approval.unread) == (False, True)


@pytest.mark.parametrize("how", [*METHODS, "push"])
def test_who_pushed_an_unreviewed_change_of_the_policy_approves_no_edit_of_it(hub: Hub, how: str) -> None:
    file, looser = "brand/approvals.yml", POLICY + "  omar: {name: Omar, github: 104}\n"
    made = signed_as_ines(hub, {file: looser + "  zoe: {name: Zoé, github: 900}\n"})
    if how == "push":
        hub.karim.push_commit(hub.team, "main", made)
    else:
        hub.karim.push_commit(hub.team, "policy", made)
        hub.omar.merge(hub.ines.open_pull_request(hub.team, "policy"), how)  # type: ignore[arg-type]
    pull = hub.ines.open_pull_request(hub.team, "edit", {file: looser})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    approval = hub.situation().standing.approval
    assert approval is not None
    assert approval.why == "not approved; Claire must approve it"
    hub.claire.approve(pull)
    approval = hub.situation().standing.approval
    assert approval is not None and approval.granted


# Legitimate


@pytest.mark.parametrize("method", METHODS)
def test_the_words_of_one_post_make_nobody_a_hand_in_another(hub: Hub, method: str) -> None:
    hub.ines.push(hub.team, "portes", {PATH: FIRST})
    hub.karim.push_commit(hub.team, "portes", signed_as_ines(hub, {OTHER_PATH: OTHER}, onto=hub.team.tip("portes") or ""))
    hub.ines.merge(hub.ines.open_pull_request(hub.team, "portes"), method)  # type: ignore[arg-type]
    edited(hub)
    assert hub.approval().by == ("karim",)
    assert not hub.approval("bois@journal").granted


@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_approved_since_makes_nobody_a_hand(hub: Hub, sealed: bool) -> None:
    hub.karim.push_commit(hub.team, "portes", signed_as_ines(hub))
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.claire.approve(pull)
    hub.ines.merge(pull, "squash")
    if sealed:
        hub.town.git(hub.folder, "fetch", "-q", "origin")
        assert "portes" in hub.marronnier("publish", who="publisher")
    edited(hub)
    assert hub.approval().by == ("karim",)


def test_nothing_more_is_asked_where_everything_before_was_sealed(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: FIRST})
    hub.claire.approve(pull)
    hub.ines.merge(pull, "squash")
    hub.town.git(hub.folder, "fetch", "-q", "origin")
    hub.marronnier("publish", who="publisher")
    edited(hub)
    before = len(hub.github.exchanges)
    assert hub.approval(KEY).by == ("karim",)
    each = r"/commits/\w+/pulls|/pulls/2/reviews|/issues/2/events|/activity"
    asked = [path for path in hub.asked()[before:] if re.fullmatch(each, path)]
    # Two of the activities are those of the default branch, asked once for all publications.
    assert len(asked) == 4 + 2, asked


def test_an_unapproved_change_before_costs_two_requests(hub: Hub) -> None:
    hub.claire.merge(hub.ines.open_pull_request(hub.team, "portes", {PATH: FIRST}), "squash")
    edited(hub)
    assert hub.approval(KEY).by == ("karim",)
    queries = [f"{path}?{exchange.query}" for path, exchange in zip(hub.asked(), hub.github.exchanges, strict=True)]
    # By which pull request it came, and who pushed to its branch.
    earlier = [each for each in queries if re.match(r"/commits/\w+/pulls", each) or "heads%2Fportes" in each]
    assert len(earlier) == 1 + 2, earlier
    assert not hub.github.unknown
