"""Corrections on the lines of a pull request: one tap accepts them, each is shown once, and none that is solved."""

from __future__ import annotations

from dataclasses import replace

from marronnier.forge import LineComment
from marronnier.pull_request.suggestions import MOST, suggestions, write_suggestions
from pull_request.board import Board
from pull_request.conftest import contents_of
from pull_request.inert import acting
from teamwork import PATH, POST, Team

WRONG = POST.replace("date: 2026-12-05 10:00", "date: 2026-12-5 10h")


def shown(board: Board) -> list[tuple[str, int]]:
    return [(comment.path, comment.line) for comment in board.lines]


def tell(board: Board, team: Team) -> None:
    write_suggestions(board, board.pull_request, contents_of(team))


def test_a_correction_stands_on_its_line_with_the_whole_new_line(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: WRONG})
    (comment,) = suggestions(contents_of(team))
    assert (comment.path, comment.line) == (PATH, 4)
    assert comment.text.endswith("\n\n```suggestion\ndate: 2026-12-05 10:00\n```\n")
    assert not acting(comment.text)


def test_it_is_posted_once_and_withdrawn_when_it_is_solved(team: Team, board: Board) -> None:
    team.branch("portes")
    team.commit({PATH: WRONG})
    tell(board, team)
    tell(board, team)
    assert shown(board) == [(PATH, 4)]
    assert board.writes == ["add_line_comments"]
    # A line before it moves it: it is still the same one.
    team.commit({PATH: WRONG.replace("title: Portes ouvertes", "title: Portes\nowner: ines")})
    tell(board, team)
    assert board.writes == ["add_line_comments"]
    team.commit({PATH: POST})
    tell(board, team)
    assert shown(board) == []


def test_one_that_the_forge_calls_outdated_is_posted_anew(team: Team, board: Board) -> None:
    team.branch("portes")
    team.commit({PATH: WRONG})
    tell(board, team)
    board.lines = [replace(board.lines[0], line=0)]
    tell(board, team)
    assert shown(board) == [(PATH, 4)]


def test_what_somebody_replied_to_or_somebody_else_wrote_stays(team: Team, board: Board) -> None:
    team.branch("portes")
    team.commit({PATH: WRONG})
    tell(board, team)
    ours = replace(board.lines[0], is_answered=True)
    board.lines = [ours, LineComment(99, PATH, 4, ours.text, is_ours=False)]
    team.commit({PATH: POST})
    tell(board, team)
    assert [comment.id for comment in board.lines] == [ours.id, 99]


def test_lines_that_the_pull_request_left_alone_bear_none(team: Team) -> None:
    team.commit({PATH: WRONG})
    team.branch("words")
    team.commit({PATH: WRONG.replace("dimanche", "lundi")})
    assert not suggestions(contents_of(team))


def test_an_answer_lost_is_found_by_the_next_run(team: Team, board: Board) -> None:
    team.branch("portes")
    team.commit({PATH: WRONG})
    board.lost = ["add_line_comments"]
    tell(board, team)
    board.lost = ["add_line_comments!"]
    tell(board, team)
    assert shown(board) == [(PATH, 4)]


def test_many_are_shown_up_to_a_number(team: Team, board: Board) -> None:
    team.branch("many")
    files = {PATH.replace("portes", f"p{number}"): WRONG.replace("id: portes", f"id: p{number}") for number in range(MOST + 3)}
    team.commit(files)
    written = write_suggestions(board, board.pull_request, contents_of(team))
    assert (written.added, written.left_out) == (MOST, 3)


def test_words_cannot_end_the_suggestion(team: Team) -> None:
    team.branch("fence")
    team.commit({PATH: WRONG.replace("10h", "10h  # ``` @all ````")})
    for comment in suggestions(contents_of(team)):
        assert not acting(comment.text)
