"""Every file of the other tool and every element of its posts is carried over, or named in the report."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from importers import galaxy
from importers.test_real_sites import BRUSSELS, NOW
from marronnier import desk, importers
from marronnier.files import WorkTree
from marronnier.importers import TableOptions, writer
from marronnier.importers.bundle import Bundle
from marronnier.importers.leftovers import with_leftovers
from marronnier.importers.tools import csv as tables
from people import write

BRAND = {"brand/brand.yml": "name: x\nzone: Europe/Brussels\n", "brand/channels.yml": "channels: {journal: {network: feed}}\n"}


class Words:
    """Words of which each is written once, so that each can be found again."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def word(self) -> str:
        self.written.append(f"mot{len(self.written)}z")
        return self.written[-1]


Folder = Mapping[str, str]
Drawn = Callable[[st.DataObject, Words], Folder]


def lines(data: st.DataObject, words: Words, forms: list[str], most: int = 5) -> list[str]:
    """Some of these forms, each `{}` in them a word of its own."""
    chosen = data.draw(st.lists(st.sampled_from(forms), max_size=most, unique=True))
    return [form.format(*(words.word() for _place in range(form.count("{}")))) for form in chosen]


def files(data: st.DataObject, words: Words, forms: list[str]) -> dict[str, str]:
    return dict.fromkeys(lines(data, words, forms), "(a file)")


KEYS = [
    "title: {}", "description: {}", "tags: [{}, {}]", "image: /{}.png", "image: https://i.example/{}.png", "author: {}", "chapeau: {}", "link: https://{}.example/",
    "params: {{a: [{}, {}]}}", "publishDate: {}", "permalink: /{}/", "expiryDate: 2027-01-01", "timezone: {}",
]  # fmt: skip
BODY = [
    "{} *{}*", "![{}]({}.png)", "![{}](https://i.example/{}.png)", "[{}](../{}.md)", "[{}](https://{}.example/)", "![{}][r]\n\n[r]: {}.png", "<img src=/{}.png alt={}>",
    "```\n{}\n```", "{{{{< figure src=\"{}.png\" alt=\"{}\" caption=\"{}\" attr=\"{}\" attrlink=\"https://{}.example/\" >}}}}", "{{% note {} %}}", "# {}", "- {}\n- {}",
    "<video src=\"{}.mp4\"></video>", "<!-- {} -->", "![{}]({{{{ site.baseurl }}}}/{}.png)", "> {}", "| {} | {} |\n|---|---|\n| {} | {} |", "{{{{ {} }}}}",
]  # fmt: skip
DATES = ["date: 2026-01-05", "date: 2026-01-05 10:00", "date: {}", "date: 05/01/2026 {}", "date: [{}]", "Date: 2026-01-06", ""]


def site_post(data: st.DataObject, words: Words) -> str:
    front = [*lines(data, words, DATES, 1), *lines(data, words, KEYS)]
    return "\n".join(["---", *front, "---", "\n\n".join(lines(data, words, BODY)), ""])


def jekyll(data: st.DataObject, words: Words) -> Folder:
    others = files(
        data,
        words,
        ["{}.png", "_layouts/{}.html", "_posts/{}.md", "assets/{}.css", "_posts/2026-01-06-{}.html", "a/b/{}.txt", "_drafts/{}.md"],
    )
    return {**others, "_posts/2026-01-05-a.md": site_post(data, words), "x/_posts/2026-01-05-b.md": site_post(data, words)}


def hugo(data: st.DataObject, words: Words) -> Folder:
    names = [
        "static/{}.png",
        "content/posts/{}.png",
        "content/about/{}.md",
        "content/posts/b/{}.png",
        "content/posts/b/{}.md",
        "content/{}.md",
        "layouts/{}.html",
    ]
    others = files(data, words, [*names, "content/posts/_index.md", "hugo.toml", "data/{}.json", "content/posts/b/sub/{}.html"])
    return {**others, "content/posts/a.md": site_post(data, words), "content/posts/b/index.md": site_post(data, words)}


def material(data: st.DataObject, words: Words) -> Folder:
    others = files(
        data,
        words,
        ["docs/{}.png", "docs/blog/{}.md", "docs/blog/posts/{}.png", "overrides/{}.html", "mkdocs.yml", "docs/blog/posts/c/{}.png"],
    )
    return {**others, "docs/blog/posts/a.md": site_post(data, words), "docs/blog/posts/c/index.md": site_post(data, words)}


def twitter_together(data: st.DataObject, words: Words) -> Folder:
    keys = [
        "media: [{{file: {}.png, alt: {}}}]",
        "poll: [{}, {}]",
        "reply: https://x.example/{}",
        "retweet: https://x.example/{}",
        "schedule: {}",
        "{}: other",
    ]

    def part() -> str:
        front = lines(data, words, keys)
        body = lines(data, words, ["{} #{}", "*{}*", "( ) {}\n( ) {}", "( ) {}", "https://{}.example/a_b", "![{}]({})", "## @{}"], 3)
        return "\n".join([*(["---", *front, "---", ""] if front else []), "\n\n".join(body)])

    others = files(data, words, ["media/{}.png", "tweets/{}.md", "README-{}.md", "tweets/2026/{}.tweet"])
    return {**others, "tweets/a.tweet": "\n\n---\n\n".join(part() for _number in range(data.draw(st.integers(1, 3)))) + "\n"}


def csv(data: st.DataObject, words: Words) -> Folder:
    rows = [["Text", "Image URL", "Tags", "Posting Time", "Note"]]
    for _number in range(data.draw(st.integers(1, 3))):
        cells = [
            ["", "{} *{}*", "=1+{}"],
            ["", "https://i.example/{}.png", "{}.png"],
            ["", "label"],
            ["", "2026-12-05 10:00", "{}", "2026-11-01"],
            ["", "note"],
            ["", "{}"],
        ]
        rows.append([(lines(data, words, forms, 1) or [""])[0] for forms in cells])
    return {"plan.csv": "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows), **files(data, words, ["{}.png", "{}.doc"])}


def feed(data: st.DataObject, words: Words) -> Folder:
    entry = [
        "<title>{}</title>",
        "<published>{}</published>",
        "<updated>2026-01-05T10:00:00Z</updated>",
        "<summary>x</summary>",
        "<category term='{}'/>",
    ]
    entry += [
        "<link href='https://{}.example/'/>",
        "<link rel='enclosure' href='https://e.example/{}.mp3' type='audio/mpeg'/>",
        "<link rel='enclosure' href='https://e.example/{}.png'/>",
    ]
    entry += [
        "<author><name>{}</name></author>",
        "<rights>x</rights>",
        "<content>{} *{}*</content>",
        "<link rel='related' href='https://{}.example/'/>",
    ]
    inner = [
        "<p>{} <b>{}</b></p>",
        "<img src='https://i.example/{}.png' alt='{}'>",
        "<a href='https://{}.example/'>{}</a>",
        "<iframe src='https://v.example/{}'></iframe>",
    ]
    inner += [
        "<table><tr><td>{}</td><td>{}</td></tr></table>",
        "<pre>{}</pre>",
        "<ul><li>{}<li>{}</ul>",
        "<img src='data:x' alt='{}'>",
        "<video src='/{}.mp4'>{}</video>",
    ]
    entries = []
    for number in range(data.draw(st.integers(1, 3))):
        html = escape("".join(lines(data, words, inner)))
        body = [f"<content type='html'>{html}</content>"] if html else []
        chosen = [line for line in lines(data, words, entry, 8) if not (body and line.startswith("<content"))]
        entries.append(f"<entry><id>urn:{number}</id>{''.join(chosen + body)}</entry>")
    words.written = [word for word in words.written if any(word in text for text in entries)]
    return {"feed.xml": f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>"}


def galaxy_social(data: st.DataObject, words: Words) -> Folder:
    front = [
        "mentions: {{m: [{}@a.example]}}",
        "hashtags: {{m: [{}], n: [x]}}",
        "images: [{{url: 'https://i.example/{}.png', alt_text: {}}}]",
        "{}: other",
    ]
    body = ["{} *{}*", "![{}](https://i.example/{}.png)", "## @{}", "\n\n{}", "---"]
    post = "\n".join(["---", "media: [m]", *lines(data, words, front), "---", words.word(), *lines(data, words, body), ""])
    others = files(data, words, ["posts/{}.jpg", "lib/{}.py", "{}.txt", "posts/{}.md"])
    settings = {"plugins.yml": galaxy.PLUGINS.replace("Mastodon-Jardin", "m"), "processed_files.json": "{}"}
    return {**others, **settings, "posts/2026/a.md": post}


TOOLS: Mapping[str, Drawn] = {
    "jekyll": jekyll,
    "hugo": hugo,
    "material": material,
    "twitter-together": twitter_together,
    "csv": csv,
    "feed": feed,
    "galaxy-social": galaxy_social,
}


def test_every_tool_is_tried() -> None:
    assert set(TOOLS) == set(importers.names())


@pytest.mark.parametrize("tool", list(TOOLS))
@settings(max_examples=200 if os.environ.get("MARRONNIER_PROOF") else 15, phases=[Phase.reuse, Phase.generate])
@given(data=st.data())
def test_each_file_and_element_is_carried_or_named(tmp_path_factory: pytest.TempPathFactory, tool: str, data: st.DataObject) -> None:
    """A failure shows its folder: to make it smaller takes minutes."""
    place = tmp_path_factory.mktemp(tool)
    words = Words()
    folder = TOOLS[tool](data, words)
    write(place / "there", folder)
    write(place / "house", BRAND)
    source, before = WorkTree(place / "there"), desk.load(WorkTree(place / "house"))
    if tool == "csv" and not any(cell.strip(',"') for cell in folder["plan.csv"].split("\n")[1:]):
        return
    if tool == "csv":
        bundle = tables.read_table(source, before, NOW, BRUSSELS, fresh=False, options=TableOptions(channels=("journal",)))
    else:
        bundle = importers.get(tool).read(source, before, NOW, BRUSSELS, fresh=False)
    bundle = with_leftovers(bundle, source)
    writer.write_bundle(bundle, writer.compare_with_brand(bundle, before, source), source, before, place / "house", None)
    report = reported(bundle)
    for path in folder:
        assert path in {*bundle.sources, *bundle.copies.values(), *bundle.repeats, *bundle.unused} or path in report, f"{path} vanished"
    carried = "\n".join(
        (report, *(file.read_text("utf-8") for file in place.joinpath("house").rglob("*.*") if file.suffix in (".md", ".yml")))
    )
    refused = [
        text for path, text in folder.items() if any(r.place == path and r.message.startswith("not imported") for r in bundle.remarks)
    ]
    for word in words.written:
        assert any(word in text for text in refused) or word in carried, f"{word} vanished from {folder}"
    assert set(desk.load(WorkTree(place / "house")).posts) >= {post.id for post in bundle.posts} - unreadable(place / "house")


def reported(bundle: Bundle) -> str:
    """What the report says, as JSON has it."""
    remarks = [(remark.place, remark.message) for remark in bundle.remarks]
    past = [send.url for post in bundle.posts for send in post.past.values()]
    return json.dumps([remarks, past, list(bundle.unused), dict(bundle.copies), dict(bundle.pictures)], ensure_ascii=False)


def unreadable(house: Path) -> set[str]:
    return set(desk.load(WorkTree(house)).unreadable_posts.values())
