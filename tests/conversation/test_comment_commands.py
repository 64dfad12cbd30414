"""Commands in comments on a fake GitHub: who may give them, what they do, and that each is answered once."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conversing import PUBLISHING_JOB, TalkingHub, active_pieces
from marronnier import plan
from marronnier.forge import ForgeTrouble
from people import Town
from reviewing import KEY, OTHER, OTHER_PATH, PATH, POST
from servers import github_description


def state(hub: TalkingHub, key: str = KEY) -> tuple[str, str]:
    line = next(line for line in plan.make(hub.situation()).lines if line.key == key)
    return line.state, line.why


# The two halves


def test_a_comment_is_asked_for_without_secrets_and_carried_out_by_the_publisher(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    comment = hub.omar.comment(pull, "Attendez, il pleut.\n\n/hold")
    assert hub.ask(comment).is_asked
    [dispatch] = hub.team.dispatches
    assert dispatch.payload["inputs"] == {"command": "comment", "comment": str(comment.id)}
    assert [sign for _id, _by, sign, _at in comment.reactions] == ["eyes"]
    assert hub.answers(comment) == [] and hub.history(KEY).is_empty
    hub.act(comment)
    assert hub.answer(comment) == (
        "`/hold`\n\n✓ 1 publication is on hold:\n\n- `portes@journal`\n\n"
        "Whoever may approve releases one with a comment. Other words end the hold once they are approved. Copy a line:\n\n"
        "```text\n/retry portes@journal\n```"
    )


def test_a_freeze_needs_no_reason(hub: TalkingHub) -> None:
    hub.tell(hub.omar.comment(hub.merged_post(), "/freeze"))
    [issue] = hub.issues_of("freeze")
    assert "`omar` asked for it in #1, without a reason." in (issue.body or "")


def test_a_comment_is_answered_once(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    hub.both(comment)
    for told in (hub.ask(comment), hub.act(comment)):
        assert told.told == f"Comment {comment.id} was left alone: it was answered already."
    assert len(hub.answers(comment)) == 1 and len(hub.team.dispatches) == 1
    assert [event.name for event in hub.history(KEY).events] == ["held"]


def test_an_answer_that_was_lost_is_found_again(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    hub.github.lose_answer(method="POST", path="/comments")
    hub.act(comment)
    assert len(hub.answers(comment)) == 1


def test_what_was_done_before_a_crash_is_answered_and_not_done_again(hub: TalkingHub) -> None:
    comment = hub.claire.comment(hub.merged_post(), "/hold")
    hub.github.fail_next(500, method="POST", path="/comments")
    with pytest.raises(ForgeTrouble):
        hub.act(comment)
    hub.act(comment)
    assert "✓ 1 publication is on hold" in hub.answer(comment)
    assert [event.name for event in hub.history(KEY).events] == ["held"]


def test_nothing_is_said_where_the_comment_is_gone(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    comment.issue.comments.remove(comment)
    assert hub.act(comment).told == f"Comment {comment.id} is gone: nothing was done."


def test_a_command_in_a_terminal_says_what_it_did(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    with hub.in_job(PUBLISHING_JOB, holds_key=True):
        assert hub.marronnier("comment", str(comment.id), "--dispatch") == f"Comment {comment.id}: the workflow that acts was started.\n"
        assert hub.marronnier("comment", str(comment.id), who="publisher") == f"Comment {comment.id}: 1 of 1 commands carried out.\n"


def test_plain_git_has_no_comments(town: Town, tmp_path: Path) -> None:
    repo = town.newsroom(tmp_path / "plain")
    env = town.surroundings("ines", "2026-11-20 09:00")
    done = subprocess.run(["marronnier", "comment", "7"], cwd=repo, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and "plain Git, which has no comments" in done.stderr


# Who may


def test_w05_who_may_not_write_gives_no_command(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    stranger = hub.github.person("zoe", id=900)
    first, second = stranger.comment(pull, "/freeze now"), stranger.comment(pull, "/hold")
    for comment in (first, second):
        assert not hub.ask(comment).is_asked
        hub.act(comment)
    assert hub.answer(first) == "`/freeze now`\n\n✗ Only those who may write to this repository give commands."
    # Answered once in each conversation: nobody makes us fill it.
    assert hub.answers(second) == [] and [sign for _id, _by, sign, _at in second.reactions] == ["confused"]
    assert hub.team.dispatches == [] and hub.issues_of("freeze") == [] and hub.history(KEY).is_empty


def test_w05_only_approvers_of_the_policy_in_force_thaw_and_settle(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    for words in ("/thaw", f"/retry {KEY}", f"/settle {KEY} not-sent"):
        comment = hub.omar.comment(pull, words)
        assert not hub.ask(comment).is_asked
        assert "Only those may do this who may approve by the policy in force: Inès, Karim, Claire." in hub.answer(comment)


def test_w05_naming_oneself_in_the_policy_gives_no_command(hub: TalkingHub) -> None:
    policy = hub.team.file("brand/approvals.yml") or ""
    hub.omar.push(hub.team, "main", {"brand/approvals.yml": policy + "  omar: {name: Omar, github: 104}\n"})
    comment = hub.omar.comment(hub.merged_post(), "/thaw")
    hub.both(comment)
    assert "✗" in hub.answer(comment) and hub.team.dispatches == []


def test_w05_an_edited_comment_gives_no_command(hub: TalkingHub) -> None:
    comment = hub.claire.comment(hub.merged_post(), "Merci.")
    hub.github.advance(seconds=5)
    hub.omar.edit_comment(comment, f"/settle {KEY} sent https://example.org/portes")
    hub.both(comment)
    assert "✗ This comment was edited, and who may write can edit the comments of others: nothing was done." in hub.answer(comment)
    assert hub.team.dispatches == []


def test_w05_a_comment_edited_after_it_was_asked_for_is_not_carried_out(hub: TalkingHub) -> None:
    comment = hub.claire.comment(hub.merged_post(), "/hold")
    assert hub.ask(comment).is_asked
    hub.github.advance(seconds=5)
    hub.omar.edit_comment(comment, f"/retry {KEY}")
    hub.act(comment)
    assert "was edited" in hub.answer(comment) and hub.history(KEY).is_empty


def test_a08_a_robot_gives_no_command(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    comment = hub.github.actions(hub.team).comment(pull, f"/retry {KEY}")
    assert hub.act(comment).told == f"Comment {comment.id} was left alone: a robot wrote it."
    assert hub.answers(comment) == []


def test_a09_a_name_that_passed_to_somebody_else_gives_no_command(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    comment = hub.claire.comment(pull, "/hold")
    hub.claire.rename("claire-elsewhere")
    other = hub.github.person("claire", id=950)
    taken = other.comment(pull, "/thaw")
    assert not hub.ask(taken).is_asked
    assert "Only those who may write" in hub.answer(taken)
    # Renamed, Claire is still Claire.
    hub.tell(comment)
    assert hub.history(KEY).events[-1].data["who"] == "claire"


def test_a09_who_left_the_team_since_gives_no_command(hub: TalkingHub) -> None:
    comment = hub.claire.comment(hub.merged_post(), "/hold")
    assert hub.ask(comment).is_asked
    hub.team.expel(hub.claire)
    hub.act(comment)
    assert "Only those who may write" in hub.answer(comment) and hub.history(KEY).is_empty


# What is a command


def test_quoted_words_are_no_command(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "> /hold\n\n```\n/hold\n```\n\nSay `/hold`.")
    assert hub.ask(comment).told == f"Comment {comment.id} was left alone: it holds no command."
    assert hub.answers(comment) == []


def test_one_wrong_command_stops_the_whole_comment(hub: TalkingHub) -> None:
    comment = hub.claire.comment(hub.merged_post(), "/hold\n/settle portes")
    assert not hub.ask(comment).is_asked
    assert hub.answer(comment) == (
        "`/hold`\n\n✗ Nothing of this comment was done.\n\n`/settle portes`\n\n✗ Write it like `/settle KEY sent URL | not-sent | never`. "
        "KEY is a post on a channel, like `portes-ouvertes@journal`: the report shows it, and the issue about the post."
    )


def test_w04_words_of_a_comment_stand_in_code(hub: TalkingHub) -> None:
    words = "/freeze `@karim` fixes #1 <img src=x> ::set-output name=x::y ![](https://evil.example/p.png)"
    comment = hub.omar.comment(hub.merged_post(), words)
    hub.both(comment)
    [issue] = hub.issues_of("freeze")
    for text in (hub.answer(comment), (issue.body or "").partition("\n")[2]):
        assert active_pieces(text) == []
    assert issue.title == "Freeze: nothing goes out"


# /hold


def test_what_is_on_hold_does_not_go_out(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.tell(hub.omar.comment(pull, "/hold"))
    assert state(hub) == ("held", "`omar` put it on hold")
    assert "Nothing to send now" in hub.publish("2026-12-05 10:01")
    assert hub.history(KEY).receipt is None
    assert "✗" in hub.tell(hub.omar.comment(pull, f"/retry {KEY}"))
    assert (
        hub.tell(hub.claire.comment(pull, f"/retry {KEY}"))
        == f"`/retry {KEY}`\n\n✓ Recorded. `{KEY}`: the next run sends it, or its hour does where that is still to come."
    )
    assert state(hub)[0] == "ready"
    assert "1 publication sent" in hub.publish("2026-12-05 10:05")


def test_a_hold_in_an_open_pull_request_lasts_after_its_merge(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.omar.comment(pull, "/hold")
    assert "- `portes@journal`" in hub.tell(comment)
    hub.karim.approve(pull)
    hub.claire.merge(pull)
    assert state(hub)[0] == "held"


def test_a_hold_by_name_holds_a_post_as_it_is_and_as_it_is_proposed(hub: TalkingHub) -> None:
    """Whoever names a post wants it not to go out, whether the pull request comes in or not."""
    hub.merged_post()
    other = hub.ines.open_pull_request(hub.team, "encore", {PATH: POST.replace("dimanche", "lundi")})
    hub.tell(hub.omar.comment(other, "/hold portes"))
    assert state(hub) == ("held", "`omar` put it on hold")
    hub.karim.approve(other)
    hub.claire.merge(other)
    assert state(hub) == ("held", "`omar` put it on hold")
    hub.tell(hub.claire.comment(other, f"/retry {KEY}"))
    assert state(hub)[0] == "ready"


def test_other_words_end_a_hold_once_they_are_approved(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.tell(hub.omar.comment(pull, "/hold"))
    other = hub.ines.open_pull_request(hub.team, "encore", {PATH: POST.replace("dimanche", "lundi")})
    hub.ines.merge(other)
    assert state(hub)[0] == "held" and "not approved" in state(hub)[1]
    again = hub.ines.open_pull_request(hub.team, "enfin", {PATH: POST.replace("dimanche", "mardi")})
    hub.karim.approve(again)
    hub.ines.merge(again)
    assert state(hub)[0] == "ready"


def test_another_date_does_not_end_a_hold(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.tell(hub.omar.comment(pull, "/hold"))
    hub.merged_post(POST.replace("10:00", "11:00"), branch="later")
    assert state(hub) == ("held", "`omar` put it on hold")


def test_a_hold_comes_too_late_for_what_is_out(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish("2026-12-05 10:01")
    assert hub.tell(hub.omar.comment(pull, "/hold")) == "`/hold`\n\n✗ Already out:\n\n- `portes@journal`"


def test_a_hold_in_an_issue_names_its_post(hub: TalkingHub) -> None:
    hub.merged_post()
    issue = hub.omar.open_issue(hub.team, "Il pleut")
    assert "Name the post: `/hold POST`." in hub.tell(hub.omar.comment(issue, "/hold"))
    assert "- `portes@journal`" in hub.tell(hub.omar.comment(issue, "/hold portes"))


# /freeze and /thaw


def test_a_freeze_needs_no_second_job_and_stops_everything(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    comment = hub.omar.comment(pull, "/freeze un accident au parc")
    assert not hub.ask(comment).is_asked and hub.team.dispatches == []
    [issue] = hub.issues_of("freeze")
    assert [label.name for label in issue.labels] == ["marronnier: freeze"] and "`un accident au parc`" in (issue.body or "")
    assert hub.answer(comment).startswith(f"`/freeze un accident au parc`\n\n✓ Frozen by #{issue.number}: nothing goes out")
    assert f"on issue #{issue.number}: close it" in hub.publish("2026-12-05 10:01")
    assert hub.history(KEY).receipt is None


def test_a_freeze_does_not_rest_on_an_issue_that_its_author_can_close(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    theirs = hub.omar.open_issue(hub.team, "Accident", labels=["marronnier: freeze"])
    hub.tell(hub.claire.comment(pull, "/freeze"))
    theirs.state = "closed"
    [ours] = hub.issues_of("freeze")
    assert f"on issue #{ours.number}: close it" in hub.publish("2026-12-05 10:01")


def test_a_freeze_is_one_issue_also_when_the_answer_was_lost(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.github.lose_answer(method="POST", path="/issues")
    first, second = hub.omar.comment(pull, "/freeze one"), hub.claire.comment(pull, "/freeze two")
    hub.ask(first)
    hub.ask(second)
    [issue] = hub.issues_of("freeze")
    assert f"✓ Frozen by #{issue.number}" in hub.answer(first)
    assert hub.answer(second).endswith(f"✓ Everything is frozen already, by #{issue.number}.")


def test_a_thaw_by_an_approver_sends_no_burst(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.ask(hub.omar.comment(pull, "/freeze vite"))
    assert "Thawed." in hub.tell(hub.claire.comment(pull, "/thaw"))
    assert [issue.state for issue in hub.issues_of("freeze")] == ["closed"]
    # Later than its grace: a person decides.
    assert "Nothing to send now" in hub.publish("2026-12-05 15:00")
    assert state(hub)[0] != "sent" and hub.history(KEY).receipt is None


def test_a_thaw_says_what_still_freezes(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.claire.push(hub.team, "main", {"calendar/freeze.yml": "why: élections\n"})
    assert hub.tell(hub.claire.comment(pull, "/thaw")) == "`/thaw`\n\n✗ Still frozen: frozen by `calendar/freeze.yml`"


def test_a_label_on_a_pull_request_is_no_freeze(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.omar.label(pull, "marronnier: freeze")
    comment = hub.omar.comment(pull, "/freeze vite")
    hub.ask(comment)
    assert len(hub.issues_of("freeze")) == 1 and "✓ Frozen by #" in hub.answer(comment)
    assert "Thawed." in hub.tell(hub.claire.comment(pull, "/thaw")) and pull.issue.state == "open"


# /retry and /settle


def test_retry_and_settle_check_what_settle_checks(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    assert "nothing to settle: no send is in doubt" in hub.tell(hub.claire.comment(pull, f"/settle {KEY} not-sent"))
    assert "did not miss its time" in hub.tell(hub.claire.comment(pull, f"/retry {KEY}"))
    assert "There is no publication" in hub.tell(hub.claire.comment(pull, "/retry nothing@journal"))


def test_a_missed_post_is_sent_by_a_comment(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.publish("2026-12-05 15:00")
    comment = hub.claire.comment(pull, f"/retry {KEY}")
    late = datetime(2026, 12, 5, 15, 0, tzinfo=UTC)
    assert hub.ask(comment, late).is_asked
    hub.act(comment, late)
    event = hub.history(KEY).events[-1]
    assert (event.name, event.data["who"], event.data["comment"]) == ("released", "claire", comment.id)
    assert "1 publication sent" in hub.publish("2026-12-05 15:05")


# /reschedule


def test_another_date_is_a_commit_by_whoever_asked(hub: TalkingHub) -> None:
    written = POST.replace("date: 2026-12-05 10:00", "date:   2026-12-05 10:00   # samedi")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: written})
    comment = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")
    assert "✓ `portes` moves: Saturday 5 December 2026 10:00 → Saturday 12 December 2026 11:30." in hub.both(comment)
    assert hub.team.file(PATH, "portes") == written.replace("2026-12-05 10:00", "2026-12-12 11:30")
    assert [event.payload["workflow"] for event in hub.team.dispatches] == [
        ".github/workflows/publish.yml",
        ".github/workflows/check.yml",
    ]
    # Karim counts as an author now; Claire does not.
    hub.karim.approve(pull)
    hub.claire.approve(pull)
    hub.ines.merge(pull)
    assert hub.approval().by == ("claire",)


def test_another_date_in_a_fork_is_suggested(hub: TalkingHub) -> None:
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    fork = hub.github.fork(hub.team, zoe)
    pull = zoe.open_pull_request(hub.team, "portes", {PATH: POST}, head=fork)
    told = hub.tell(hub.karim.comment(pull, "/reschedule samedi 12 décembre 2026 à 11h30"))
    assert f"`{PATH}:4`" in told and "```text\ndate: 2026-12-12 11:30\n```" in told
    assert fork.file(PATH, "portes") == POST


def test_of_several_posts_one_is_named(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST, OTHER_PATH: OTHER})
    told = hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12"))
    assert "/reschedule bois 2026-12-12\n/reschedule portes 2026-12-12" in told
    hub.tell(hub.karim.comment(pull, "/reschedule bois 2026-12-12"))
    assert "date: 2026-12-12\n" in (hub.team.file(OTHER_PATH, "portes") or "") and hub.team.file(PATH, "portes") == POST


def test_however_the_date_is_written_one_line_changes(hub: TalkingHub) -> None:
    forms = {
        "slot: mardi-conseil": "date: 2026-12-12 11:30",
        "date: when-approved": "date: 2026-12-12 11:30",
        '"date" : "2026-12-05"': '"date" : 2026-12-12 11:30',
    }
    for number, (before, after) in enumerate(forms.items()):
        written = POST.replace("date: 2026-12-05 10:00", before).replace("\n", "\r\n")
        pull = hub.ines.open_pull_request(hub.team, f"portes-{number}", {PATH: written})
        assert "✓" in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12 11:30"))
        assert hub.team.file(PATH, f"portes-{number}") == written.replace(before, after)


def test_a_past_date_and_a_closed_pull_request_are_refused(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    assert "This pull request is closed." in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12"))
    other = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    assert "2026-11-01 is past." in hub.tell(hub.karim.comment(other, "/reschedule 2026-11-01"))


def test_a_date_is_written_once_and_over_nothing_that_was_pushed(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    refused, lost = (hub.karim.comment(pull, f"/reschedule 2026-12-{day} 11:30") for day in (11, 12))
    hub.github.fail_next(409, method="PUT", path="/contents", message=f"{PATH} does not match")
    hub.act(refused)
    assert "✗" in hub.answer(refused) and hub.team.file(PATH, "portes") == POST
    hub.github.lose_answer(method="PUT", path="/contents")
    hub.act(lost)
    assert "✓" in hub.answer(lost) and "date: 2026-12-12 11:30" in (hub.team.file(PATH, "portes") or "")


def test_every_request_is_as_github_describes_it(hub: TalkingHub) -> None:
    """The other fakes of these tests are held to the same description when they end, where it is installed (`tests/conftest.py`)."""
    github_description.installed()
    pull = hub.merged_post()
    hub.both(hub.claire.comment(pull, "/hold\n/freeze x"))
    hub.both(hub.claire.comment(pull, "/thaw"))
    open_pull = hub.ines.open_pull_request(hub.team, "bois", {OTHER_PATH: OTHER})
    hub.both(hub.karim.comment(open_pull, "/reschedule 2026-12-12"))
    hub.both(hub.github.person("zoe", id=900).comment(pull, "/hold"))
    hub.publish("2026-12-12 15:00")
    asked = {(one.method, one.template.removeprefix("/repos/{owner}/{repo}")) for one in hub.github.exchanges}
    assert asked >= {
        ("POST", "/issues"),
        ("PATCH", "/issues/{issue_number}"),
        ("POST", "/issues/{issue_number}/comments"),
        ("POST", "/issues/comments/{comment_id}/reactions"),
        ("PUT", "/contents/{path}"),
        ("POST", "/actions/workflows/{workflow_id}/dispatches"),
        ("GET", "/collaborators/{username}/permission"),
    }
    assert hub.github.unknown == [] and github_description.problems(hub.github.exchanges) == []
