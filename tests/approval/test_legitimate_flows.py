"""Ways in which teams rightly work. All go out but one, and that one is told the way out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from marronnier.messages import Trouble
from people import PEOPLE
from teamwork import KEY, PATH, POST, Team

OTHER = POST.replace("dimanche", "lundi")
INES = "{} <{}>".format(*PEOPLE["ines"])
POLICY = "brand/approvals.yml"
CHANNELS = "brand/channels.yml"

Flow = Callable[[Team], object]
FLOWS: dict[str, Flow] = {}


def flow(tell: Flow) -> Flow:
    FLOWS[tell.__name__.replace("_", " ")] = tell
    return tell


def written(team: Team, text: str = POST, who: str = "ines") -> None:
    team.branch("portes")
    team.commit({PATH: text}, who=who)


def approved(team: Team, who: str = "karim") -> None:
    written(team)
    team.approve(who, "portes")


def something_else(team: Team) -> None:
    team.go("main")
    team.commit({"content/ideas/banc.md": "Un banc"}, who="claire")


@flow
def approved_on_the_branch_and_merged(team: Team) -> None:
    approved(team)
    team.merge("portes")


@flow
def approved_on_the_branch_and_fast_forwarded(team: Team) -> None:
    approved(team)
    team.merge("portes", how=("--ff-only",))


@flow
def merged_by_the_approver(team: Team) -> None:
    approved(team)
    team.merge("portes", who="karim")


@flow
def merged_by_somebody_third(team: Team) -> None:
    approved(team)
    team.merge("portes", who="claire")


@flow
def approved_on_main_after_the_merge(team: Team) -> None:
    written(team)
    team.merge("portes")
    team.approve("karim", "portes")


@flow
def pushed_to_main_and_approved_there(team: Team) -> None:
    team.commit({PATH: POST})
    team.approve("karim", "portes")


@flow
def approved_by_who_founded_the_brand(team: Team) -> None:
    written(team, who="claire")
    team.approve("ines", "portes")
    team.merge("portes")


@flow
def approved_by_who_added_the_channel(team: Team) -> None:
    team.commit({CHANNELS: (team.folder / CHANNELS).read_text() + "  tous: [journal]\n"}, who="karim")
    approved(team)
    team.merge("portes")


@flow
def main_merged_into_the_branch_after_the_approval(team: Team) -> None:
    approved(team)
    something_else(team)
    team.go("portes")
    team.git("merge", "-q", "--no-ff", "-m", "Update", "main", who="karim")
    team.merge("portes")


@flow
def rebased_by_the_author_after_the_approval(team: Team) -> None:
    approved(team)
    something_else(team)
    team.go("portes")
    team.git("rebase", "-q", "main")
    team.merge("portes")


@flow
def rebased_by_the_approver_after_the_approval(team: Team) -> None:
    approved(team)
    something_else(team)
    team.go("portes")
    team.git("rebase", "-q", "main", who="karim")
    team.merge("portes")


@flow
def rebased_and_signed_by_the_approver_after_the_approval(team: Team) -> None:
    approved(team)
    something_else(team)
    team.go("portes")
    team.git("rebase", "-q", "-S", "main", who="karim")
    team.merge("portes", how=("--ff-only",))


@flow
def rebased_by_a_third_and_fast_forwarded(team: Team) -> None:
    approved(team)
    something_else(team)
    team.go("portes")
    team.git("rebase", "-q", "main", who="claire")
    team.merge("portes", how=("--ff-only",))


@flow
def cherry_picked_onto_main(team: Team) -> None:
    approved(team)
    something_else(team)
    team.git("cherry-pick", "--allow-empty", "portes~1", "portes")


@flow
def squashed_with_the_messages_kept(team: Team) -> None:
    approved(team)
    message = team.git("log", "-1", "--format=%B")
    something_else(team)
    team.git("merge", "-q", "--squash", "portes")
    team.commit(message=f"Portes (#12)\n\n* Write\n\n* {message}")


@flow
def edited_and_approved_again(team: Team) -> None:
    approved(team)
    team.commit({PATH: OTHER})
    team.approve("karim", "portes")
    team.merge("portes")


@flow
def a_bad_edit_reverted_by_the_author(team: Team) -> None:
    approved(team)
    team.commit({PATH: OTHER}, who="claire")
    team.git("revert", "--no-edit", "HEAD")
    team.merge("portes")


@flow
def a_bad_edit_reverted_by_the_approver(team: Team) -> None:
    approved(team)
    team.merge("portes")
    team.commit({PATH: OTHER}, who="claire")
    team.git("revert", "--no-edit", "HEAD", who="karim")


@flow
def the_post_taken_out_by_the_approver_and_brought_back(team: Team) -> None:
    approved(team)
    team.merge("portes")
    team.commit({PATH: None}, who="karim")
    team.commit({PATH: POST}, who="karim")


@flow
def written_by_the_approver_of_before_and_approved_by_the_author_of_before(team: Team) -> None:
    approved(team)
    team.commit({PATH: OTHER}, who="karim")
    team.approve("ines", "portes")
    team.merge("portes")


@flow
def two_approve_on_two_copies_of_the_branch_at_quorum_two(team: Team) -> None:
    team.commit({POLICY: (team.folder / POLICY).read_text().replace("quorum: 1", "quorum: 2")})
    written(team)
    team.git("branch", "copy")
    team.approve("karim", "portes")
    team.go("copy")
    team.approve("claire", "portes")
    team.merge("portes", "copy")


@flow
def one_approves_before_the_merge_and_one_after_at_quorum_two(team: Team) -> None:
    team.commit({POLICY: (team.folder / POLICY).read_text().replace("quorum: 1", "quorum: 2")})
    approved(team)
    team.merge("portes")
    team.approve("claire", "portes")


@flow
def the_file_moved_by_the_approver(team: Team) -> None:
    approved(team)
    (team.folder / "content/posts/2027/01").mkdir(parents=True)
    team.git("mv", PATH, "content/posts/2027/01/portes.md", who="karim")
    team.commit(who="karim", message="Move")
    team.merge("portes")


@flow
def the_channel_paused_and_the_approvers_changed_since(team: Team) -> None:
    approved(team)
    team.merge("portes")
    team.commit({POLICY: (team.folder / POLICY).read_text().replace("  claire:", "  zoe: {emails: [zoe@example.org]}\n  claire:")})
    team.commit({CHANNELS: (team.folder / CHANNELS).read_text().replace("lang: fr}", "lang: fr, name: Le journal}")})


@pytest.mark.parametrize("name", FLOWS)
def test_it_goes_out(team: Team, name: str) -> None:
    FLOWS[name](team)
    team.go("main")
    line = team.line()
    assert line.state == "ready", line.why
    assert line.why.startswith("approved by "), line.why


def test_who_rebased_the_branch_before_approving_is_told_the_way_out(team: Team) -> None:
    """The one that is refused: whoever commits words could have written them."""
    written(team)
    something_else(team)
    team.go("portes")
    team.git("rebase", "-q", "main", who="karim")
    with pytest.raises(Trouble, match=r"Karim rebased .* and cannot approve it") as trouble:
        team.approve("karim", "portes")
    assert "its author runs `git rebase --no-ff main` on the branch" in trouble.value.message
    team.git("rebase", "-q", "--no-ff", "main", who="ines")
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval(KEY).granted


def test_there_are_twenty_five() -> None:
    assert len(FLOWS) + 1 == 25
