"""Approvals over time: moves, renames, reverts, turns taken, several voices."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_line import complete_marronnier
from marronnier import review
from marronnier.messages import Trouble
from people import PEOPLE, Town
from teamwork import KEY, NOW, PATH, POST, Team

POLICY = "brand/approvals.yml"


def ready(team: Team, text: str = POST, path: str = PATH) -> None:
    """A post approved by Karim and merged."""
    team.branch("portes")
    team.commit({path: text})
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval().granted


def policy(team: Team, **changes: str) -> None:
    """Change the policy on main, before anything else."""
    text = (team.folder / POLICY).read_text()
    for name, value in changes.items():
        text = f"{text}{name}: {value}\n" if f"{name}:" not in text else text.replace("quorum: 1", f"{name}: {value}")
    team.commit({POLICY: text})


@pytest.mark.parametrize(
    ("moves", "date", "kept"),
    [
        ("same-day", "2026-12-05 18:00", True),
        ("same-day", "2026-12-05 23:59", True),
        ("same-day", "2026-12-06 00:00", False),
        ("same-day", "2026-12-04 23:59", False),
        ("same-day", "2026-12-05 09:01", True),
        ("same-day", "2026-12-05 08:50", False),
        ("same-week", "2026-12-06 23:59", True),
        ("same-week", "2026-11-30 00:00", True),
        ("same-week", "2026-12-07 00:00", False),
        ("never", "2026-12-05 10:01", False),
    ],
)
def test_a_move_keeps_the_approval_within_its_span_in_the_brands_zone(team: Team, moves: str, date: str, kept: bool) -> None:
    policy(team, moves=moves)
    ready(team)
    team.commit({PATH: POST.replace("2026-12-05 10:00", date)}, who="claire")
    assert team.approval().granted is kept
    line = team.line()
    assert line.state == ("ready" if kept else "held")


def test_moves_are_measured_from_what_was_approved_not_from_the_last_move(team: Team) -> None:
    policy(team, moves="same-week")
    ready(team, POST.replace("12-05", "12-04"))
    team.commit({PATH: POST.replace("12-05", "12-06")})
    assert team.approval().granted
    team.commit({PATH: POST.replace("12-05", "12-09")})
    assert not team.approval().granted


def test_a14_moving_the_date_cannot_loosen_the_policy_that_judges_it(team: Team) -> None:
    ready(team)
    text = (team.folder / POLICY).read_text()
    team.commit({POLICY: f"{text}moves: same-week\n", PATH: POST.replace("12-05", "12-06")})
    assert not team.approval().granted


def test_a_move_together_with_other_words_is_not_a_move(team: Team) -> None:
    ready(team)
    team.commit({PATH: POST.replace("10:00", "11:00").replace("dimanche", "lundi")})
    assert not team.approval().granted


def test_a20_a_file_may_move_and_its_comments_and_order_may_change(team: Team) -> None:
    ready(team)
    other = "content/posts/2026/11/autre-nom.md"
    text = POST.replace("title: Portes ouvertes\n", "").replace(
        "channels:", "title: Portes ouvertes   # dit l'équipe\nowner: communication\nchannels:"
    )
    team.commit({PATH: None, other: text})
    approval = team.approval()
    assert (approval.granted, approval.by) == (True, ("karim",))


def test_a20_an_approver_who_moves_the_file_is_no_author(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    team.commit({PATH: None, "content/posts/2026/11/portes.md": POST}, who="karim", message="Tidy")
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval().granted


def test_a06_the_author_stays_the_author_when_somebody_else_moves_the_file(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST}, who="karim")
    team.commit({PATH: None}, who="ines", message="Away")
    team.commit({"content/posts/2027/01/neuf.md": POST + "\nEt des bulbes.\n"}, who="ines", message="Back")
    team.claim("karim", KEY, *team.digests(), signer="karim")
    team.merge("portes")
    assert not team.approval().granted


def test_a19_a_revert_and_the_revert_of_the_revert_stay_approved(team: Team) -> None:
    ready(team)
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    assert not team.approval().granted
    team.git("revert", "--no-edit", "HEAD")
    assert team.approval().granted
    team.git("revert", "--no-edit", "HEAD")
    assert not team.approval().granted


def test_two_people_take_turns_writing_and_approving(team: Team) -> None:
    ready(team)
    for turn, (writer, reader) in enumerate((("karim", "ines"), ("ines", "karim"), ("karim", "ines"))):
        name = f"turn-{turn}"
        team.branch(name)
        team.commit({PATH: POST.replace("dimanche", name)}, who=writer)
        team.approve(reader, "portes")
        team.merge(name)
        assert team.approval().by == (reader,), name


def test_a06_the_author_of_an_unapproved_version_in_between_cannot_approve(team: Team) -> None:
    ready(team)
    team.commit({PATH: POST.replace("dimanche", "samedi")}, who="claire")
    team.commit({PATH: POST.replace("dimanche", "samedi soir")}, who="ines")
    with pytest.raises(Trouble, match="Claire wrote"):
        team.approve("claire", "portes")
    team.approve("karim", "portes")
    assert team.approval().by == ("karim",)


def test_quorum_of_two_needs_two_people(team: Team) -> None:
    policy(team, quorum="2")
    team.branch("portes")
    team.commit({PATH: POST})
    team.approve("karim", "portes")
    team.merge("portes")
    approval = team.approval()
    assert (approval.granted, approval.by) == (False, ("karim",))
    assert approval.why == "approved by Karim, and 1 more must approve it: Claire"
    with pytest.raises(Trouble, match="already approved"):
        team.approve("karim", "portes")
    team.approve("claire", "portes")
    assert team.approval().by == ("karim", "claire")


def test_before_there_is_a_ledger_a_quorum_raised_later_counts_and_one_lowered_later_grants_nothing(team: Team) -> None:
    """What was sealed stays so: `test_policy_in_force.py`."""
    ready(team)
    policy(team, quorum="2")
    assert team.approval().why == "approved by Karim, and 1 more must approve it: Claire"
    text = (team.folder / POLICY).read_text()
    team.branch("other", "main")
    other = "content/posts/2026/12/other.md"
    team.commit({other: POST.replace("id: portes", "id: other").replace("dimanche", "samedi")})
    team.approve("karim", "other")
    team.merge("other")
    team.commit({POLICY: text.replace("quorum: 2", "quorum: 1")})
    assert team.approval().granted
    assert not team.approval("other@journal").granted


def test_the_strictest_requirement_that_fits_counts(team: Team) -> None:
    policy(
        team,
        teams="{direction: [claire]}",
        requirements="[{tags: [Presse], quorum: 1, by: [direction]}, {channels: [partout], tags: [Vente], quorum: 2}]",
    )
    press = POST.replace("channels:", "tags: ['#presse']\nchannels:")
    team.branch("portes")
    team.commit({PATH: press})
    team.approve("karim", "portes")
    team.merge("portes")
    assert "Claire" in team.approval().why
    assert not team.approval().granted
    team.approve("claire", "portes")
    assert team.approval().granted
    team.commit({PATH: press.replace("'#presse'", "vente")}, who="ines")
    team.approve("claire", "portes")
    assert not team.approval().granted
    team.approve("karim", "portes")
    assert team.approval().by == ("claire", "karim")


def test_a14_a_branch_cannot_take_its_channel_out_of_a_strict_group(team: Team) -> None:
    policy(team, requirements="[{channels: [partout], quorum: 2}]")
    channels = (team.folder / "brand/channels.yml").read_text()
    team.branch("portes")
    team.commit({PATH: POST, "brand/channels.yml": channels.replace("partout: [journal, krant]", "partout: [krant]")})
    team.approve("karim", "portes")
    team.merge("portes")
    assert not team.approval().granted


def test_unsigned_approvals_count_only_where_the_policy_says_so_and_it_shows(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST})
    words = team.digests()
    team.claim("claire", KEY, *words, signer=None)
    team.merge("portes")
    assert not team.approval().granted
    policy(team, unsigned="true")
    assert not team.approval().granted
    team.claim("karim", KEY, *words, signer=None)
    assert not team.approval().granted, "Karim's address is known, and it was Claire who committed"
    team.claim("claire", KEY, *words, signer=None)
    approval = team.approval()
    assert (approval.granted, approval.by, approval.unsigned) == (True, ("claire",), True)
    assert approval.why == "approved by Claire, unsigned"
    assert any("unsigned" in warning for warning in team.plan().warnings)


def test_merging_is_approving_at_quorum_zero_and_says_so(team: Team) -> None:
    policy(team, quorum="0")
    team.branch("portes")
    team.commit({PATH: POST})
    assert "portes@journal" not in team.situation().approvals
    team.merge("portes")
    line = team.line()
    assert (line.state, line.why) == ("ready", "merging counts as approval here (quorum: 0)")
    assert any("quorum: 0" in warning for warning in team.plan().warnings)


def test_at_quorum_zero_what_never_stood_on_the_default_branch_was_not_merged(team: Team) -> None:
    policy(team, quorum="0")
    team.branch("portes")
    team.commit({PATH: POST.replace("dimanche", "jamais")})
    team.commit({PATH: POST})
    team.merge("portes")
    text = (team.folder / POLICY).read_text()
    team.commit({POLICY: text.replace("quorum: 0", "quorum: 1")})
    team.commit({PATH: POST.replace("dimanche", "jamais")})
    assert not team.approval().granted


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("brand/channels.yml", "krant: {network: feed", "krant: {paused: travaux, network: feed"),
        (PATH, "title: Portes ouvertes", "title: Portes ouvertes\nowner: ines"),
    ],
    ids=["another-file", "a-line-that-is-not-sent"],
)
def test_what_a_commit_leaves_as_it_was_it_does_not_approve_by_merging(team: Team, path: str, old: str, new: str) -> None:
    team.commit({PATH: POST})
    policy(team, quorum="0")
    team.commit({path: (team.folder / path).read_text().replace(old, new)})
    assert not team.approval().granted
    team.commit({PATH: (team.folder / PATH).read_text().replace("dimanche", "samedi")})
    assert team.approval().granted
    team.commit({path: (team.folder / path).read_text().replace(new, old)})
    assert team.approval().granted


def test_an_old_post_is_approved_by_asking_where_merging_is_approving(team: Team) -> None:
    team.commit({PATH: POST})
    policy(team, quorum="0")
    assert not team.approval().granted
    with team.being("ines"):
        from marronnier import review
        from teamwork import NOW

        asked = review.request_approval(team.repo, NOW, ["portes"])
    assert asked.submission.is_new_branch
    assert asked.submission.branch == "ask/portes"
    team.merge(asked.submission.branch)
    assert team.approval().granted


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_two_branches_of_the_queue_stay_approved_in_either_order(team: Team, order: tuple[str, str]) -> None:
    for name in ("one", "two"):
        team.branch(name)
        text = POST.replace("id: portes", f"id: {name}").replace("date: 2026-12-05 10:00", "slot: next").replace("dimanche", name)
        team.commit({f"content/posts/2026/12/{name}.md": text})
        team.approve("karim", name)
    team.merge(*order)
    made = team.situation()
    assert [made.approvals[f"{name}@journal"].granted for name in order] == [True, True]
    at = {name: made.timetable.instants[f"{name}@journal"].at for name in order}
    assert at["one"] != at["two"]
    assert None not in at.values()


def test_a_slot_redefined_needs_approval_again(team: Team) -> None:
    ready(team, POST.replace("date: 2026-12-05 10:00", "slot: mardi-conseil"))
    slots = (team.folder / "calendar/slots.yml").read_text()
    team.commit({"calendar/slots.yml": slots.replace("{days", "{name: Le conseil, days")})
    assert team.approval().granted
    team.commit({"calendar/slots.yml": slots.replace("10:00", "11:00")})
    assert not team.approval().granted


def test_a_repeat_is_approved_once_for_all_its_days(team: Team) -> None:
    team.branch("portes")
    team.commit({PATH: POST.replace("channels:", "repeat: FREQ=WEEKLY;COUNT=3\nchannels:")})
    team.approve("karim", "portes")
    team.merge("portes")
    made = team.situation()
    assert [made.approvals[key].granted for key in sorted(made.approvals)] == [True, True, True]
    team.commit({PATH: POST.replace("channels:", "repeat: FREQ=WEEKLY;COUNT=4\nchannels:")})
    made = team.situation()
    assert not any(approval.granted for approval in made.approvals.values())
    team.approve("karim", "portes@journal~2026-12-12")
    made = team.situation()
    assert [key for key, approval in made.approvals.items() if approval.granted] == ["portes@journal~2026-12-12"]


def test_a_channel_that_is_renamed_keeps_its_approvals(team: Team) -> None:
    ready(team)
    channels = (team.folder / "brand/channels.yml").read_text()
    team.commit({"brand/channels.yml": channels.replace("[journal,", "[gazette,").replace("journal: {", "gazette: {was: [journal], ")})
    made = team.situation()
    assert made.approvals["portes@gazette"].granted


def test_words_of_one_channel_void_only_that_channel(team: Team) -> None:
    ready(team, POST.replace("[journal]", "[partout]"))
    team.commit({PATH: POST.replace("[journal]", "[partout]") + "\n## @krant\n\nOp zondag.\n"})
    made = team.situation()
    assert made.approvals["portes@journal"].granted
    assert not made.approvals["portes@krant"].granted


def test_an_approval_given_before_any_policy_is_none(team: Team) -> None:
    folder = team.folder
    author = "{} <{}>".format(*PEOPLE["ines"])
    team.git("checkout", "-q", "--orphan", "fresh")
    (folder / PATH).parent.mkdir(parents=True)
    (folder / PATH).write_text(POST)
    team.commit(author=author, message="All at once")
    team.git("branch", "-f", "main", "fresh")
    assert not team.approval().granted
    team.go("main")
    team.approve("karim", "portes")
    assert team.approval().granted


def test_a_shallow_clone_proves_nothing_and_says_so(team: Team) -> None:
    ready(team)
    team.commit({"brand/charter.md": "Nous."})
    shallow = team.folder.parent / "shallow"
    team.git("clone", "-q", "--depth", "1", f"file://{team.folder}", str(shallow))
    approval = Team(team.town, shallow).approval()
    assert not approval.granted
    assert "git fetch --unshallow" in approval.why


@pytest.mark.parametrize("keys", ["", "repeat: FREQ=DAILY;COUNT=2\n"])
def test_what_can_no_longer_go_out_is_neither_approved_nor_asked_for(team: Team, keys: str) -> None:
    team.commit({PATH: POST.replace("2026-12-05", "2026-11-05").replace("channels", f"{keys}channels")})
    with pytest.raises(Trouble, match=r"would change nothing: .* passed") as refused:
        team.approve("karim", "portes")
    assert refused.value.next == "Give it another date if it should still go out."
    with team.being("ines"), pytest.raises(Trouble, match="would change nothing"):
        review.request_approval(team.repo, NOW, ["portes"])
    team.commit({PATH: POST})
    team.approve("karim", "portes")
    assert team.line().state == "ready"


def test_of_a_post_whose_first_channel_is_past_the_other_is_approved(team: Team) -> None:
    text = POST.replace("[journal]", "[journal, krant]\nfor: {krant: {date: 2026-11-05 10:00}}")
    team.commit({PATH: text})
    team.approve("karim", "portes")
    assert team.line().state == "ready"


@pytest.mark.parametrize("late", ["10:00", "08:00"])
def test_what_is_due_now_or_within_its_grace_is_approved(team: Team, late: str) -> None:
    team.commit({PATH: POST.replace("2026-12-05 10:00", f"2026-11-20 {late}")})
    team.approve("karim", "portes")
    assert team.approval().granted


@pytest.mark.parametrize("run_after_the_change", [True, False])
def test_what_was_approved_and_missed_its_time_does_not_vanish_when_somebody_corrects_it(
    town: Town, tmp_path: Path, run_after_the_change: bool
) -> None:
    """It was approved before its time: that it was not is false, and nobody would look for it again."""
    repo = town.newsroom(tmp_path / "repo")
    team = Team(town, repo)

    def say(who: str, now: str, *arguments: str) -> str:
        return complete_marronnier(["--now", now, *arguments], repo, town.surroundings(who, now)).stdout

    team.commit({PATH: POST})
    say("karim", "2026-11-20 09:00", "approve", "--yes", "portes")
    say("publisher", "2026-11-20 09:05", "publish")
    assert "missed its time" in say("ines", "2026-12-06 14:00", "status")
    team.commit({PATH: POST.replace("dimanche", "lundi")})
    if run_after_the_change:
        say("publisher", "2026-12-06 14:00", "publish")
    told = say("ines", "2026-12-06 14:01", "status")
    assert "Portes ouvertes" in told and "approve it again" in told
    say("karim", "2026-12-06 14:02", "approve", "--yes", "portes")
    assert "settle portes@journal --send-now" in say("ines", "2026-12-06 14:03", "status")
    say("publisher", "2026-12-06 14:04", "settle", "portes@journal", "--send-now")
    say("publisher", "2026-12-06 14:05", "publish")
    assert "1 sent" in say("ines", "2026-12-06 14:06", "status")
