"""What a post says of how late, after what and until when it may go out is approved with its date."""

from __future__ import annotations

import pytest

from teamwork import PATH, POST, Team

CONDITIONS = ("grace: 40d", "on_missed: send-until 20d", "requires: [autre]", "expires: 2027-01-01")


def given(text: str, condition: str) -> str:
    return text.replace("channels:", f"{condition}\nchannels:")


def approved(team: Team, text: str) -> None:
    team.branch("portes")
    team.commit({PATH: text})
    team.approve("karim", "portes")
    team.merge("portes")
    assert team.approval().granted


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("added", [True, False], ids=["added", "taken away"])
def test_a_condition_that_changes_voids_the_approval(team: Team, condition: str, added: bool) -> None:
    policy = (team.folder / "brand/approvals.yml").read_text()
    team.commit({"brand/approvals.yml": f"{policy}moves: same-week\n"})
    before, after = (POST, given(POST, condition)) if added else (given(POST, condition), POST)
    approved(team, before)
    team.commit({PATH: after})
    assert not team.approval().granted
    assert team.approval().why == "`grace`, `on_missed`, `requires` or `expires` changed after its approval"
    team.commit({PATH: before})
    assert team.approval().granted


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_move_keeps_the_approval_of_a_post_with_conditions(team: Team, condition: str) -> None:
    approved(team, given(POST, condition))
    team.commit({PATH: given(POST, condition).replace("10:00", "18:00")})
    assert team.approval().granted


def test_a_post_without_conditions_keeps_the_digest_it_had(team: Team) -> None:
    team.commit({PATH: POST})
    assert team.digests()[1] == "1b56de144acce927085ccf194b20ae90dab44fd92ed38a3e34ce1c6723219f10"


def test_the_same_condition_written_otherwise_is_the_same(team: Team) -> None:
    approved(team, given(given(POST, "grace: 2h"), "requires: [a, b]"))
    team.commit({PATH: given(given(POST, "grace: 120m"), "requires: [b, a]")})
    assert team.approval().granted
