"""Comments that go wrong, or are meant to: each is answered or left alone, and nothing happens that nobody may ask for."""

from __future__ import annotations

import pytest

from conversing import COMMENT_JOB, TalkingHub
from marronnier import plan
from marronnier.forge import ForgeTrouble
from reviewing import KEY, OTHER, OTHER_PATH, PATH, POST


def state(hub: TalkingHub, key: str = KEY) -> str:
    return next(line.state for line in plan.make(hub.situation()).lines if line.key == key)


def test_a_freeze_that_github_refuses_is_answered(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    comment = hub.omar.comment(pull, "/freeze vite")
    hub.github.fail_next(422, method="POST", path="/issues", message="Validation Failed")
    hub.ask(comment)
    assert "✗" in hub.answer(comment) and "Validation Failed" in hub.answer(comment)


def test_a_freeze_of_a_repository_without_issues_says_what_to_do(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.team.record.settings.has_issues = False
    comment = hub.omar.comment(pull, "/freeze vite")
    hub.ask(comment)
    assert "✗" in hub.answer(comment) and "calendar/freeze.yml" in hub.answer(comment)


def test_nobody_is_told_each_time_that_there_are_no_issues(hub: TalkingHub) -> None:
    hub.merged_post()
    hub.publish()
    hub.team.record.settings.has_issues = False
    assert "The issues" not in hub.publish("2026-12-05 15:00")


def test_a_freeze_does_not_need_a_policy_or_a_calendar_that_can_be_read(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.claire.push(hub.team, "main", {"brand/approvals.yml": "quorum: [", "brand/channels.yml": "{"})
    comment = hub.omar.comment(pull, "/freeze vite")
    hub.ask(comment)
    assert "✓ Frozen by #" in hub.answer(comment)


def test_c12_very_long_commands_freeze_and_are_answered(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    for reason in ("x" * 19_000, "\u200b\x07" * 9_000, "é`" * 9_000, "🌳" * 19_000):
        comment = hub.omar.comment(pull, f"/freeze a{reason}")
        hub.ask(comment)
        issue = hub.issues_of("freeze")[-1]
        assert issue.state == "open" and "✓ Frozen by #" in hub.answer(comment)
        assert max(len(hub.answers(comment)[0]), len(issue.body or "")) < 5000
        hub.claire.close_issue(issue)


def test_retry_approves_nothing(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    hub.tell(hub.omar.comment(pull, "/hold"))
    hub.ines.merge(pull)
    told = hub.tell(hub.claire.comment(pull, f"/retry {KEY}"))
    hub.publish()
    hub.publish("2026-12-05 10:01")
    assert state(hub) in ("held", "draft") and hub.history(KEY).receipt is None, told


def test_what_is_out_is_not_retried(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.publish()
    hub.publish("2026-12-05 10:01")
    assert "✗" in hub.tell(hub.claire.comment(pull, f"/retry {KEY}")) and state(hub) == "sent"
    assert [event.name for event in hub.history(KEY).events].count("sent") == 1


def test_c05_an_hour_that_the_clocks_skip_or_repeat_is_answered_with_both_readings(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    for words in ("/reschedule 2027-03-28 02:30", "/reschedule 2027-10-31 02:30"):
        before = hub.team.file(PATH, "portes") or ""
        told = hub.tell(hub.karim.comment(pull, words))
        assert "✗" in told and "earlier`" in told and "later`" in told
        assert hub.team.file(PATH, "portes") == before
        assert "✓" in hub.tell(hub.karim.comment(pull, f"{words} later"))
        assert f"date: {words.removeprefix('/reschedule ')} later\n" in (hub.team.file(PATH, "portes") or "")


def test_c04_a_date_at_the_end_of_time_is_answered(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    for date in ("0001-01-01 00:00 +14:00", "9999-12-31 23:59", "2199-12-31 23:59 -14:00", "1990-01-01 00:00 +14:00"):
        assert hub.both(hub.karim.comment(pull, f"/reschedule {date}"))


def test_c07_a_post_that_is_no_text_is_answered(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.encode() + b"\xff\xfe"})
    assert "✗" in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12"))


def test_c07_a_byte_order_mark_and_accents_in_another_form_stay(hub: TalkingHub) -> None:
    written = "\ufeff" + POST.replace("dimanche", "de\u0301cembre")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: written})
    assert "✓" in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12 11:30"))
    assert hub.team.file(PATH, "portes") == written.replace("2026-12-05 10:00", "2026-12-12 11:30")


def test_a_post_that_the_pull_request_deletes_or_renames_is_not_moved(hub: TalkingHub) -> None:
    hub.merged_post()
    other = PATH.replace("portes", "autres")
    gone = hub.ines.open_pull_request(hub.team, "gone", {PATH: None})
    assert "changes no post." in hub.tell(hub.karim.comment(gone, "/reschedule 2026-12-12"))
    moved = hub.ines.open_pull_request(hub.team, "moved", {PATH: None, other: POST})
    assert "✓" in hub.tell(hub.karim.comment(moved, "/reschedule 2026-12-12"))


def test_a_fork_that_is_gone_is_answered(hub: TalkingHub) -> None:
    zoe = hub.github.person("zoe", id=900, email="zoe@example.org")
    fork = hub.github.fork(hub.team, zoe)
    pull = zoe.open_pull_request(hub.team, "portes", {PATH: POST}, head=fork)
    hub.team.delete_fork(fork)
    for words in ("/hold", "/reschedule 2026-12-12"):
        assert hub.both(hub.karim.comment(pull, words))


def test_a_locked_conversation_stops_no_other(hub: TalkingHub) -> None:
    first = hub.merged_post()
    second = hub.merged_post(OTHER, OTHER_PATH, "bois")
    hub.publish()
    hub.github.fail_next(403, method="POST", path=f"/issues/{first.number}/comments", message="locked")
    said = hub.publish("2026-12-05 10:01")
    assert "The pull requests were not told what went out" in said
    assert [each.body for each in second.issue.comments if "Where it landed" in each.body]


def test_one_issue_that_cannot_be_given_to_its_owner_stops_no_other(hub: TalkingHub) -> None:
    owned = POST.replace("date:", "owner: ines\ndate:")
    hub.merged_post(owned)
    hub.merged_post(OTHER.replace("date:", "owner: ines\ndate:"), OTHER_PATH, "bois")
    hub.publish()
    hub.github.fail_next(403, method="POST", path="/assignees", message="no")
    said = hub.publish("2026-12-05 15:00")
    assert "not up to date" in said and {issue.title for issue in hub.issues_of("person")} == {"portes needs you", "bois needs you"}


def test_t05_a_busy_github_is_asked_again_by_the_next_run_and_told_once(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    hub.github.fail_next(429, method="GET", path="/collaborators", message="slow down")
    with pytest.raises(Exception, match="takes no more requests"):
        hub.act(comment)
    assert hub.answers(comment) == [] and hub.history(KEY).is_empty
    assert "✓" in hub.tell(comment)


def test_on_a_server_of_ones_own_our_comments_are_ours(hub: TalkingHub) -> None:
    """`github-actions[bot]` has another number there than on github.com."""
    state = hub.github.state
    robot = next(each for each in state.accounts.values() if each.login == "github-actions[bot]")
    robot.id = 7
    state.accounts[7] = robot
    pull = hub.merged_post()
    hub.publish()
    for minute in (1, 2, 3):
        hub.publish(f"2026-12-05 10:0{minute}")
    assert len([each for each in pull.issue.comments if "Where it landed" in each.body]) == 1


def test_c12_a_comment_that_is_too_long_is_answered_and_never_cut_into_another_command(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    for text in ("x\n" * 9995 + "/hold portes-ouvertes", "x" * 65_000 + "\n\n/freeze"):
        comment = hub.omar.comment(pull, text)
        assert not hub.ask(comment).is_asked
        assert "✗ This comment is too long for a command" in hub.answer(comment)
    assert hub.issues_of("freeze") == [] and hub.history(KEY).is_empty


def test_a_comment_whose_issue_was_transferred_is_gone(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    hub.github.fail_next(301, method="GET", path=f"/issues/comments/{comment.id}$", message="Moved Permanently")
    assert hub.act(comment).told == f"Comment {comment.id} is gone: nothing was done."


def test_a_comment_gives_a_post_one_date(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    told = hub.both(hub.karim.comment(pull, "/reschedule 2026-12-13\n/reschedule portes 2026-12-14"))
    assert told.count("✗ A comment gives a post one date") == 2 and hub.team.file(PATH, "portes") == POST


def test_a_date_that_was_written_for_a_comment_does_not_overrule_a_later_one(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")
    hub.github.fail_next(500, method="POST", path="/comments")
    with pytest.raises(ForgeTrouble):
        hub.act(comment)
    later = POST.replace("2026-12-05", "2026-12-25")
    hub.ines.push(hub.team, "portes", {PATH: later})
    assert "✓ `portes` moves: Saturday 5 December 2026 10:00 → Saturday 12 December 2026 11:30." in hub.tell(comment)
    assert hub.team.file(PATH, "portes") == later


def test_a_branch_that_moved_on_in_the_same_moment_is_told_in_plain_words(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")
    pushed = POST.replace("dimanche", "lundi")
    hub.github.before_next(lambda: hub.ines.push(hub.team, "portes", {PATH: pushed}), method="PUT", path="/contents")
    told = hub.tell(comment)
    assert "✗ Somebody else changed the branch in the same moment: the date was not written." in told and "409" not in told
    assert hub.team.file(PATH, "portes") == pushed


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("date: 2026-12-05 10:00\ndate: 2026-12-06 10:00", f"✗ This cannot be read as a post: `{PATH}`. The check says what to correct."),
        ("date: &d 2026-12-05 10:00", f"✗ This cannot be read as a post: `{PATH}`. The check says what to correct."),
        ("date: 2026-12-01\nslot: mardi-conseil", "→ Write `date: 2026-12-12 11:30` there, and take `slot` out."),
        ("date: >-\n  2026-12-05 10:00", "→ Write `date: 2026-12-12 11:30` there."),
    ],
)
def test_a_date_that_only_people_change_is_left_and_says_why(hub: TalkingHub, lines: str, told: str) -> None:
    text = POST.replace("date: 2026-12-05 10:00", lines)
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: text})
    assert told in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12 11:30"))
    assert hub.team.file(PATH, "portes") == text


def test_a_line_that_is_added_ends_as_the_others_do(hub: TalkingHub) -> None:
    text = POST.replace("date: 2026-12-05 10:00\n", "").replace("\n", "\r\n")
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: text})
    assert "✓" in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12 11:30"))
    assert hub.team.file(PATH, "portes") == text.replace("---\r\n", "---\r\ndate: 2026-12-12 11:30\r\n", 1)


def test_a_deleted_account_gives_no_command(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    comment = hub.claire.comment(pull, "/hold")
    hub.claire.delete_account()
    hub.ask(comment)
    hub.act(comment)
    assert hub.history(KEY).is_empty and hub.team.dispatches == []


def test_a_comment_on_another_repositorys_number_is_none(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/hold")
    with hub.in_job(COMMENT_JOB, holds_key=False):
        assert "is gone: nothing was done" in hub.marronnier("comment", str(comment.id + 1), "--dispatch")
