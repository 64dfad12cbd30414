"""What a team reads below its pull requests: in the brand's language whatever the job speaks, with weekdays and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from conversing import TalkingHub, template_with_workflows
from marronnier import plan
from people import Town
from reviewing import KEY, PATH, POST


@pytest.fixture(scope="module")
def french_template(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return template_with_workflows(town, tmp_path_factory.mktemp("french") / "template", lang="fr")


@pytest.fixture
def french(town: Town, tmp_path: Path, french_template: Path) -> Iterator[TalkingHub]:
    hub = TalkingHub(town, tmp_path, french_template)
    yield hub
    hub.github.close()


def plain(text: str) -> str:
    """A text whose no-break spaces are spaces."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def head_message(hub: TalkingHub, branch: str) -> str:
    return hub.town.git(hub.team.path, "log", "-1", "--format=%B", branch)


def why(hub: TalkingHub) -> str:
    return next(line.why for line in plan.make(hub.situation()).lines if line.key == KEY)


def test_a_date_that_is_moved_says_from_when_to_when(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST})
    told = hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12 11:30"))
    assert (
        "✓ `portes` moves: Saturday 5 December 2026 10:00 → Saturday 12 December 2026 11:30.\n"
        "It is a commit of yours: your own approval of it does not count any more." in told
    )
    assert head_message(hub, "portes").startswith("Move portes to Saturday 12 December 2026 11:30\n\n")


def test_a_french_brand_reads_french_in_answers_and_commits(french: TalkingHub) -> None:
    pull = french.ines.open_pull_request(french.team, "portes", {PATH: POST})
    comment = french.karim.comment(pull, "/reschedule 2026-12-12")
    assert "✓ `portes` change de date : samedi 5 décembre 2026 à 10:00 → samedi 12 décembre 2026." in plain(french.tell(comment))
    message = head_message(french, "portes")
    assert message.startswith("Déplacer portes au samedi 12 décembre 2026\n\n") and f"\nAsked-in-comment: {comment.id}" in message
    comment = french.karim.comment(pull, "/hold")
    # The job's log speaks the language of whoever reads that.
    assert french.act(comment).told == f"Comment {comment.id}: 1 of 1 commands carried out."
    assert french.act(comment).told == f"Comment {comment.id} was left alone: it was answered already."
    told = french.answer(comment)
    assert plain(told).startswith("`/hold`\n\n✓ 1 publication est en attente :")


def test_a_written_offset_is_told_in_the_brands_zone(hub: TalkingHub) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.replace("10:00", "10:00 +00:00")})
    assert "moves: Saturday 5 December 2026 11:00 → Sunday 13 December 2026 02:30." in hub.tell(
        hub.karim.comment(pull, "/reschedule 2026-12-12 23:30 -02:00")
    )
    assert "to Sunday 13 December 2026 02:30" in head_message(hub, "portes").replace("Move portes ", "")


@pytest.mark.parametrize(
    ("line", "before"),
    [
        ("slot: mardi-conseil", "moves: the slot `mardi-conseil` → Saturday"),
        ("date: when-approved", "moves: as soon as it is approved → Saturday"),
        ("slot: next", "moves: the next free slot → Saturday"),
        ("owner: ines", "moves: no date → Saturday"),
    ],
)
def test_what_had_another_kind_of_date_says_which(hub: TalkingHub, line: str, before: str) -> None:
    pull = hub.ines.open_pull_request(hub.team, "portes", {PATH: POST.replace("date: 2026-12-05 10:00", line)})
    assert before in hub.tell(hub.karim.comment(pull, "/reschedule 2026-12-12 11:30"))


def test_who_holds_a_post_is_called_by_name(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.tell(hub.claire.comment(pull, "/hold"))
    assert why(hub) == "Claire put it on hold"


def test_who_is_no_approver_is_called_as_github_calls_them(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.tell(hub.omar.comment(pull, "/hold"))
    assert why(hub) == "`omar` put it on hold"
    event = hub.history(KEY).events[-1]
    assert (event.data["who"], event.data["account"]) == ("omar", 104)


def test_a_login_that_is_somebody_elses_name_here_is_not_taken_for_them(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    hub.claire.rename("claire-elsewhere")
    other = hub.github.person("claire", id=950)
    hub.team.invite(other)
    hub.tell(other.comment(pull, "/hold"))
    assert why(hub) == "`claire` put it on hold"


# /help


def test_help_names_every_command_and_starts_no_job(hub: TalkingHub) -> None:
    comment = hub.omar.comment(hub.merged_post(), "/help")
    assert not hub.ask(comment).is_asked and hub.team.dispatches == []
    told = hub.answer(comment)
    for usage in (
        "/freeze [REASON]",
        "/thaw",
        "/hold [POST]",
        "/reschedule [POST] 2026-12-05 10:00",
        "/retry KEY",
        "/settle KEY sent URL | not-sent | never",
        "/help",
    ):
        assert len([line for line in told.splitlines() if line.startswith(f"- `{usage}`: ")]) == 1, usage


def test_a_command_that_there_is_not_is_answered_with_those_that_there_are(hub: TalkingHub) -> None:
    pull = hub.merged_post()
    commands = hub.both(hub.omar.comment(pull, "/help")).partition("✓ ")[2]
    told = hub.both(hub.omar.comment(pull, "/hodl"))
    assert "✗ There is no such command. Did you mean `/hold [POST]`?" in told and told.endswith(commands)


def test_help_in_a_french_brand_is_french(french: TalkingHub) -> None:
    told = plain(french.both(french.omar.comment(french.merged_post(), "/help")))
    assert "- `/freeze [REASON]` : arrête tout, tout de suite" in told
