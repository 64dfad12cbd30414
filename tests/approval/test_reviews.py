"""What reviews of pull requests on GitHub approve, and what they do not: one story an attack or a flow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marronnier.demo.github.bare_git import Ident
from people import Town, write
from reviewing import KEY, NAME, OTHER, OTHER_PATH, PATH, POLICY, POST, Hub, make_template
from servers import github_description

CHANGED = POST.replace("dimanche", "lundi")


# Legitimate flows


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a11_a_reviewed_post_is_approved_however_it_is_merged(hub: Hub, method: str) -> None:
    hub.ines.push(hub.team, "portes", {PATH: POST.replace("dimanche", "samedi")}, "Write")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST}, title="Portes ouvertes")
    hub.karim.approve(pull)
    hub.claire.merge(pull, method)  # type: ignore[arg-type]
    approval = hub.approval()
    assert (approval.granted, approval.by, approval.why, approval.unsigned) == (True, ("karim",), "approved by Karim", False)
    assert hub.lines()[""].state == "ready"


def test_a11_the_merge_queue_keeps_the_approvals(hub: Hub) -> None:
    first = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    second = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.karim.approve(first)
    hub.claire.approve(second)
    hub.karim.queue(first, second, method="squash")
    approvals = hub.situation().approvals
    assert (approvals[KEY].by, approvals["bois@journal"].by) == (("karim",), ("claire",))


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a11_updating_the_branch_keeps_the_approval_of_whoever_pressed_the_button(hub: Hub, method: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.claire.push(hub.team, "main", {"content/pages/a.md": "A page\n"})
    hub.karim.update_branch(pull)
    if method != "rebase":
        hub.karim.merge(pull, method)  # type: ignore[arg-type]
    else:
        hub.karim.merge(pull, "merge")
    approval = hub.approval()
    assert (approval.granted, approval.by) == (True, ("karim",)), approval.why


def test_a11_a_branch_pushed_as_it_is_keeps_the_approval(hub: Hub) -> None:
    hub.ines.push(hub.team, "portes", {PATH: POST}, "Write")
    pull = hub.ines.open_pull_request(hub.team, "portes", {OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.claire.push_commit(hub.team, "main", pull.head_sha)
    approvals = hub.situation().approvals
    assert (approvals[KEY].by, approvals["bois@journal"].by) == (("karim",), ("karim",))


def test_a_suggestion_that_the_author_commits_and_the_reviewer_approves_later(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.karim.suggest(pull, PATH, 7, "On ouvre le jardin lundi.")
    hub.ines.commit_suggestion(pull, comment)
    hub.karim.approve(pull)
    hub.claire.approve(pull)
    hub.ines.merge(pull, "squash")
    # Karim wrote the suggestion, so his approval does not count, and Claire's does.
    assert hub.approval().by == ("claire",)


def test_words_written_on_githubs_pages_are_approved_by_others(hub: Hub) -> None:
    hub.ines.edit(hub.team, "portes", {PATH: POST})
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.karim.approve(pull)
    hub.karim.merge(pull, "squash")
    assert hub.approval().by == ("karim",)


def test_a05_a_remark_takes_no_approval_back(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.karim.remark(pull, "I like it")
    hub.karim.merge(pull)
    assert hub.approval().by == ("karim",)


def test_a_fork_of_somebody_without_rights_is_reviewed_like_any_other(hub: Hub) -> None:
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    fork = hub.github.fork(hub.team, zoe)
    pull = zoe.open_pull_request(hub.team, "portes", {PATH: POST}, head=fork)
    hub.karim.approve(pull)
    hub.karim.merge(pull, "squash")
    assert hub.approval().by == ("karim",)


def test_a_freelancer_whose_address_is_no_accounts_is_known_by_the_push(hub: Hub) -> None:
    hub.ines.push(hub.team, "portes", {PATH: POST}, author=Ident("Freelance", "me@freelance.example"))
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.karim.approve(pull)
    hub.ines.merge(pull, "rebase")
    assert hub.approval().by == ("karim",)


def test_a_reviewer_who_adds_a_post_of_their_own_approves_the_others(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.push(hub.team, "portes", {OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    approvals = hub.situation().approvals
    assert approvals[KEY].by == ("karim",)
    assert not approvals["bois@journal"].granted
    hub.claire.approve(pull)
    assert hub.approval("bois@journal").by == ("claire",)


def test_a_post_that_is_reverted_and_brought_back_stays_approved(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    hub.claire.push(hub.team, "main", {PATH: None}, "Revert")
    hub.claire.push(hub.team, "main", {PATH: POST}, "Revert the revert")
    assert hub.approval().by == ("karim",)


def test_a_post_that_is_moved_within_the_day_stays_approved(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    hub.ines.push(hub.team, "main", {PATH: POST.replace("10:00", "16:00")})
    assert hub.approval().by == ("karim",)
    hub.ines.push(hub.team, "main", {PATH: POST.replace("12-05 10:00", "12-06 10:00")})
    assert hub.approval().why.startswith("its date changed after its approval")


def test_a_second_pull_request_for_the_same_post_needs_its_own_review(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    second = hub.karim.open_pull_request(hub.team, "lundi", {PATH: CHANGED})
    hub.claire.merge(second)
    assert not hub.approval().granted
    # Inès wrote the version that was approved: of what Karim changed since, she is a reader like others.
    hub.ines.approve(second)
    assert hub.approval().by == ("ines",)


def test_a_signature_and_a_review_make_a_quorum_of_two(town: Town, tmp_path: Path) -> None:
    hub = Hub(town, tmp_path, make_template(town, tmp_path / "two", {"brand/approvals.yml": POLICY.replace("quorum: 1", "quorum: 2")}))
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    approval = hub.approval()
    assert (approval.granted, approval.why) == (False, "approved by Karim, and 1 more must approve it: Claire")
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main", who="claire")
    assert "Approved by Claire" in hub.marronnier("approve", "portes", "--yes", who="claire")
    hub.town.git(hub.folder, "push", "-q", "origin", "main", who="claire")
    assert set(hub.approval().by) == {"karim", "claire"}
    hub.github.close()


def test_a_post_that_is_asked_for_again_is_approved_as_it_stands(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {PATH: POST})
    assert not hub.approval().granted
    hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main")
    said = hub.marronnier("ask", "portes")
    assert f"A reviewer reads #1 at {hub.github.server_url}/{NAME}/pull/1" in said
    pull = hub.team.pull(1)
    assert "Ask: portes@journal words=sha256:" in (pull.issue.body or "")
    # The brand's language, whatever the terminal of whoever asks speaks.
    assert pull.issue.title == "Demander l’approbation de portes@journal" and "tel qu’il est sur `main`" in (pull.issue.body or "")
    hub.team.notice_pushes(hub.ines)
    hub.karim.approve(pull)
    hub.karim.merge(pull, "squash")
    assert hub.approval().by == ("karim",)


def test_asking_twice_opens_one_pull_request_also_when_the_answer_is_lost(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {PATH: POST})
    hub.situation()
    hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main")
    hub.github.lose_answer(method="POST", path="/pulls")
    assert "A reviewer reads #1 at" in hub.marronnier("ask", "portes")
    assert "Approval was already requested on #1 ask/portes" in hub.marronnier("ask", "portes")
    assert len(hub.team.pulls) == 1


def test_asking_on_a_branch_pushes_it_and_opens_its_pull_request(hub: Hub) -> None:
    hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
    hub.town.git(hub.folder, "switch", "-q", "-c", "portes")
    write(hub.folder, {PATH: POST})
    hub.town.git(hub.folder, "add", "-A")
    hub.town.git(hub.folder, "commit", "-qm", "Write")
    said = hub.marronnier("ask")
    assert f"A reviewer reads #1 at {hub.github.server_url}/{NAME}/pull/1" in said
    assert list(hub.team.pull(1).commits) == hub.town.git(hub.folder, "rev-list", "--reverse", "main..portes").split()


@pytest.mark.parametrize("why", ["no token", "no right", "no answer"])
def test_asking_says_what_to_do_where_no_pull_request_can_be_opened(hub: Hub, why: str) -> None:
    hub.ines.push(hub.team, "main", {PATH: POST})
    hub.situation()
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main")
    if why == "no token":
        hub.surroundings["GITHUB_TOKEN"] = ""
    elif why == "no answer":
        hub.surroundings["GITHUB_TOKEN"] = hub.ines.token
        hub.github.fail_next(502, method="POST", path="/pulls")
    said = hub.marronnier("ask", "portes")
    assert f"{hub.github.server_url}/{NAME}/compare/main...ask/portes?expand=1" in said
    assert {"no token": "git push origin ask/portes", "no right": "may not do this on GitHub", "no answer": "GitHub failed"}[why] in said
    assert not hub.team.pulls


# Attacks


def test_a01_a_push_to_the_default_branch_is_held(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {PATH: POST})
    line = hub.lines()[""]
    assert (line.state, line.why) == ("held", "not approved; Karim or Claire must approve it")
    assert line.next.endswith("`marronnier ask portes@journal` opens a pull request for it, `marronnier approve portes@journal` signs")


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_a02_an_edit_after_the_review_voids_it(hub: Hub, method: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST, OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.ines.push(hub.team, "portes", {PATH: CHANGED})
    hub.karim.merge(pull, method)  # type: ignore[arg-type]
    approvals = hub.situation().approvals
    assert not approvals[KEY].granted
    assert approvals[KEY].why.startswith("its text changed after its approval")
    # What did not change stays approved.
    assert approvals["bois@journal"].by == ("karim",)


def test_a03_a_review_of_an_older_commit_counts_for_the_older_words(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: CHANGED})
    older = pull.head_sha
    hub.ines.push(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull, commit=older)
    hub.karim.merge(pull)
    assert not hub.approval().granted


def test_a04_a_dismissed_review_is_no_approval(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    review = hub.karim.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().granted
    hub.claire.dismiss(pull, review)
    assert hub.approval().why == "the approval of #1 was dismissed"


def test_a04_whoever_asks_for_changes_later_approves_no_more(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.karim.request_changes(pull)
    hub.ines.merge(pull)
    assert hub.approval().why == "changes were requested in #1"
    hub.claire.approve(pull)
    assert hub.approval().by == ("claire",)


@pytest.mark.parametrize("hand", ["opened", "pushed", "wrote under another address", "co-wrote", "wrote on the pages"])
def test_a06_nobody_approves_what_their_account_had_a_hand_in(hub: Hub, hand: str) -> None:
    if hand == "opened":
        hub.ines.push(hub.team, "portes", {PATH: POST})
        pull = hub.karim.open_pull_request(hub.team, "portes")
        hub.claire.merge(pull)
        assert not hub.approval().granted
        return
    if hand == "pushed":
        hub.karim.push(hub.team, "portes", {PATH: POST}, author=hub.ines)
        commit = hub.team.record.git.commit_files({PATH: CHANGED}, "Write", parents=(hub.team.tip("portes"),), author=hub.ines.account.ident, committer=hub.ines.account.ident, at=hub.github.now)  # fmt: skip
        hub.karim.push_commit(hub.team, "portes", commit)
    elif hand == "wrote under another address":
        hub.karim.account.email = "karim@home.example"
        hub.ines.push(hub.team, "portes", {PATH: POST}, author=hub.karim)
    elif hand == "co-wrote":
        hub.karim.account.email = ""
        hub.ines.push(hub.team, "portes", {PATH: POST}, co_authors=[hub.karim])
    else:
        hub.karim.edit(hub.team, "portes", {PATH: POST})
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    approval = hub.approval()
    assert not approval.granted
    assert "cannot approve it" in approval.why
    hub.claire.approve(pull)
    assert hub.approval().by == ("claire",)


def test_a06_whoever_pushed_without_being_known_is_not_taken_for_somebody_else(hub: Hub) -> None:
    somebody = Ident("Somebody", "somebody@nowhere.example")
    git = hub.team.record.git
    commit = git.commit_files({PATH: POST}, "Write", parents=(hub.team.tip(),), author=somebody, committer=somebody, at=hub.github.now)
    git.set_refs({"refs/heads/portes": commit})
    hub.team.notice_pushes()
    pull = hub.ines.open_pull_request(hub.team, "portes")
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    assert "does not tell who pushed" in hub.approval().why


def test_a07_only_accounts_of_the_policy_that_may_write_count(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.omar.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().why == "account 104 approved #1, and no approver has `github: 104`"
    hub.team.invite(hub.karim, "read")
    hub.github.organization("jardin", [hub.karim])
    hub.karim.approve(pull)
    assert hub.approval().why == "account 102 may not write to the repository, so its review does not count"


def test_a08_a_bot_counts_only_where_its_number_is_listed(hub: Hub, town: Town, tmp_path: Path) -> None:
    hub.team.settings.actions_may_approve = True
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.github.actions(hub.team).approve(pull)
    hub.ines.merge(pull)
    approval = hub.approval()
    assert not approval.granted and "account 41898282 approved #1" in approval.why
    policy = POLICY + "  robot: {name: Robot, github: 41898282}\n"
    other = Hub(town, tmp_path / "listed", make_template(town, tmp_path / "robot", {"brand/approvals.yml": policy}))
    other.team.settings.actions_may_approve = True
    pull = other.ines.open_pull_request(other.team, "portes", {PATH: POST})
    other.github.actions(other.team).approve(pull)
    other.ines.merge(pull)
    assert other.approval().by == ("robot",)
    other.github.close()


def test_a09_the_number_of_an_account_counts_its_name_does_not(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.rename("karim-the-first")
    impostor = hub.team.invite(hub.github.person("karim", id=666))
    impostor.approve(pull)
    hub.ines.merge(pull)
    assert "account 666 approved #1" in hub.approval().why
    hub.karim.approve(pull)
    assert hub.approval().by == ("karim",)


def test_a09_an_account_that_is_gone_approves_nothing(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.karim.delete_account()
    assert hub.approval().why == "an approval of #1 is by an account that is gone"


def test_a10_an_approver_who_lost_the_right_to_write_counts_no_more(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().granted
    hub.team.invite(hub.karim, "read")
    assert not hub.approval().granted


def test_a12_a_conflict_resolved_with_other_words_waits(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    git, main = hub.team.record.git, hub.team.tip()
    assert main is not None
    who = hub.claire.account.ident
    merged = git.commit_files({PATH: CHANGED}, "Merge", parents=(main, pull.head_sha), author=who, committer=who, at=hub.github.now)
    hub.claire.push_commit(hub.team, "main", merged)
    assert hub.approval().why.startswith("its text changed after its approval")


def test_a13_what_changes_outside_the_post_after_the_review_voids_it(hub: Hub) -> None:
    picture = "content/posts/2026/12/jardin.jpg"
    post = POST.replace("---\nOn", "media:\n  - {src: jardin.jpg, alt: Un arbre}\n---\nOn")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: post, picture: b"first"})
    hub.karim.approve(pull)
    hub.ines.merge(pull, "squash")
    assert hub.approval().granted
    hub.ines.push(hub.team, "main", {picture: b"second"})
    assert not hub.approval().granted
    hub.ines.push(hub.team, "main", {picture: b"first"})
    assert hub.approval().granted


def test_a14_a_policy_that_comes_with_the_post_does_not_judge_it(hub: Hub) -> None:
    policy = POLICY.replace("quorum: 1\napprovers:\n", "quorum: 1\napprovers:\n  omar: {name: Omar, github: 104}\n")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST, "brand/approvals.yml": policy})
    hub.omar.approve(pull)
    hub.ines.merge(pull)
    approval = hub.approval()
    assert not approval.granted and "account 104" in approval.why


def test_a15_a_review_for_another_branch_does_not_count_when_that_is_merged(hub: Hub) -> None:
    hub.ines.push(hub.team, "next", {"content/pages/a.md": "A\n"})
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST}, base="next")
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    second = hub.ines.open_pull_request(hub.team, "next")
    hub.ines.merge(second)
    assert not hub.approval().granted


def test_a15_a_pull_request_aimed_elsewhere_after_its_review_needs_another(hub: Hub) -> None:
    hub.ines.push(hub.team, "next", {PATH: POST})
    hub.ines.push(hub.team, "small", {OTHER_PATH: OTHER}, start="next")
    pull = hub.ines.open_pull_request(hub.team, "small", base="next")
    hub.karim.approve(pull)
    hub.github.advance(minutes=1)
    hub.ines.retarget(pull, "main")
    hub.ines.merge(pull)
    approvals = hub.situation().approvals
    assert (approvals[KEY].granted, approvals[KEY].why) == (False, "the branch that #1 is for was changed or set back after its review")
    assert not approvals["bois@journal"].granted
    hub.github.advance(minutes=1)
    hub.karim.approve(pull)
    assert hub.approval().by == ("karim",)


def test_a15_a_default_branch_set_back_after_the_review_shows_nothing_more(hub: Hub) -> None:
    before = hub.team.tip()
    hub.ines.push(hub.team, "main", {PATH: POST})
    # The pull request shows one post: the other one is on the branch that it is for.
    pull = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.github.advance(minutes=1)
    hub.ines.push_commit(hub.team, "main", before, force=True)
    hub.ines.merge(pull)
    approvals = hub.situation().approvals
    assert (approvals[KEY].granted, approvals["bois@journal"].granted) == (False, False)
    assert approvals[KEY].why == "the branch that #1 is for was changed or set back after its review"
    hub.github.advance(minutes=1)
    hub.karim.approve(pull)
    assert hub.approval().by == ("karim",)


def test_a16_two_reviewed_changes_of_one_post_make_a_third_text(hub: Hub) -> None:
    long = POST + "\nUne ligne.\n\nUne autre.\n\nEncore une.\n\nApportez une bêche.\n"
    first = hub.ines.open_pull_request(hub.team, "portes", {PATH: long})
    hub.karim.approve(first)
    hub.ines.merge(first)
    second = hub.ines.open_pull_request(hub.team, "b", {PATH: long.replace("dimanche", "lundi")})
    third = hub.ines.open_pull_request(hub.team, "c", {PATH: long.replace("une bêche", "deux bêches")})
    for pull in (second, third):
        hub.karim.approve(pull)
        hub.ines.merge(pull)
    approval = hub.approval()
    assert not approval.granted
    assert approval.why.startswith("its text changed after its approval")


def test_a17_a_reviewed_commit_that_was_pushed_away_approves_nothing(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.push(hub.team, "portes", {PATH: POST}, "Again", start="main", force=True)
    hub.ines.merge(pull)
    assert hub.approval().why == "what was reviewed in #1 was replaced by a force-push, and is not there any more"


def test_a20_a_post_that_is_renamed_after_the_review_stays_approved(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.push(hub.team, "portes", {PATH: None, "content/posts/portes.md": POST})
    hub.ines.merge(pull, "squash")
    assert hub.approval().by == ("karim",)


def test_a26_a_fork_that_is_gone_is_read_from_the_pull_request(hub: Hub) -> None:
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    fork = hub.github.fork(hub.team, zoe)
    pull = zoe.open_pull_request(hub.team, "portes", {PATH: POST}, head=fork)
    hub.karim.approve(pull)
    hub.karim.merge(pull, "squash")
    pull.head_repository = None
    assert hub.approval().by == ("karim",)


def test_a26_commits_that_cannot_be_fetched_approve_nothing(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.karim.merge(pull, "squash")
    hub.team.record.git.set_refs({"refs/pull/1/head": None, "refs/heads/portes": None})
    approval = hub.approval()
    assert not approval.granted and "cannot be fetched" in approval.why


def test_a27_the_review_that_counts_may_be_the_three_hundred_and_first(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    for number in range(299):
        hub.claire.remark(pull, f"Remark {number}")
    last = hub.karim.request_changes(pull)
    hub.ines.merge(pull)
    assert pull.reviews[300] is last
    assert hub.approval().why == "changes were requested in #1"


@pytest.mark.parametrize("path", ["/commits/", "/reviews", "/events", "/permission", "/activity", "/calendrier"])
def test_t17_what_github_does_not_answer_is_not_approved(hub: Hub, path: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.situation()
    orders = (hub.github.fail_next, hub.github.cut_answer, hub.github.lose_answer, hub.github.refuse_in_haste)
    for order in orders if path == "/reviews" else orders[:1]:
        order(path=path)  # type: ignore[operator]
        approval = hub.situation(fetch=False).approvals[KEY]
        assert not approval.granted
        assert "GitHub" in approval.why and approval.unread
    assert hub.situation(fetch=False).approvals[KEY].granted


def test_n04_what_github_says_of_an_error_stands_in_no_reason(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.github.fail_next(403, path="/reviews", message="<script>words of others</script>", times=9)
    hub.github.fail_next(502, path="/pulls", message="<script>words of others</script>", times=9)
    situation = hub.situation(proposals=True)
    assert not situation.approvals[KEY].granted
    assert "GitHub" in situation.approvals[KEY].why
    assert "others" not in f"{situation.approvals} {situation.warnings}"


def test_a31_something_else_that_is_reviewed_approves_no_post_that_was_pushed(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {PATH: POST})
    pull = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    approvals = hub.situation().approvals
    assert (approvals[KEY].granted, approvals["bois@journal"].granted) == (False, True)


def test_t16_another_repository_than_the_ledgers_approves_nothing(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.surroundings["GITHUB_REPOSITORY_ID"] = "1"
    assert "a copy approves and sends nothing" in hub.approval().why


def test_t16_a_renamed_repository_is_told_with_what_to_do(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.team.rename("agenda")
    approval = hub.approval()
    assert not approval.granted
    mend = f"was renamed or transferred on GitHub: set its new address with `git remote set-url origin {hub.github.server_url}/jardin/agenda.git`"
    for door in (("status", "portes"), ("who", "portes"), ("plan",), ("publish",)):
        told = " ".join(hub.marronnier(*door, who="publisher").split())
        assert mend in told, door


def test_t16_a_copy_is_told_where_the_repository_is(hub: Hub) -> None:
    hub.ines.merge(hub.ines.open_pull_request(hub.team, "portes", {PATH: POST}))
    hub.surroundings["GITHUB_REPOSITORY"] = hub.github.fork(hub.team, hub.karim).full_name
    told = hub.approval().why
    assert "a copy approves and sends nothing" in told
    assert f"`git remote set-url origin {hub.github.server_url}/{NAME}.git` leads to that one" in told


# What it costs, and what is asked


def test_at_most_four_requests_for_a_publication_beside_people_and_the_repository(hub: Hub) -> None:
    for number in range(3):
        path, text = PATH.replace("portes", f"p{number}"), POST.replace("id: portes", f"id: p{number}").replace("dimanche", f"le {number}")
        pull = hub.ines.open_pull_request(hub.team, f"p{number}", {path: text})
        hub.karim.approve(pull)
        hub.ines.merge(pull, "squash")
    approvals = hub.situation().approvals
    assert [approvals[f"p{number}@journal"].by for number in range(3)] == [("karim",)] * 3
    asked = [f"{path}?{exchange.query}" for path, exchange in zip(hub.asked(), hub.github.exchanges, strict=True)]
    each = r"/commits/\w+/pulls\?.*|/pulls/\d/reviews\?.*|/issues/\d/events\?.*|/activity\?.*heads%2Fp\d"
    beside = [path.replace("per_page=100", "").replace("&&", "&").strip("?&") for path in asked if not re.fullmatch(each, path)]
    # What stands beside them is asked once: the repository, the default branch, each person's right and each address.
    assert sorted(beside) == [
        "",
        "/activity?activity_type=branch_creation&ref=refs%2Fheads%2Fmain",
        "/activity?activity_type=force_push&ref=refs%2Fheads%2Fmain",
        "/collaborators/karim/permission",
        "/pulls/1/commits",
    ]
    assert len(asked) == 3 * 4 + 5
    assert not hub.github.unknown
    github_description.installed()
    assert github_description.problems(hub.github.exchanges) == []


def test_nothing_is_asked_about_what_is_sealed_or_signed(hub: Hub) -> None:
    hub.ines.push(hub.team, "main", {PATH: POST})
    hub.situation()
    hub.town.git(hub.folder, "switch", "-q", "-C", "main", "origin/main", who="karim")
    hub.marronnier("approve", "portes", "--yes", who="karim")
    hub.town.git(hub.folder, "push", "-q", "origin", "main", who="karim")
    before = len(hub.github.exchanges)
    assert hub.approval().by == ("karim",)
    assert len(hub.github.exchanges) == before


def test_without_a_token_one_sentence_says_that_reviews_cannot_be_read(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    hub.surroundings["GITHUB_TOKEN"] = ""
    situation = hub.situation()
    assert not situation.approvals[KEY].granted
    assert [each for each in situation.warnings if "without a token" in each] == [
        "Reviews on GitHub cannot be read without a token: set GITHUB_TOKEN."
    ]
    assert not hub.github.exchanges


def test_a_github_on_this_machine_approves_for_a_brand_under_a_clock_only(town: Town, tmp_path: Path) -> None:
    template = make_template(town, tmp_path / "real", {"brand/brand.yml": "name: Jardin\nzone: Europe/Brussels\n"})
    hub = Hub(town, tmp_path, template)
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.karim.approve(pull)
    hub.ines.merge(pull)
    assert "which only a brand with a `clock` may ask" in hub.approval().why
    assert not hub.github.exchanges
    hub.github.close()


# Proposals


def test_open_pull_requests_are_proposals_with_what_is_missing(hub: Hub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.ines.ask(pull, hub.karim)
    line = hub.lines()["#1 portes"]
    assert line.state == "in-review"
    assert line.why == "new on #1 portes; Karim asked to review it; not approved; Karim or Claire must approve it"
    assert line.next == f"a reviewer approves #1: {hub.github.server_url}/{NAME}/pull/1"
    hub.karim.approve(pull)
    line = hub.lines()["#1 portes"]
    assert (line.why, line.next) == ("new on #1 portes; approved by Karim", "merge #1 portes")


def test_a_draft_is_a_draft_and_a_forks_pull_request_is_shown_without_being_checked_out(hub: Hub) -> None:
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    fork = hub.github.fork(hub.team, zoe)
    zoe.open_pull_request(hub.team, "portes", {PATH: POST}, head=fork, draft=True)
    lines = hub.lines()
    assert list(lines) == ["#1 zoe:portes"]
    assert (lines["#1 zoe:portes"].state, lines["#1 zoe:portes"].publication.post.title) == ("draft", "Portes ouvertes")
    assert not (hub.folder / PATH).exists()


def test_pull_requests_that_cannot_be_listed_are_told_and_branches_stay(hub: Hub) -> None:
    hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.github.fail_next(502, path="/pulls")
    situation = hub.situation(proposals=True)
    assert [proposal.name for proposal in situation.proposals] == ["origin/portes"]
    assert any(warning.startswith("Pull requests are not shown: GitHub failed") for warning in situation.warnings)
