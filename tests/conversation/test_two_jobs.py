"""One comment, carried out by several publishing jobs, or once more after a crash: done once, and answered with what was done."""

from __future__ import annotations

import pytest

from conversing import TalkingHub
from marronnier.demo.github.records import FakeComment
from marronnier.forge import ForgeTrouble
from reviewing import PATH, POST

MOVED = "✓ `portes` moves: Saturday 5 December 2026 10:00 → Saturday 12 December 2026 11:30."


def in_both_jobs(hub: TalkingHub, comment: FakeComment, method: str, path: str) -> None:
    """Two publishing jobs carry a comment out: the second whole, in the moment before a request of the first arrives."""
    hub.github.before_next(lambda: hub.act(comment), method=method, path=path)
    hub.act(comment)


BEFORE_ITS_FIRST = {
    "look": ("GET", "/issues$"),
    "close": ("PATCH", r"/issues/\d+$"),
    "word": ("POST", "/comments$"),
    "reading": ("GET", "/comments$"),
}


@pytest.mark.parametrize("before", BEFORE_ITS_FIRST)
def test_a_thaw_by_two_jobs_is_told_as_one(hub: TalkingHub, before: str) -> None:
    pull = hub.merged_post()
    hub.ask(hub.omar.comment(pull, "/freeze vite"))
    comment = hub.claire.comment(pull, "/thaw")
    in_both_jobs(hub, comment, *BEFORE_ITS_FIRST[before])
    assert hub.answer(comment).startswith("`/thaw`\n\n✓ Thawed.")
    [issue] = hub.issues_of("freeze")
    assert issue.state == "closed" and len(issue.comments) == 1 and "`claire`" in issue.comments[0].body


def test_a_late_second_job_ends_no_later_freeze(hub: TalkingHub) -> None:
    """It waited for somebody's click. The first closed the issue, and its answer did not get through."""
    pull = hub.merged_post()
    hub.ask(hub.omar.comment(pull, "/freeze vite"))
    comment = hub.claire.comment(pull, "/thaw")
    hub.github.fail_next(500, method="POST", path=f"/issues/{pull.number}/comments")
    with pytest.raises(ForgeTrouble):
        hub.act(comment)
    hub.ask(hub.omar.comment(pull, "/freeze encore"))
    assert "Still frozen" in hub.tell(comment)
    assert [issue.state for issue in hub.issues_of("freeze")] == ["closed", "open"]


def test_a_freeze_that_somebody_ended_is_not_begun_again_by_a_late_job(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    comment = hub.omar.comment(pull, "/freeze vite\n/hold")
    assert hub.ask(comment).is_asked
    hub.claire.close_issue(hub.issues_of("freeze")[0])
    told = hub.tell(comment)
    assert [issue.state for issue in hub.issues_of("freeze")] == ["closed"]
    assert "✓ It was frozen by #" in told and "✓ 1 publication is on hold" in told


def test_one_comment_freezes_or_thaws(hub: TalkingHub) -> None:
    comment = hub.claire.comment(hub.merged_post(), "/thaw\n/freeze vite")
    assert not hub.ask(comment).is_asked
    assert "A comment freezes or thaws, not both." in hub.answer(comment) and hub.issues_of("freeze") == []


def test_an_answer_that_did_less_never_takes_the_place_of_one_that_did_more(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")

    def go_on_after_the_other() -> None:
        hub.act(comment)
        hub.ines.push(hub.team, "portes", {PATH: POST.replace("dimanche", "samedi")})

    hub.github.before_next(go_on_after_the_other, method="PUT", path="/contents")
    hub.act(comment)
    assert MOVED in hub.answer(comment)


def test_a_date_that_was_written_before_a_crash_is_answered_as_written(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")
    hub.github.fail_next(500, method="POST", path="/comments")
    with pytest.raises(ForgeTrouble):
        hub.act(comment)
    assert MOVED in hub.tell(comment)
    other = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")
    assert "✓ `portes` has that date already." in hub.tell(other)


def test_two_publishing_jobs_at_once_write_one_date_and_answer_that_it_is_done(hub: TalkingHub) -> None:
    """Where channels have environments of their own, each publishing job reads the comment."""
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    comment = hub.karim.comment(pull, "/reschedule 2026-12-12 11:30")
    in_both_jobs(hub, comment, "PUT", "/contents")
    assert MOVED in hub.answer(comment)
    assert "date: 2026-12-12 11:30" in (hub.team.file(PATH, "portes") or "")
