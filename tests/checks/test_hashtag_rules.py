"""Required hashtags and limits on their number: one finding each, at the post's `tags`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from checks.rule_pages import build, check
from marronnier import networks
from marronnier.networks import feed
from marronnier.networks.kit.facts import Fact

POST = "content/posts/2026/12/a.md"


def channels(journal: str = "name: J", linkedin: str = "name: L") -> dict[str, str]:
    return {"brand/channels.yml": f"channels:\n  journal: {{network: feed, {journal}}}\n  linkedin: {{network: feed, {linkedin}}}\n"}


def findings_of(root: Path) -> list[tuple[str, str, int, str]]:
    said = json.loads(check(root, "--format", "json").stdout)
    return [(finding["rule"], finding["level"], finding["line"], finding["message"]) for finding in said if "hashtag" in finding["rule"]]


def post(words: str = "Venez.", front: str = "", names: str = "journal") -> str:
    return f"---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [{names}]\n{front}---\n{words}\n"


MISSING = ("missing-hashtag", "error", 1, "#FêteDesVoisins is missing, and `journal` requires it")


@pytest.mark.parametrize(
    ("words", "front"),
    [
        ("Oui #FêteDesVoisins.", ""),
        ("Oui #fêtedesvoisins", ""),
        ("Oui", "tags: Fête des voisins\n"),
        ("Oui", "tags: ['#FÊTEDESVOISINS']\n"),
        ("Oui", "for: {journal: {tags: fêteDesVoisins}}\n"),
        ("Oui\n\n## @journal\nNon #FeteX #FêteDesVoisins", ""),
    ],
)
def test_a_required_hashtag_counts_in_tags_and_in_words(tmp_path: Path, words: str, front: str) -> None:
    assert findings_of(build(tmp_path, {POST: post(words, front), **channels("hashtags: [Fête des voisins]")})) == []


@pytest.mark.parametrize(
    "words",
    ["Oui", "`#FêteDesVoisin`", "https://a.example/#FêteDesVoisins", "Oui #FêteDesVoisins\n\n## @journal\nNon", "@a#FêteDesVoisins"],
)
def test_a_hashtag_in_code_links_or_other_words_is_missing(tmp_path: Path, words: str) -> None:
    assert findings_of(build(tmp_path, {POST: post(words), **channels("hashtags: Fête des voisins")})) == [MISSING]


def test_each_missing_hashtag_is_reported_once_where_it_is_required(tmp_path: Path) -> None:
    files = channels("hashtags: [A1, B1]", "hashtags: [C1]")
    assert [
        said for *_where, said in findings_of(build(tmp_path, {POST: post(front="tags: [b1]\n", names="journal, linkedin"), **files}))
    ] == [
        "#A1 is missing, and `journal` requires it",
        "#C1 is missing, and `linkedin` requires it",
    ]
    repeated = post(front="repeat: FREQ=DAILY;COUNT=5\n")
    assert len(findings_of(build(tmp_path / "repeat", {POST: repeated, **files}))) == 1


def test_a_campaign_hashtag_is_added_and_counts(tmp_path: Path) -> None:
    campaign = {"calendar/campaigns/noel.md": "---\ntitle: Noël\nstart: 2026-12-01\nend: 2026-12-24\nhashtag: '#Noël'\n---\n"}
    text = post("#un", "tags: [deux]\ncampaign: noel\n")
    assert findings_of(build(tmp_path / "a", {POST: text, **campaign, **channels("hashtags: noël")})) == []
    (finding,) = findings_of(build(tmp_path / "b", {POST: text, **campaign, **channels("limits: {hashtags: 2}")}))
    assert finding[3] == "`journal` gets 3 hashtags, 1 too many"


@pytest.mark.parametrize(("limit", "count"), [(2, 0), (1, 1), (0, 1)])
def test_the_same_hashtag_twice_counts_once(tmp_path: Path, limit: int, count: int) -> None:
    text = post("#Un et #un, [#un](https://a.example/#trois) #1 # #", "tags: [Deux, 'deux']\n")
    assert len(findings_of(build(tmp_path, {POST: text, **channels(f"limits: {{hashtags: {limit}}}")}))) == count


def test_a_channel_limit_replaces_the_network_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fact = Fact(1, "https://example.org/limits", seen="2026-11-25", unit="hashtags")
    monkeypatch.setattr(feed, "FACTS", replace(feed.FACTS, hashtags=fact))
    root = build(
        tmp_path, {POST: post(front="tags: [Un, Deux]\n", names="journal, linkedin"), **channels(linkedin="limits: {hashtags: 2}")}
    )
    assert findings_of(root) == [("too-many-hashtags", "error", 5, "`journal` gets 2 hashtags, 1 too many")]
    assert "| Hashtags of a post | 1 hashtags | <https://example.org/limits>, checked on 2026-11-25 |" in networks.page("feed")[0]


def test_an_idea_gets_a_notice(tmp_path: Path) -> None:
    files = channels("hashtags: [A1], limits: {hashtags: 1}")
    root = build(tmp_path, {"content/ideas/a.md": post(front="tags: [Un, Deux]\n"), **files})
    assert [(rule, level) for rule, level, *_place in findings_of(root)] == [("missing-hashtag", "notice"), ("too-many-hashtags", "notice")]
