"""Histories that chance seldom tells, each told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from histories.history import History
from histories.oracle import Verdict
from histories.world import Templates
from marronnier.demo.github import FakeGitHub
from people import Town


@pytest.fixture
def here(town: Town, tmp_path: Path) -> Iterator[History]:
    class Here(History):
        pass

    Here.town, Here.folder, Here.seen = town, tmp_path / "worlds", Counter()
    Here.templates = Templates(town, tmp_path / "templates")
    with FakeGitHub(tmp_path / "github") as Here.github, Here.git.remembering():
        told = Here()
        yield told
        told.teardown()


def verdicts(here: History) -> list[Verdict]:
    """What is remembered; what the tool would send is compared with it after each merge."""
    return [verdict for _name, verdict, _why in here._verdicts()]


@pytest.mark.parametrize("then", ["dismiss", "request", "push"])
def test_the_memory_knows_what_was_taken_back(here: History, then: str) -> None:
    here.begin("one", 0, "merge")
    here.change_well("tomates", ("first", ""), "ines", "karim", "squash", "push", then)
    assert verdicts(here) == [Verdict.NO]


@pytest.mark.parametrize("other", [False, True], ids=["alone", "with another post"])
@pytest.mark.parametrize("method", ["merge", "squash"])
def test_the_reviewed_of_two_requests_with_the_same_words_comes_second(here: History, method: str, other: bool) -> None:
    here.begin("one", 0, "merge")
    for who in ("ines", "omar"):
        here.open("tomates", ("first", ""), who, "push")
    if other:
        here.push_more(1, "abeilles", ("first", ""), "omar")
    here.approve(1, "karim", False)
    here.merge(0, "ines", "squash")
    assert verdicts(here) == [Verdict.NO]
    here.merge(0, "ines", method)
    assert set(verdicts(here)) == {Verdict.YES}


@pytest.mark.parametrize("asked", [False, True], ids=["in its own pull request", "when it was asked for"])
def test_a_small_move_keeps_an_approval_of_the_approver_who_moves_it(here: History, asked: bool) -> None:
    here.begin("one", 0, "merge")
    here.open("tomates", ("first", ""), "ines", "push")
    if asked:
        here.merge(0, "ines", "merge")
        here.ask("tomates", "ines", "karim")
        here.merge(0, "ines", "merge")
    else:
        here.approve(0, "karim", False)
        here.merge(0, "ines", "merge")
    here.push_to_main("tomates", ("when", "date: 2026-11-20 15:00"), "karim")
    assert verdicts(here) == [Verdict.YES]


def test_whoever_pressed_the_rebase_button_on_what_nobody_read_approves_an_edit_of_it(here: History) -> None:
    here.begin("one", 0, "merge")
    here.open("tomates", ("first", ""), "ines", "push")
    here.merge(0, "karim", "rebase")
    here.change_well("tomates", ("last", "À demain, {}."), "ines", "karim", "squash")
    assert verdicts(here) == [Verdict.YES]


@pytest.mark.parametrize("how", ["fork", "push"])
def test_what_was_reviewed_while_merging_counted_has_no_hand_in_a_later_edit(here: History, how: str) -> None:
    """Karim approved what Inès wrote; then she approves what a stranger changed in it, and from then on reviews are needed."""
    here.begin("nobody", 2, "merge")
    here.change_well("tomates", ("first", "Voici {}."), "ines", "ines", "merge", how)
    here.change_policy("one", "ines", "ines", False, "merge")
    assert verdicts(here)[0] is (Verdict.OPEN if how == "fork" else Verdict.NO)


def test_whoever_pushed_what_stood_in_a_fork_may_be_refused_an_edit_of_it(here: History) -> None:
    """Zoë wrote it in a fork, Karim pushes it to the default branch himself; then he approves what Claire changes."""
    here.begin("one", 0, "merge")
    here.open("abeilles", ("first", ""), "ines", "fork")
    here.retarget(0, "omar")
    here.push_as_it_is(0, "karim")
    here.change_well("abeilles", ("when", "date: 2026-11-21 08:00"), "claire", "karim", "rebase", "page")
    assert verdicts(here) == [Verdict.OPEN]


def test_a_request_for_changes_to_what_merging_sealed_holds_it_once_reviews_count(here: History) -> None:
    here.begin("nobody", 1, "merge")
    here.seal()
    here.review_later(0, "claire", "request")
    here.change_policy("one", "ines", "ines", False, "merge")
    assert verdicts(here) == [Verdict.NO]


def together(here: History) -> None:
    here.begin("one", 0, "merge")
    here.change_well("tomates", ("first", ""), "ines", "karim", "squash", "together")


def carried(here: History) -> None:
    here.begin("one", 0, "merge")
    here.change_well("tomates", ("first", ""), "karim", "karim", "squash", "carried")


def earlier_words(here: History) -> None:
    here.begin("one", 0, "merge")
    here.push_to_main("tomates", ("first", ""), "karim")
    here.change_well("tomates", ("last", "À demain, {}."), "ines", "karim", "merge")


def earlier_push(here: History) -> None:
    """Karim pushes what Inès is said to have written, and nobody reviews it; then she changes a line."""
    here.begin("one", 0, "merge")
    here.open("tomates", ("first", ""), "karim", "carried")
    here.merge(0, "claire", "squash")
    here.change_well("tomates", ("last", "À demain, {}."), "ines", "karim", "squash")


def not_shown(here: History) -> None:
    here.begin("one", 0, "merge")
    here.push_to_main("tomates", ("first", ""), "ines")
    here.change_well("abeilles", ("first", ""), "omar", "karim", "squash")


def older_commit(here: History) -> None:
    here.begin("one", 0, "merge")
    here.open("tomates", ("first", ""), "ines", "push")
    here.push_more(0, "tomates", ("first", "Voici {}."), "ines")
    here.approve(0, "karim", True)
    here.merge(0, "ines", "squash")


def other_base(here: History) -> None:
    here.begin("one", 0, "merge")
    here.open("tomates", ("first", ""), "ines", "push")
    here.approve(0, "karim", False)
    here.retarget(0, "ines")
    here.retarget(0, "ines")
    here.merge(0, "ines", "squash")


def gone(here: History) -> None:
    here.begin("one", 0, "merge")
    here.change_well("tomates", ("first", ""), "omar", "karim", "squash")
    here.leave("karim")


def may_not_write(here: History) -> None:
    here.begin("one", 0, "merge")
    here.change_well("tomates", ("first", ""), "ines", "karim", "squash")
    here.change_role("karim", "read")


def objected(here: History) -> None:
    """Karim requests changes, Claire approves the same words."""
    here.begin("one", 0, "merge")
    here.open("tomates", ("first", ""), "omar", "push")
    here.review_later(0, "karim", "request")
    here.approve(0, "claire", False)
    here.merge(0, "claire", "squash")


def half_a_quorum(here: History) -> None:
    here.begin("two", 0, "merge")
    here.change_well("tomates", ("first", ""), "omar", "karim", "squash")


def policy_nobody_read(here: History) -> None:
    half_a_quorum(here)
    here.change_policy("one", "omar", "karim", False, "merge")


TEMPTATIONS = (
    together,
    carried,
    earlier_words,
    earlier_push,
    not_shown,
    older_commit,
    other_base,
    gone,
    may_not_write,
    objected,
    half_a_quorum,
    policy_nobody_read,
)


@pytest.mark.parametrize("tempt", TEMPTATIONS, ids=lambda tempt: tempt.__name__.replace("_", " "))
def test_what_nobody_may_send(here: History, tempt: Callable[[History], None]) -> None:
    tempt(here)
    assert verdicts(here)[0] is Verdict.NO
