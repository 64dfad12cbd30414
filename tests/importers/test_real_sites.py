"""What real blogs hold: dates in many forms, zones, capitals, pictures of every kind, files that are no posts. Carried, or named."""

from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from importers.test_pictures import photo
from marronnier import desk, importers
from marronnier.files import WorkTree
from marronnier.importers import picture_download, writer
from marronnier.importers.bundle import Bundle
from marronnier.importers.leftovers import with_leftovers
from marronnier.importers.picture_download import picture_name
from people import Town, write

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
BRUSSELS = ZoneInfo("Europe/Brussels")


def read(tool: str, files: dict[str, str], place: Path, *, fresh: bool = False) -> Bundle:
    """Everything of such a folder, for an empty brand with one feed in Brussels."""
    write(place / "there", files)
    house = place / "house"
    write(house, {"brand/brand.yml": "name: x\nzone: Europe/Brussels\n", "brand/channels.yml": "channels: {journal: {network: feed}}\n"})
    source = WorkTree(place / "there")
    return with_leftovers(importers.get(tool).read(source, desk.load(WorkTree(house)), NOW, BRUSSELS, fresh=fresh), source)


def written(bundle: Bundle, place: Path) -> Any:
    """The desk after the bundle is written."""
    house = place / "house"
    before = desk.load(WorkTree(house))
    writer.write_bundle(bundle, writer.compare_with_brand(bundle, before), WorkTree(place / "there"), before, house, None)
    return desk.load(WorkTree(house))


def said(bundle: Bundle) -> str:
    return "\n".join(f"{remark.place}: {remark.message}" for remark in bundle.remarks)


@pytest.mark.parametrize(
    ("name", "date", "wanted", "named"),
    [
        ("2024-12-10-a.md", "10/12/2024", "2024-12-10", True),
        ("2024-10-12-a.md", "10/12/2024", "2024-10-12", True),
        ("2023-01-29-a.md", "2023-01-29 18:30:22 2023 -0800", "2023-01-29 18:30:22 -08:00", True),
        ("2023-01-29-a.md", "29 janvier 2023 18h30", "2023-01-29 18:30", True),
        ("2023-01-29-a.md", "Sun Jan 29 18:30:22 PST", "2023-01-29", True),
        ("2023-01-29-a.md", "30/01/2023", "2023-01-29", True),
        ("2023-01-29-a.md", "2023-01-29 18:30:22 -0800", "2023-01-29 18:30:22 -0800", False),
        ("2023-01-29-a.md", "2023-01-29T18:30", "2023-01-29T18:30", False),
        ("2023-01-29-a.md", "2023-02-31 10:00", "2023-01-29", True),
    ],
)
def test_a_jekyll_date_of_any_form_is_carried_and_named(tmp_path: Path, name: str, date: str, wanted: str, named: bool) -> None:
    """The file name's day decides what it means; the post stays in the plan, and counts as sent."""
    bundle = read("jekyll", {f"_posts/{name}": f"---\nlayout: post\ntitle: A\ndate: {date} # hm\n---\nMots.\n"}, tmp_path)
    assert f"date: {wanted} # hm\n" in bundle.posts[0].text
    assert (f"_posts/{name}: date" in said(bundle)) == named and (not named or date in said(bundle))
    assert bundle.posts[0].past["journal"].outcome == "sent"
    after = written(bundle, tmp_path)
    assert [finding for finding in after.findings if finding.level == "error"] == []
    assert after.posts["a"].front.date is not None


def test_hours_are_in_the_zone_of_a_jekyll_site(tmp_path: Path) -> None:
    """What is past by either reading of an hour without an offset counts as out: Jekyll on a new Ruby reads UTC."""
    files = {
        "_config.yml": "title: x\ntimezone: America/Los_Angeles\n",
        "_posts/2027-01-05-later.md": "---\ntitle: L\ndate: 2027-01-05 10:00\n---\nMots.\n",
        "_posts/2026-11-20-now.md": "---\ntitle: N\ndate: 2026-11-20 07:00\n---\nMots.\n",
        "_posts/2027-01-06-offset.md": "---\ntitle: O\ndate: 2027-01-06 10:00 +0200\n---\nMots.\n",
    }
    bundle = read("jekyll", files, tmp_path)
    posts = {post.id: post for post in bundle.posts}
    assert "date: 2027-01-05 10:00 -08:00\n" in posts["later"].text and not posts["later"].past
    assert "date: 2026-11-20 07:00 -08:00\n" in posts["now"].text and posts["now"].past["journal"].at == NOW
    assert "date: 2027-01-06 10:00 +0200\n" in posts["offset"].text
    assert "2 hours without an offset are read in America/Los_Angeles" in said(bundle)


@pytest.mark.parametrize(
    ("keys", "wanted", "sent"),
    [
        ("date: 2026-01-01\npublishDate: 2027-01-05", "date: 2027-01-05", False),
        ("date: 2027-01-01\npublishdate: 2026-01-05", "date: 2026-01-05", True),
        ("publishdate: 2027-01-05", "publishDate: 2027-01-05", False),
        ("PublishDate: 2027-01-05T10:00:00+02:00", "publishDate: 2027-01-05T10:00:00+02:00", False),
        ("Date: 2027-01-05", "date: 2027-01-05", False),
        ("date: 2027-01-05T10:00:00", "date: 2027-01-05 10:00 +00:00", False),
        ("date: soon", "date: when-approved", True),
    ],
)
@pytest.mark.parametrize("toml", [False, True])
def test_the_date_that_decides_in_hugo_is_the_date_here(tmp_path: Path, keys: str, wanted: str, sent: bool, toml: bool) -> None:
    text = f"---\ntitle: A\n{keys}\n---\nMots.\n"
    if toml:
        lines = [f'{key} = "{value}"' for key, _colon, value in (line.partition(": ") for line in keys.split("\n"))]
        text = "\n".join(["+++", 'title = "A"', *lines, "+++", "Mots.", ""])
        key, _colon, value = wanted.partition(": ")
        wanted = f'{key} = "{value}"'
    bundle = read("hugo", {"content/posts/a.md": text}, tmp_path)
    assert f"\n{wanted}\n" in bundle.posts[0].text, bundle.posts[0].text
    assert bool(bundle.posts[0].past) == sent
    after = written(bundle, tmp_path)
    assert [finding for finding in after.findings if finding.level == "error"] == [] and after.posts["a"].front.date is not None


def test_hours_are_in_the_zone_of_a_hugo_site(tmp_path: Path) -> None:
    post = "---\ntitle: A\nDraft: false\ndate: 2027-01-05T10:00:00\n---\nMots.\n"
    bundle = read("hugo", {"hugo.toml": 'title = "x"\ntimeZone = "America/New_York"\n', "content/posts/a.md": post}, tmp_path)
    assert "\ndraft: false\ndate: 2027-01-05 10:00 -05:00\n" in bundle.posts[0].text
    same = read("hugo", {"hugo.toml": 'timezone = "Europe/Brussels"\n', "content/posts/a.md": post}, tmp_path / "same")
    assert "\ndate: 2027-01-05T10:00:00\n" in same.posts[0].text


PICTURES = """\
---
title: A
date: 2026-01-05
---
![Un banc][banc] ![q](q.png#center) ![t](t.png "Un titre") ![p](</img/avec espace.png>)

<img alt="Une fleur" src='/img/fleur.png' width=3>

{{< figure src="carte.png" alt="Une carte" caption="Le *jardin*" >}}

![Le plan](https://images.example/le%20plan.png?size=3#top) [un lien](https://images.example/le%20plan.png?size=3)

```html
<img src="/img/code.png">
```

[banc]: /img/banc.png "Un banc"
"""


def test_pictures_of_every_kind(tmp_path: Path) -> None:
    names = ("banc", "fleur", "avec espace", "code")
    files = {f"static/img/{name}.png": "(a picture)" for name in names}
    files |= {f"content/posts/{name}.png": "(a picture)" for name in ("q", "t", "carte")}
    bundle = read("hugo", {**files, "content/posts/a.md": PICTURES}, tmp_path)
    after = written(bundle, tmp_path)
    plan = picture_name("https://images.example/le%20plan.png?size=3")
    media = {medium.src: medium.alt for medium in after.posts["a"].front.media}
    assert media == {
        "img/banc.png": "Un banc",
        "q.png": "q",
        "t.png": "t",
        "img/avec espace.png": "p",
        "img/fleur.png": "Une fleur",
        "carte.png": "Une carte",
        f"stand-in/{plan}.png": "Le plan",
    }
    text = after.posts["a"].text
    assert "![q](q.png)" in text and "src='img/fleur.png'" in text and '[banc]: img/banc.png "Un banc"' in text
    assert "![Une carte](carte.png)\n\nLe *jardin*" in text and '<img src="/img/code.png">' in text
    assert "static/img/code.png: not imported" in said(bundle)


def test_a_fetched_picture_is_shown_in_the_words_too(tmp_path: Path) -> None:
    """And a second import finds the post as it left it."""
    bundle = read("hugo", {"content/posts/a.md": PICTURES}, tmp_path)
    after = written(bundle, tmp_path)
    address = "https://images.example/le%20plan.png?size=3"
    file = f"imported/{picture_name(address)}.jpg"
    (tmp_path / "house/content/media/imported").mkdir(parents=True)
    (tmp_path / "house/content/media" / file).write_bytes(photo())
    again = desk.load(WorkTree(tmp_path / "house"))
    assert writer.compare_with_brand(bundle, again).unchanged
    writer.write_bundle(bundle, writer.compare_with_brand(bundle, again), WorkTree(tmp_path / "there"), again, tmp_path / "house", None)
    text = (tmp_path / "house" / after.posts["a"].path).read_text(encoding="utf-8")
    assert f"![Le plan]({file})" in text and f"[un lien]({address})" in text and f"src: {file}" in text
    final = desk.load(WorkTree(tmp_path / "house"))
    assert writer.compare_with_brand(bundle, final).unchanged == {"a": after.posts["a"].path}


def test_a_picture_on_the_web_in_the_front_matter_is_carried(tmp_path: Path) -> None:
    bundle = read("hugo", {"content/posts/a.md": "---\ntitle: A\nimage: https://images.example/a.png\n---\nMots.\n"}, tmp_path)
    name = picture_name("https://images.example/a.png")
    assert bundle.pictures == {name: "https://images.example/a.png"} and picture_download.stand_in(name) in bundle.posts[0].text


def test_addresses_of_jekyll_variables(tmp_path: Path) -> None:
    body = '![a]({{ "/assets/a.png" | relative_url }}) ![b]({{site.baseurl}}/assets/b.png) <img src="{{ site.url }}/assets/c.png">'
    files = {f"assets/{name}.png": "(a picture)" for name in "abc"}
    bundle = read("jekyll", {**files, "_posts/2026-01-05-a.md": f"---\ntitle: A\n---\n{body}\n"}, tmp_path)
    assert bundle.posts[0].text.endswith('\n![a](assets/a.png) ![b](assets/b.png) <img src="assets/c.png">\n')
    assert set(bundle.copies) == {f"content/media/assets/{name}.png" for name in "abc"} and not bundle.unused


def test_posts_that_a_leaf_bundle_hides_are_named(tmp_path: Path) -> None:
    post = "---\ntitle: A\ndate: 2026-01-05\n---\nMots.\n"
    names = ("content/posts/index.md", "content/posts/a.md", "content/posts/deep/b.md", "content/blog/c.md")
    bundle = read("hugo", dict.fromkeys(names, post), tmp_path)
    assert [post.id for post in bundle.posts] == ["c", "posts"]
    for path in names[1:3]:
        assert f"{path}: not imported: Hugo takes it for a part of content/posts/index.md" in said(bundle)


def test_a_clone_is_read_as_a_folder_is(town: Town, tmp_path: Path) -> None:
    """The folder of a real blog is the root of a repository."""
    write(
        tmp_path / "there",
        {"_posts/2026-01-05-a.md": "---\ntitle: A\n---\nMots.\n", "sub/.git/HEAD": "x", "sub/_posts/2026-01-06-b.md": "x"},
    )
    subprocess.run(["git", "init", "-q", str(tmp_path / "there")], check=True)
    house = town.newsroom(tmp_path / "house")
    command = [str(town.bin / "marronnier"), "import", "jekyll", str(tmp_path / "there"), "--format", "json"]
    done = subprocess.run(
        command, cwd=house, env=town.surroundings("publisher", "2026-11-20 09:00"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["posts"]["written"] == ["content/posts/2026/01/a.md"]
    assert [entry["where"] for entry in report["stayed_behind"]] == ["sub"]


def test_the_picture_at_the_head_of_a_hugo_post_is_carried(tmp_path: Path) -> None:
    """PaperMod writes `cover: {image: …}`: no post was said to show it."""
    front = "title: {0}\ndate: 2026-10-05\n"
    files = {
        "content/posts/un.md": f"---\n{front.format('Un')}cover:\n  image: /img/un.png\n  alt: Un banc\n---\nUn.\n",
        "content/posts/deux.md": f"---\n{front.format('Deux')}featured_image: img/deux.png\n---\nDeux.\n",
        "content/posts/trois.md": f"---\n{front.format('Trois')}cover: {{image: /img/absent.png, hidden: true}}\nheader: true\n---\nTrois.\n",
        "static/img/un.png": "(a picture)",
        "static/img/deux.png": "(another)",
    }
    bundle = read("hugo", files, tmp_path)
    posts = written(bundle, tmp_path).posts
    assert [(medium.src, medium.alt) for medium in posts["un"].front.media] == [("img/un.png", "Un banc")]
    assert [medium.src for medium in posts["deux"].front.media] == ["img/deux.png"]
    assert posts["trois"].front.media == ()
    assert "the picture /img/absent.png is not in this folder" in said(bundle) and "the picture true" not in said(bundle)
    assert "no post shows" not in said(bundle)


@pytest.mark.parametrize(
    ("tool", "settings", "root", "post"),
    [
        ("jekyll", {"_config.yml": 'title: x\nbaseurl: "/blog" # below the host\n'}, "", "_posts/2026-10-01-a.md"),
        ("hugo", {"hugo.toml": 'baseURL = "https://jardin.example/blog/"\n'}, "static/", "content/posts/a.md"),
    ],
)
def test_a_picture_by_its_address_on_the_site_is_found_in_its_folder(
    tmp_path: Path, tool: str, settings: dict[str, str], root: str, post: str
) -> None:
    """`/blog/img/a.png` of a site below /blog is the file img/a.png: no folder is called blog."""
    words = '---\ntitle: A\ndate: 2026-10-01\n---\n![Un banc](/blog/img/a.png) <img src="/blog/img/b.png"> ![Non](/autre/img/a.png)\n'
    bundle = read(tool, {**settings, post: words, f"{root}img/a.png": "(a picture)", f"{root}img/b.png": "(b)"}, tmp_path)
    (made,) = written(bundle, tmp_path).posts.values()
    assert [medium.src for medium in made.front.media] == ["img/a.png", "img/b.png"]
    assert "![Un banc](img/a.png)" in made.text and 'src="img/b.png"' in made.text
    assert "the picture /autre/img/a.png is not in this folder" in said(bundle) and "/blog/" not in said(bundle)
