"""Posts a week and shares of pillars against the strategy: what counts, and when there is no finding."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import BRAND, build, check

NETWORKS = "networks:\n  {name}: {{why: Pour être lus, per_week: [{least}, {most}]}}\n"


def posts(*dates: str, more: str = "", channel: str = "journal") -> dict[str, str]:
    """A post for each date, each with words of its own."""
    return {
        f"content/posts/2026/12/p{number}.md": f"---\ndate: {date}\nchannels: [{channel}]\n{more}---\nLe mot numéro {number}.\n"
        for number, date in enumerate(dates)
    }


def strategy(name: str = "journal", least: int = 1, most: int = 2) -> dict[str, str]:
    return {"brand/strategy.yml": NETWORKS.format(name=name, least=least, most=most)}


def findings_of(root: Path) -> list[tuple[str, str, str]]:
    return [(finding["path"], finding["level"], finding["message"]) for finding in json.loads(check(root, "--format", "json").stdout)]


def test_this_week_can_have_too_many_posts_but_not_too_few(tmp_path: Path) -> None:
    three = ("2026-12-03 10:00", "2026-12-04 10:00", "2026-12-06 23:30")
    assert findings_of(build(tmp_path, {**posts(*three), **strategy()})) == [
        ("content/posts/2026/12/p2.md", "warning", "3 publications on `journal` in the week of 2026-11-30")
    ]


def test_weeks_end_in_the_brand_zone(tmp_path: Path) -> None:
    dates = ("2026-12-03 10:00", "2026-12-04 10:00", "2026-12-07 00:30")
    assert findings_of(build(tmp_path, {**posts(*dates), **strategy()})) == []


def test_the_last_planned_week_has_no_gap(tmp_path: Path) -> None:
    dates = ("2026-12-09 10:00", "2026-12-11 10:00", "2026-12-15 10:00")
    assert findings_of(build(tmp_path, {**posts(*dates), **strategy(least=2)})) == []
    assert findings_of(build(tmp_path, {**posts(*dates, "2026-12-22 10:00"), **strategy(least=2)})) == [
        ("brand/strategy.yml", "notice", "1 publication on `journal` in the week of 2026-12-14")
    ]


def test_a_post_far_ahead_makes_no_gaps_before_it(tmp_path: Path) -> None:
    assert findings_of(build(tmp_path, {**posts("2027-06-21 10:00"), **strategy()})) == []


def test_a_paused_channel_has_no_gaps(tmp_path: Path) -> None:
    channels = (BRAND / "brand/channels.yml").read_text().replace("journal: {", "journal: {paused: travaux, ")
    gap = {**posts("2026-12-09 10:00", "2026-12-22 10:00"), **strategy()}
    assert [level for _path, level, _message in findings_of(build(tmp_path / "open", gap))] == ["notice"]
    assert findings_of(build(tmp_path / "paused", {**gap, "brand/channels.yml": channels})) == []


def test_a_network_target_applies_to_each_of_its_channels(tmp_path: Path) -> None:
    same_day = ("2026-12-08 10:00", "2026-12-09 10:00", "2026-12-10 10:00")
    findings = findings_of(build(tmp_path, {**posts(*same_day, channel="journal, linkedin"), **strategy("feed")}))
    assert [message for _path, _level, message in findings] == [
        "3 publications on `journal` in the week of 2026-12-07",
        "3 publications on `linkedin` in the week of 2026-12-07",
    ]


def test_unsent_past_posts_and_ideas_do_not_count(tmp_path: Path) -> None:
    late = posts("2026-11-30 10:00", "2026-12-03 10:00", "2026-12-04 10:00", more="allow: {past-date: tant pis}\n")
    files = {path: text.replace("allow: {past-date: tant pis}\n", "") if "11-30" not in text else text for path, text in late.items()}
    idea = {"content/posts/2026/12/idea.md": "---\ndate: 2026-12-05 10:00\nchannels: [journal]\ndraft: true\n---\nPlus tard.\n"}
    assert findings_of(build(tmp_path, {**files, **idea, **strategy()})) == []


@pytest.mark.parametrize("count", [19, 20])
def test_few_posts_have_no_share_findings(tmp_path: Path, count: int) -> None:
    shares = {
        "brand/strategy.yml": "pillars:\n  jardin: {name: Jardin, share: 50}\n  lectures: {name: Lectures, share: 50}\nmix: {post: 40}\n"
    }
    dates = [f"2026-12-{day:02} 10:00" for day in range(3, 3 + count)]
    findings = findings_of(build(tmp_path, {**posts(*dates, more="pillar: jardin\n"), **shares}))
    assert [message for _path, _level, message in findings] == (
        []
        if count == 19
        else [
            "`jardin` has 20 of the 20 posts of the next 30 days, 100 %",
            "`lectures` has 0 of the 20 posts of the next 30 days, 0 %",
            "`post` has 20 of the 20 posts of the next 30 days, 100 %",
        ]
    )


def test_a_post_on_several_channels_counts_once(tmp_path: Path) -> None:
    shares = {"brand/strategy.yml": "pillars:\n  jardin: {name: Jardin, share: 50}\n  lectures: {name: Lectures, share: 50}\n"}
    dates = [f"2026-12-{day:02} 10:00" for day in range(3, 13)]
    assert findings_of(build(tmp_path, {**posts(*dates, more="pillar: jardin\n", channel="journal, linkedin"), **shares})) == []
