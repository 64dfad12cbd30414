"""What people forget to write, and what phones write for them: each is told once, with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check
from marronnier import messages
from marronnier.model.finding import Finding, Place

POST = "content/posts/2026/12/compost.md"


def found(root: Path, *arguments: str) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(check(root, "--format", "json", *arguments).stdout)
    return read


def test_a_post_without_a_date_is_told_and_an_idea_is_not(tmp_path: Path) -> None:
    text = "---\ntitle: Le compost\nchannels: [journal, mastodon]\n---\nOn couvre.\n"
    root = build(
        tmp_path, {POST: text, "content/ideas/plus-tard.md": text, "content/posts/b.md": text.replace("title", "draft: true\ntitle")}
    )
    (one,) = found(root)
    assert (one["rule"], one["level"], one["path"], one["line"]) == ("invalid-date", "error", POST, 1)


def test_a_date_for_one_channel_leaves_the_other_without(tmp_path: Path) -> None:
    text = "---\nchannels: [journal, mastodon]\nfor:\n  mastodon: {date: 2026-12-08 10:00}\n---\nOn couvre.\n"
    assert [one["rule"] for one in found(build(tmp_path, {POST: text}))] == ["invalid-date"]
    whole = text.replace("  mastodon", "  journal: {date: 2026-12-08 09:00}\n  mastodon")
    assert found(build(tmp_path, {POST: whole})) == []


def test_a_next_slot_that_will_never_come_is_told(tmp_path: Path) -> None:
    text = "---\ntitle: Le compost\nslot: next\nchannels: [journal]\n---\nOn couvre.\n"
    (one,) = found(build(tmp_path, {POST: text, "calendar/slots.yml": "slots: {}\n"}))
    assert (one["rule"], one["line"], one["column"]) == ("invalid-value", 3, 7)
    assert "no slot yet" in str(one["message"])


@pytest.mark.parametrize("name", ["COMPOST.MD", "Compost.Md", "compost.markdown"])
def test_a_capital_extension_is_a_post_all_the_same(tmp_path: Path, name: str) -> None:
    root = build(tmp_path, {f"content/posts/2026/12/{name}": "---\ndate: 2026-12-08 10:00\nchannels: [jurnal]\n---\nOn couvre.\n"})
    (one,) = found(root)
    assert (one["rule"], one["line"]) == ("unknown-channel", 3)


def test_a_tab_before_a_key_is_one_fault_and_is_mended(tmp_path: Path) -> None:
    root = build(
        tmp_path,
        {
            "content/media/jardin.jpg": "(a picture)",
            POST: "---\ntitle: Un : deux\n\tdate: 2026-12-08 10:00\n\tchannels: [journal]\nmedia:\n\t- src: jardin.jpg\n\t  alt: x : y\n---\nOn.\n",
        },
    )
    assert {one["message"] for one in found(root)} == {"a tab begins the line"}
    check(root, "--fix")
    assert (root / POST).read_text().splitlines()[2:7] == [
        "date: 2026-12-08 10:00",
        "channels: [journal]",
        "media:",
        "  - src: jardin.jpg",
        "    alt: x : y",
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Write it so", "write it so"),
        ("Écrivez-le ainsi", "écrivez-le ainsi"),
        ("L’image manque", "l’image manque"),
        ("À revoir", "à revoir"),
        ("IANA says", "IANA says"),
        ("LinkedIn says", "LinkedIn says"),
        ("`Key` is", "`Key` is"),
        ("", ""),
    ],
)
def test_every_sentence_of_a_finding_begins_the_same_way_wherever_it_is_shown(written: str, said: str) -> None:
    finding = Finding("clash", "warning", Place("a.md"), written, written, written)
    assert finding.sentence_parts == (said, said, said)
    assert [finding.as_json()[name] for name in ("message", "expected", "next")] == [said] * 3


def test_check_asks_no_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from marronnier.git import Repo
    from marronnier.ledger import push

    root = build(tmp_path, {POST: "---\ndate: 2026-12-08 10:00\nchannels: [journal]\n---\nOn couvre.\n"})
    repo = Repo(root)
    repo.run("init", "-q", "-b", "main")
    repo.run("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "x")
    repo.run("remote", "add", "origin", str(tmp_path / "nowhere"))
    repo.run("update-ref", "refs/remotes/origin/ledger", "HEAD")
    asked: list[object] = []
    monkeypatch.setattr(push, "fetch", asked.append)
    check(root)
    assert asked == []


def test_the_list_of_commands_is_never_cut_within_a_sentence() -> None:
    from click.testing import CliRunner

    from marronnier.cli import marronnier
    from marronnier.cli.localization import localized

    for lang in ("en", "fr"):
        with messages.in_language(lang):
            said = CliRunner().invoke(localized(marronnier), ["--help"]).output
        assert "publish" in said
        assert "..." not in said.partition("--help")[2]


def test_settings_that_cannot_be_read_blame_no_post(tmp_path: Path) -> None:
    text = "---\ntitle: Le compost\ndate: 2026-12-05 10:00\nchannels: [journal]\npillar: jardin\naudience: [voisins]\n---\nOn couvre le compost avec des feuilles.\n"
    root = build(
        tmp_path,
        {POST: text, "brand/channels.yml": "channels:\n  journal: {network: feed}\n x: 1\n", "brand/strategy.yml": "pillars: {jardin\n"},
    )
    assert {(one["path"], one["rule"]) for one in found(root)} == {
        ("brand/channels.yml", "unreadable"),
        ("brand/strategy.yml", "unreadable"),
    }
