"""Common mistakes: what people forget to write, and what phones change. Each is reported once, with its place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.rule_pages import build, check
from marronnier import messages
from marronnier.model.finding import Finding, Place

POST = "content/posts/2026/12/compost.md"


def findings_of(root: Path, *arguments: str) -> list[dict[str, object]]:
    read: list[dict[str, object]] = json.loads(check(root, "--format", "json", *arguments).stdout)
    return read


def test_a_post_without_a_date_is_reported_and_an_idea_is_not(tmp_path: Path) -> None:
    text = "---\ntitle: Le compost\nchannels: [journal, mastodon]\n---\nOn couvre.\n"
    root = build(
        tmp_path, {POST: text, "content/ideas/plus-tard.md": text, "content/posts/b.md": text.replace("title", "draft: true\ntitle")}
    )
    (finding,) = findings_of(root)
    assert (finding["rule"], finding["level"], finding["path"], finding["line"]) == ("invalid-date", "error", POST, 1)


def test_a_date_for_one_channel_only_is_reported(tmp_path: Path) -> None:
    text = "---\nchannels: [journal, mastodon]\nfor:\n  mastodon: {date: 2026-12-08 10:00}\n---\nOn couvre.\n"
    assert [finding["rule"] for finding in findings_of(build(tmp_path, {POST: text}))] == ["invalid-date"]
    whole = text.replace("  mastodon", "  journal: {date: 2026-12-08 09:00}\n  mastodon")
    assert findings_of(build(tmp_path, {POST: whole})) == []


def test_a_next_slot_that_does_not_exist_is_reported(tmp_path: Path) -> None:
    text = "---\ntitle: Le compost\nslot: next\nchannels: [journal]\n---\nOn couvre.\n"
    (finding,) = findings_of(build(tmp_path, {POST: text, "calendar/slots.yml": "slots: {}\n"}))
    assert (finding["rule"], finding["line"], finding["column"]) == ("invalid-value", 3, 7)
    assert "no slot yet" in str(finding["message"])


@pytest.mark.parametrize("name", ["COMPOST.MD", "Compost.Md", "compost.markdown"])
def test_an_upper_case_extension_is_a_post_too(tmp_path: Path, name: str) -> None:
    root = build(tmp_path, {f"content/posts/2026/12/{name}": "---\ndate: 2026-12-08 10:00\nchannels: [jurnal]\n---\nOn couvre.\n"})
    (finding,) = findings_of(root)
    assert (finding["rule"], finding["line"]) == ("unknown-channel", 3)


def test_a_tab_before_a_key_is_one_finding_and_is_fixed(tmp_path: Path) -> None:
    root = build(
        tmp_path,
        {
            "content/media/jardin.jpg": "(a picture)",
            POST: "---\ntitle: Un : deux\n\tdate: 2026-12-08 10:00\n\tchannels: [journal]\nmedia:\n\t- src: jardin.jpg\n\t  alt: x : y\n---\nOn.\n",
        },
    )
    assert {finding["message"] for finding in findings_of(root)} == {"a tab begins the line"}
    check(root, "--fix")
    assert (root / POST).read_text().splitlines()[2:7] == [
        "date: 2026-12-08 10:00",
        "channels: [journal]",
        "media:",
        "  - src: jardin.jpg",
        "    alt: x : y",
    ]


@pytest.mark.parametrize(
    ("written", "sentence"),
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
def test_every_output_shows_sentences_with_the_same_first_letter(written: str, sentence: str) -> None:
    finding = Finding("clash", "warning", Place("a.md"), written, written, written)
    assert finding.sentence_parts == (sentence, sentence, sentence)
    assert [finding.as_json()[name] for name in ("message", "expected", "next")] == [sentence] * 3


def test_check_contacts_no_remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_the_list_of_commands_has_whole_sentences() -> None:
    from click.testing import CliRunner

    from marronnier.cli import marronnier
    from marronnier.cli.localization import localize_command

    for lang in ("en", "fr"):
        with messages.in_language(lang):
            sentence = CliRunner().invoke(localize_command(marronnier), ["--help"]).output
        assert "publish" in sentence
        assert "..." not in sentence.partition("--help")[2]


def test_unreadable_settings_cause_no_findings_in_posts(tmp_path: Path) -> None:
    text = "---\ntitle: Le compost\ndate: 2026-12-05 10:00\nchannels: [journal]\npillar: jardin\naudience: [voisins]\n---\nOn couvre le compost avec des feuilles.\n"
    root = build(
        tmp_path,
        {POST: text, "brand/channels.yml": "channels:\n  journal: {network: feed}\n x: 1\n", "brand/strategy.yml": "pillars: {jardin\n"},
    )
    assert {(finding["path"], finding["rule"]) for finding in findings_of(root)} == {
        ("brand/channels.yml", "unreadable"),
        ("brand/strategy.yml", "unreadable"),
    }


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"


@pytest.mark.parametrize(
    ("path", "text", "place"),
    [
        ("brand/approvals.yml", "quorum: 1\n", (1, 9)),
        ("brand/approvals.yml", "quorum: 3\napprovers: {ines: {}, tom: {}}\n", (1, 9)),
        ("brand/approvals.yml", "quorum: 0\napprovers: {ines: {}}\nrequirements:\n  - {tags: [Presse], quorum: 2}\n", (4, 30)),
        (
            "brand/approvals.yml",
            "quorum: 1\napprovers: {ines: {}, tom: {}}\nteams: {press: [ines, nobody]}\nrequirements:\n  - {quorum: 2, by: [press]}\n",
            (5, 14),
        ),
        ("brand/allowed_signers", "# clés\nines le rouge\n", (2, 1)),
        ("brand/allowed_signers", f'tom namespaces="git" {KEY} tom@pc\nines ssh-ed25519 AAAAoops\n', (2, 1)),
        ("brand/allowed_signers", KEY + "\n", (1, 1)),
        ("brand/channels.yml", "channels:\n  journal: {network: feed}\n  toots: {network: mastodon}\n", (3, 10)),
        ("brand/channels.yml", "channels:\n  journal: {network: feed}\n  ciel: {network: bluesky, host: pds.example.org}\n", (3, 9)),
        ("calendar/campaigns/fete.md", "---\ntitle: Fête\nstart: 2026-12-31\nend: 2026-12-01\n---\n", (4, 6)),
    ],
)
def test_a_setting_that_nothing_can_meet_is_told_where_it_stands(tmp_path: Path, path: str, text: str, place: tuple[int, int]) -> None:
    post = "---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [journal]\n---\nVenez.\n"
    if "campaigns" in path:
        post = post.replace("---\nVenez", "campaign: fete\n---\nVenez")
    root = build(tmp_path, {"content/posts/a.md": post, path: text})
    (finding,) = json.loads(check(root, "--format", "json").stdout)
    assert (finding["rule"], finding["level"], finding["path"]) == ("invalid-value", "error", path)
    assert (finding["line"], finding["column"]) == place


def test_a_brand_without_a_policy_is_told_that_nobody_may_approve(tmp_path: Path) -> None:
    root = build(tmp_path, {"content/posts/a.md": "---\ntitle: A\ndate: 2026-12-05 10:00\nchannels: [journal]\n---\nVenez.\n"})
    (root / "brand/approvals.yml").unlink()
    (finding,) = json.loads(check(root, "--format", "json").stdout)
    assert (finding["rule"], finding["level"], finding["path"]) == ("invalid-value", "error", "brand/approvals.yml")
    assert "this file is missing" in finding["message"] and "`quorum: 0`" in finding["next"]


@pytest.mark.parametrize(
    ("policy", "signers", "told"),
    [
        ("quorum: 1\napprovers: {ines: {}}\n", f"publisher {KEY}\n", True),
        ("quorum: 2\napprovers: {ines: {}, tom: {}}\n", f"ines {KEY}\n", True),
        ("quorum: 2\napprovers: {ines: {}, tom: {}}\n", f"ines {KEY}\nTom {KEY}\n", True),
        ("quorum: 1\napprovers: {ines: {}, tom: {}}\n", f"ines {KEY}\n", False),
        ("quorum: 2\napprovers: {ines: {}, tom: {github: 12}}\n", f"ines {KEY}\n", False),
        ("quorum: 1\nunsigned: true\napprovers: {ines: {}}\n", f"publisher {KEY}\n", False),
        ("quorum: 1\napprovers: {ines: {}}\n", "# no key yet\n", False),
    ],
)
def test_a_quorum_that_needs_somebody_without_a_key_is_told(tmp_path: Path, policy: str, signers: str, told: bool) -> None:
    root = build(tmp_path, {"brand/approvals.yml": policy, "brand/allowed_signers": signers})
    found = json.loads(check(root, "--format", "json").stdout)
    assert [(finding["rule"], finding["path"], finding["line"]) for finding in found] == (
        [("invalid-value", "brand/approvals.yml", 1)] if told else []
    )


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "brand/approvals.yml",
            "quorum: 2\napprovers: {ines: {}, tom: {}}\nteams: {press: [tom]}\nrequirements:\n  - {quorum: 1, by: [press]}\n",
        ),
        ("brand/allowed_signers", f'# clés\n\n"ines,tom" namespaces="git",valid-after="20260101" {KEY}\nkarim {KEY} karim@pc de bureau\n'),
    ],
)
def test_a_setting_that_people_can_meet_is_not_told(tmp_path: Path, path: str, text: str) -> None:
    root = build(tmp_path, {path: text})
    assert json.loads(check(root, "--format", "json").stdout) == []
