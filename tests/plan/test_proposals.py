"""Proposals: what branches and the working directory would change, and what a change does to the calendar."""

from __future__ import annotations

from pathlib import Path

import pytest

from house.newcomer import Newcomer
from house.test_first_day import BEGUN
from marronnier import plan, review
from marronnier.messages import Trouble
from people import write
from teamwork import KEY, NOW, PATH, POST, Team


def states(team: Team) -> dict[tuple[str, str], str]:
    return {(line.key, line.proposal): line.state for line in team.plan(proposals=True).lines}


def test_a_branch_is_a_draft_then_in_review_then_approved_then_ready(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    line = team.line(proposal="portes")
    assert (line.state, line.why) == ("draft", "new on portes")
    with team.being("ines"):
        asked = review.request_approval(team.repo, NOW, [])
    assert (asked.submission.is_new_branch, asked.submission.branch, [subject.named.key for subject in asked.subjects]) == (
        False,
        "portes",
        [KEY],
    )
    assert team.line(proposal="portes").state == "in-review"
    team.approve("karim", "portes")
    line = team.line(proposal="portes")
    assert (line.state, line.why, line.next) == ("in-review", "new on portes; approved by Karim", "merge portes")
    team.merge("portes")
    assert states(team) == {(KEY, ""): "ready"}


def test_a_branch_proposes_only_what_it_changes(team: Team) -> None:
    others = {f"content/posts/2026/12/p{n}.md": POST.replace("id: portes", f"id: p{n}").replace("dimanche", f"le {n}") for n in range(3)}
    team.commit({PATH: POST, **others})
    team.branch("portes")
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    team.go("main")
    team.commit({"content/posts/2026/12/p1.md": others["content/posts/2026/12/p1.md"].replace("le 1", "le premier")})
    proposed = team.situation(proposals=True).proposals
    assert [(one.name, [(change.kind, change.publication.key) for change in one.changes]) for one in proposed] == [
        ("portes", [("changed", KEY)])
    ]


def test_a_picture_or_a_channel_that_changes_proposes_the_posts_that_use_it(team: Team) -> None:
    with_media = POST.replace("---\nOn", "media:\n  - {src: jardin.jpg, alt: Un arbre}\n---\nOn")
    other = POST.replace("id: portes", "id: other").replace("dimanche", "samedi")
    team.commit({PATH: with_media, "content/media/jardin.jpg": b"a", "content/posts/2026/12/other.md": other})
    team.branch("picture")
    team.commit({"content/media/jardin.jpg": b"b"})
    team.branch("channel", "main")
    channels = (team.folder / "brand/channels.yml").read_text()
    team.commit({"brand/channels.yml": channels.replace("journal: {", "journal: {account: x, ")})
    team.branch("goals", "main")
    team.commit({"brand/strategy.yml": "mission: Semer.\n"})
    proposed = {one.name: {change.publication.key for change in one.changes} for one in team.situation(proposals=True).proposals}
    assert proposed == {"picture": {KEY}, "channel": {KEY, "other@journal"}}


def test_asking_for_an_unchanged_post_puts_it_in_review(team: Team) -> None:
    team.commit({PATH: POST})
    with team.being("ines"):
        asked = review.request_approval(team.repo, NOW, [KEY])
    assert asked.submission.branch == "ask/portes"
    assert team.git("branch", "--show-current") == "main"
    assert states(team) == {(KEY, ""): "held", (KEY, "ask/portes"): "in-review"}
    with team.being("ines"), pytest.raises(Trouble, match=r"already requested on ask/portes$"):
        review.request_approval(team.repo, NOW, [KEY])
    assert team.git("branch", "--list", "ask/*").split() == ["ask/portes"]
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    with team.being("ines"):
        assert review.request_approval(team.repo, NOW, [KEY]).submission.branch == "ask/portes-2"


def test_what_was_sent_as_it_is_is_neither_asked_for_nor_in_review_any_more(tmp_path: Path) -> None:
    newcomer = Newcomer.at(tmp_path)
    *done, (_, said, status) = newcomer.type(
        *BEGUN, "marronnier ask bonjour@journal", "marronnier publish", "marronnier status", "marronnier ask bonjour@journal"
    )
    told = {command: said for command, said, _status in done}
    assert "1 publication sent." in told["marronnier publish"]
    assert "✓ 1 sent" in told["marronnier status"]
    assert "in review" not in told["marronnier status"]
    assert status == 3
    assert "bonjour@journal was sent as it is, and needs no approval any more" in said


def test_a_post_of_which_no_channel_is_the_brands_is_told_of(team: Team) -> None:
    team.commit({PATH: POST.replace("[journal]", "[jurnal]")})
    (told,) = [warning for warning in team.plan().warnings if "brand/channels.yml" in warning]
    assert told == "1 post names only channels that brand/channels.yml does not have, and is left out: run `marronnier check`."
    team.commit({PATH: POST.replace("[journal]", "[journal, jurnal]")})
    assert not [warning for warning in team.plan().warnings if "brand/channels.yml" in warning]


def test_posts_that_are_not_committed_are_drafts_and_never_more(team: Team) -> None:
    team.commit({PATH: POST})
    write(team.folder, {PATH: POST.replace("dimanche", "lundi"), "content/posts/2026/12/neuf.md": POST.replace("id: portes", "id: neuf")})
    assert states(team) == {
        (KEY, ""): "held",
        (KEY, "working directory"): "draft",
        ("neuf@journal", "working directory"): "draft",
    }
    assert team.line(proposal="working directory").why == "not committed"


def test_removing_a_post_is_seen(team: Team) -> None:
    team.commit({PATH: POST})
    team.branch("away")
    team.commit({PATH: None})
    (proposal,) = team.situation(proposals=True).proposals
    assert [(change.kind, change.publication.key) for change in proposal.changes] == [("removed", KEY)]


def test_what_a_change_does_to_the_calendar(team: Team) -> None:
    two = "content/posts/2026/12/two.md"
    first = team.commit({PATH: POST, two: POST.replace("id: portes", "id: two").replace("dimanche", "deux").replace("12-05", "12-08")})
    team.commit(
        {
            PATH: POST.replace("2026-12-05 10:00", "2026-12-25 10:10"),
            two: POST.replace("id: portes", "id: two").replace("dimanche", "trois").replace("12-05", "12-08"),
            "content/posts/2026/12/new.md": POST.replace("id: portes", "id: new").replace("12-05", "12-25").replace("dimanche", "quatre"),
        }
    )
    before, after = team.situation(rev=first), team.situation(rev="HEAD")
    found = plan.compare_plans(plan.make(before), plan.make(after), after.desk)
    assert [one.line.key for one in found.added] == ["new@journal"]
    assert [(one.line.key, one.holiday, one.clash) for one in found.moved] == [(KEY, ("Noël, a holiday",), ("new@journal",))]
    assert [line.key for line in found.reworded] == ["two@journal"]
    assert {line.key for line in found.needs_approval} == {KEY, "two@journal", "new@journal"}
    back = plan.compare_plans(plan.make(after), plan.make(before), before.desk)
    assert [line.key for line in back.removed] == ["new@journal"]
    assert plan.compare_plans(plan.make(after), plan.make(after), after.desk).empty
