"""The one comment below a pull request: found by marker and author, updated in place, one whatever happens at the same time."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marronnier.messages import Trouble
from marronnier.pull_request.comment import WrittenComment, with_marker, write_comment
from pull_request.board import HEAD, Board


def tell(board: Board, report: str = "What changes\n", head: str = HEAD) -> WrittenComment:
    return write_comment(board, board.pull_request, report, head)


def texts(board: Board) -> list[str]:
    return [comment.text for comment in board.written]


def test_it_is_written_once_then_updated_in_place_then_left_alone(board: Board) -> None:
    board.hear("Bonjour")
    assert tell(board).outcome == "written"
    ours = board.written[-1].id
    assert tell(board).outcome == "unchanged"
    assert tell(board, "Something else\n").outcome == "updated"
    assert [comment.id for comment in board.written] == [board.written[0].id, ours]
    assert texts(board) == ["Bonjour", with_marker("Something else\n", HEAD)]
    assert board.writes == ["say", "replace_comment"]


def test_a_comment_of_somebody_else_with_our_marker_is_theirs(board: Board) -> None:
    board.hear(with_marker("Everything is approved\n", HEAD))
    assert tell(board).outcome == "written"
    assert texts(board) == [with_marker("Everything is approved\n", HEAD), with_marker("What changes\n", HEAD)]


@pytest.mark.parametrize(
    "text", ["See below:\n<!-- marronnier:report -->", "> " + with_marker("x", HEAD), "<!-- marronnier:report head=x -->"]
)
def test_another_comment_of_our_account_is_left_alone(board: Board, text: str) -> None:
    board.hear(text, is_ours=True)
    assert tell(board).outcome == "written"
    assert texts(board)[0] == text


def test_the_run_of_an_older_head_does_not_overwrite_the_newer_report(board: Board) -> None:
    board.pull_request = replace(board.pull_request, commit="b" * 40)
    tell(board, "New\n", "b" * 40)
    assert tell(board, "Old\n", HEAD).outcome == "outdated"
    assert texts(board) == [with_marker("New\n", "b" * 40)]


@pytest.mark.parametrize("lost", [["say"], ["say!"]])
def test_an_answer_lost_is_settled_by_looking(board: Board, lost: list[str]) -> None:
    board.lost = lost
    assert tell(board).outcome == "written"
    assert len(board.written) == 1


def test_an_update_whose_answer_is_lost_is_settled_by_looking(board: Board) -> None:
    tell(board)
    board.lost = ["replace_comment"]
    assert tell(board, "Else\n").outcome == "updated"
    assert board.writes.count("replace_comment") == 1
    board.lost = ["replace_comment!"]
    tell(board, "Third\n")
    assert texts(board) == [with_marker("Third\n", HEAD)]


def test_a_forge_that_never_answers_is_said_and_the_next_run_leaves_one(board: Board) -> None:
    board.lost = ["say!", "say!"]
    with pytest.raises(Trouble, match="gave no answer"):
        tell(board)
    # Both come into effect after all, late.
    board.hear(with_marker("What changes\n", HEAD), is_ours=True)
    board.hear(with_marker("What changes\n", HEAD), is_ours=True)
    oldest = board.written[0].id
    assert tell(board).removed == 1
    assert [comment.id for comment in board.written] == [oldest]


@given(st.lists(st.booleans(), max_size=16), st.booleans())
def test_two_runs_at_once_leave_one_comment(schedule: list[bool], same: bool) -> None:
    board = Board()
    turn = threading.Condition()
    order, alive = list(schedule), {0, 1}

    def wait(_name: str) -> None:
        me = int(threading.current_thread().name)
        with turn:
            # Whose turn it is by the schedule; when it is over, or the other one ended, whoever comes.
            turn.wait_for(lambda: not order or int(order[0]) == me or (1 - me) not in alive)
            if order:
                order.pop(0)
            turn.notify_all()

    board.on_call = wait

    def run(number: int) -> None:
        try:
            tell(board, "What changes\n" if same else f"Run {number}\n")
        finally:
            with turn:
                alive.discard(number)
                turn.notify_all()

    threads = [threading.Thread(target=run, args=(number,), name=str(number)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert len(board.written) == 1
