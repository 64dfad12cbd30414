"""Documents beside what networks take: the finding stands on the line of the file, before anybody approves it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import documents
from checks.rule_pages import build, check
from marronnier import networks
from marronnier.networks.kit.fact_tables import network_table

POST = "content/posts/2026/12/a.md"
BRAND = "name: Le Feuillage\nsite_url: https://feuillage.example.org/\n"
CHANNELS = """\
channels:
  chat: {network: discord, account: "1"}
  bot: {network: telegram, account: "@jardin"}
  page: {network: linkedin, account: "urn:li:organization:1"}
  blog: {network: wordpress, account: jardin, host: blog.example.org}
  forum: {network: discourse, account: jardin, host: forum.example.org}
  room: {network: matrix, account: "#jardin:example.org"}
"""


def found(folder: Path, front: str, data: bytes, title: str = "title: A\n") -> list[tuple[int, str, str, str]]:
    """Line, level, rule and sentence of each finding about a document."""
    root = build(folder, {"brand/brand.yml": BRAND, "brand/channels.yml": CHANNELS})
    post = root / POST
    post.parent.mkdir(parents=True)
    post.write_text(
        f"---\n{title}date: 2026-12-05 10:00\nformat: document\nmedia:\n  - {{src: a.pdf, alt: Le plan}}\n{front}---\nLe plan\n"
    )
    (post.parent / "a.pdf").write_bytes(data)
    read = json.loads(check(root, "--format", "json").stdout)
    return [
        (one["line"], one["level"], one["rule"], f"{one['message']}; {one['expected']}; {one['next']}")
        for one in read
        if one["rule"] in ("unfit-document", "unsafe-media", "not-taken")
    ]


def test_a_document_that_fits_goes_everywhere(tmp_path: Path) -> None:
    assert found(tmp_path, "channels: [chat, bot, page, blog, forum, room]\n", documents.document(3)) == []


def test_one_too_large_is_told_before_anybody_approves_it(tmp_path: Path) -> None:
    told = found(tmp_path, "channels: [chat, bot, page, blog, forum, room]\n", documents.document(3, filled=10_500_000))
    assert told == [
        (
            *(6, "error", "unfit-document"),
            "`chat` does not take `a.pdf`: the document has 11 MB; at most 10 MB; "
            "export a smaller one, or write another one under `for: {chat: {media: […]}}`",
        ),
        (
            *(6, "warning", "unfit-document"),
            "`forum` does not take `a.pdf`: the document has 11 MB; at most 4 MB; "
            "export a smaller one, or write another one under `for: {forum: {media: […]}}`",
        ),
    ]


def test_the_limit_of_pages_is_told_too(tmp_path: Path) -> None:
    ((line, level, rule, said),) = found(tmp_path, "channels: [page, bot]\n", documents.document(301, packed=True))
    assert (line, level, rule) == (6, "warning", "unfit-document")
    assert said.startswith("`page` does not take `a.pdf`: the document has 301 pages; at most 300 pages")


def test_the_title_is_asked_for_where_readers_see_it(tmp_path: Path) -> None:
    ((_line, level, rule, said),) = found(tmp_path, "channels: [page, bot]\n", documents.document(), title="")
    assert (level, rule) == ("warning", "unfit-document") and "`page` shows `a.pdf` under the title of the post" in said


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (documents.document(encrypted=True), "it is encrypted"),
        (documents.document(0), "it has no pages"),
        (documents.document()[:300], "it is damaged or incomplete"),
        (b"", "it is not a picture, video, sound or PDF that Marronnier supports"),
    ],
)
def test_what_nobody_could_open_is_unsafe(tmp_path: Path, data: bytes, said: str) -> None:
    ((line, level, rule, message),) = found(tmp_path, "channels: [bot]\n", data)
    assert (line, level, rule) == (6, "error", "unsafe-media") and said in message
    assert "picture with" not in message and "million pixels" not in message and "an undamaged picture" not in message


def test_a_document_is_alone_on_a_chat_and_has_company_on_a_blog(tmp_path: Path) -> None:
    other = "  - {src: b.pdf, alt: Le budget}\nchannels: [room, blog, forum]\n"
    root = build(tmp_path, {"brand/brand.yml": BRAND, "brand/channels.yml": CHANNELS})
    post = root / POST
    post.parent.mkdir(parents=True)
    post.write_text(f"---\ntitle: A\ndate: 2026-12-05 10:00\nmedia:\n  - {{src: a.pdf, alt: Le plan}}\n{other}---\nLe plan\n")
    for name in ("a.pdf", "b.pdf"):
        (post.parent / name).write_bytes(documents.document())
    told = [one["message"] for one in json.loads(check(root, "--format", "json").stdout) if one["rule"] == "not-taken"]
    assert len(told) == 1 and "`room`" in told[0] and "one document, and nothing beside it" in told[0]


def test_the_page_of_a_network_lists_what_it_takes_of_a_document() -> None:
    table = network_table(networks.get("linkedin"), networks.get("linkedin").TRIED)
    assert "| Size of a document | 100000000 bytes |" in table and "| Pages of a document | 300 pages |" in table
    assert "| Title of a document | yes: that of the post; without one, the name of the file |" in table
    assert "of a document" not in network_table(networks.get("mastodon"), networks.get("mastodon").TRIED)
