"""Words digests kept from one look to the next: a look after a change sees the change, and whoever publishes or approves uses none."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from marronnier import approval
from people import Town
from teamwork import KEY, PATH, POST, Team

WITH_PICTURE = POST.replace("---\nOn", "media:\n  - {src: banc.png, alt: Un banc}\ncampaign: portes\n---\nOn @jardin")
CAMPAIGN = "---\ntitle: Portes\nstart: 2026-11-01\nend: 2026-12-31\nhashtag: Portes\n---\n"


@pytest.fixture
def team(town: Town, tmp_path: Path) -> Team:
    team = Team(town, town.found(tmp_path / "repo"))
    handles = "handles:\n  jardin: {name: Le jardin, kind: us}\n"
    files = {PATH: WITH_PICTURE, "content/media/banc.png": "1", "calendar/campaigns/portes.md": CAMPAIGN, "brand/handles.yml": handles}
    team.commit(files)
    return team


def words(team: Team, *, looking: bool) -> str:
    return team.situation(proposals=looking).digests[KEY].words


def test_what_did_not_change_is_not_made_again(team: Team) -> None:
    with mock.patch.object(approval, "words_digest", side_effect=approval.words_digest) as made:
        words(team, looking=True)
        assert made.call_count == 1
        words(team, looking=True)
    assert made.call_count == 1


@pytest.mark.parametrize(
    "change",
    [
        {PATH: WITH_PICTURE.replace("dimanche", "lundi")},
        {"content/media/banc.png": "2"},
        {"content/posts/2026/12/banc.png": "another one, nearer to the post"},
        {"brand/channels.yml": "channels:\n  journal: {network: feed, account: autre}\n"},
        {"brand/handles.yml": "handles:\n  jardin: {name: Le grand jardin, kind: us}\n"},
        {"calendar/campaigns/portes.md": CAMPAIGN.replace("hashtag: Portes", "hashtag: Jardin")},
    ],
    ids=["text", "picture", "nearer picture", "channel", "handle", "campaign"],
)
def test_what_changed_is_seen(team: Team, change: dict[str, str]) -> None:
    before = words(team, looking=True)
    team.commit(change)
    after = words(team, looking=True)
    assert after != before
    assert after == words(team, looking=False)


def test_whoever_publishes_or_approves_makes_every_digest(team: Team) -> None:
    words(team, looking=True)
    with mock.patch.object(approval, "words_digest", return_value="0" * 64):
        assert words(team, looking=False) == "0" * 64
        assert words(team, looking=True) != "0" * 64
