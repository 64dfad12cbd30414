"""Import of feeds: Atom, RSS and JSON Feed, from a file and from an address; hostile XML expands and fetches nothing."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.test_real_sites import read, said, written
from marronnier.importers.feed_items import NoFeed, read_feed
from marronnier.importers.picture_download import picture_name
from people import Town, write

ATOM = """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://blog.example/">
  <title>Le blog</title><link rel="self" href="feed.xml"/><link rel="next" href="feed-2.xml"/><id>urn:x</id>
  <entry>
    <title type="html">La f&amp;ecirc;te &amp;amp; le reste</title><id>urn:1</id><link href="2026/fete.html"/>
    <published>2026-10-05T10:00:00+02:00</published><updated>2026-10-06T10:00:00Z</updated>
    <category term="Jardin"/><author><name>Inès</name></author><summary>Court</summary><rights>CC</rights>
    <link rel="enclosure" type="audio/mpeg" href="/a.mp3"/>
    <content type="html">&lt;p&gt;Venez *tous*, &lt;b&gt;samedi&lt;/b&gt;.&lt;/p&gt;&lt;img src="img/f%201.png" alt="Une fleur"&gt;</content>
  </entry>
  <entry>
    <title>Plus tard</title><id>urn:2</id><link href="/2027/tard/"/><updated>2027-01-05T10:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Un <em>jour</em><br/>peut-être &lt;3</p></div></content>
  </entry>
  <entry><title>Encore</title><id>urn:2</id></entry>
  <entry><id>urn:3</id><updated>demain</updated><content>Texte # simple
# et nu</content></entry>
</feed>
"""
RSS = """\
<?xml version="1.0"?>
<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Le blog</title><link>https://blog.example</link><language>fr-be</language><atom:link rel="self" href="x"/>
<item><title>Un &amp; deux</title><link>https://blog.example/un-deux</link><guid isPermaLink="false">7</guid>
<pubDate>Mon, 05 Oct 2026 10:00:00 +0200</pubDate><dc:creator>Karim</dc:creator><category>Jardin</category><category>Été</category>
<description>Le début…</description><content:encoded><![CDATA[<p>Le début et la suite.</p>]]></content:encoded>
<media:content url="https://blog.example/p.jpg" medium="image"><media:description>Un banc</media:description></media:content>
<comments>https://blog.example/un-deux#c</comments></item>
<item><description>Sans titre &lt;iframe src="https://v.example/1"&gt;&lt;/iframe&gt;</description><guid>https://blog.example/3</guid></item>
<item/>
</channel></rss>
"""
RDF = """\
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Vieux</title><link>https://vieux.example</link></channel>
<item><title>Un</title><link>https://vieux.example/un</link><dc:date>2026-10-05</dc:date><description>Mots</description></item></rdf:RDF>
"""
JSON: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Le blog",
    "home_page_url": "https://blog.example/",
    "next_url": "https://blog.example/2.json",
    "items": [
        {
            "id": "1",
            "url": "/a/",
            "title": "A",
            "content_html": "<p>Oui</p>",
            "content_text": "Oui",
            "date_published": "2026-10-05T10:00:00Z",
            "tags": ["x"],
            "image": "https://blog.example/i.png",
            "external_url": "https://ailleurs.example/",
            "attachments": [
                {"url": "https://blog.example/i.png", "mime_type": "image/png", "title": "Un banc"},
                {"url": "/s.mp3", "mime_type": "audio/mpeg"},
            ],
            "_own": {"y": 1},
        },
        {"id": "2", "content_text": "Deux *mots*", "language": "français"},
        "rien",
    ],
}


def test_atom(tmp_path: Path) -> None:
    bundle = read("feed", {"feed.xml": ATOM}, tmp_path)
    after = written(bundle, tmp_path)
    assert [finding.message for finding in after.findings if finding.level == "error"] == []
    posts = {post.title: post for post in after.posts.values()}
    fete, later = posts["La fête & le reste"], posts["Plus tard"]
    address = "https://blog.example/2026/img/f%201.png"
    assert fete.variants[0].text == f"Venez \\*tous\\*, **samedi**.\n\n![Une fleur]({address})"
    assert (fete.id, str(fete.front.date), fete.front.tags, fete.front.owner, fete.front.lang) == (
        "fete", "2026-10-05 10:00 +02:00", ("Jardin",), "Inès", "fr",
    )  # fmt: skip
    assert [(medium.src, medium.alt) for medium in fete.front.media] == [(f"stand-in/{picture_name(address)}.png", "Une fleur")]
    assert later.variants[0].text == "Un *jour*\npeut-être \\<3" and str(later.front.date) == "2027-01-05 11:00 +01:00"
    past = {post.id: [(send.outcome, send.precision, send.url) for send in post.past.values()] for post in bundle.posts}
    assert past["fete"] == [("sent", "instant", "https://blog.example/2026/fete.html")] and past["tard"] == []
    bare = next(post for post in bundle.posts if post.id not in ("fete", "tard"))
    assert "Texte # simple\n\\# et nu" in bare.text and "date: when-approved" in bare.text
    assert [send.precision for send in bare.past.values()] == ["before"]
    for line in (
        "feed.xml: summary: 1 value not imported",
        "feed.xml: rights: 1 value not imported",
        "feed.xml: what describes the feed itself is not imported: id, link, title",
        "feed.xml: older entries are on another page, not imported: https://blog.example/feed-2.xml",
        "not imported: the file https://blog.example/a.mp3",
        "feed.xml: Encore: it was there before",
        "feed.xml: urn:3: `demain` is no date that can be read",
    ):
        assert line in said(bundle)


def test_what_the_words_of_an_entry_show_beside_words_is_named(tmp_path: Path) -> None:
    words = '<p><a href="https://x.example" title="En savoir plus">ici</a></p><svg><text>Samedi</text></svg><input value="OK">'
    html = words.replace("&", "&amp;").replace("<", "&lt;")
    bundle = read(
        "feed", {"a.rss": f"<rss><channel><item><title>A</title><description>{html}</description></item></channel></rss>"}, tmp_path
    )
    assert "a.rss: A: in the words, and not imported: `a title`, `svg`, `input`" in said(bundle)


def test_rss(tmp_path: Path) -> None:
    bundle = read("feed", {"index.rss": RSS}, tmp_path)
    after = written(bundle, tmp_path)
    assert [finding.message for finding in after.findings if finding.level == "error"] == []
    first = after.posts["un-deux"]
    assert (first.title, first.variants[0].text, first.front.owner) == ("Un & deux", "Le début et la suite.", "Karim")
    assert first.front.tags == ("Jardin", "Été") and first.front.media[0].alt == "Un banc" and first.front.lang == "fr-be"
    second = next(post for post in after.posts.values() if post.id != "un-deux")
    assert second.variants[0].text == "Sans titre https://v.example/1"
    assert "index.rss: description: 1 value not imported" in said(bundle) and "index.rss: comments: 1 value not imported" in said(bundle)
    assert "what plays there stands as a link in the words: https://v.example/1" in said(bundle)
    assert "index.rss: 3: not imported: it has no words and no picture" in said(bundle)
    old = written(read("feed", {"x.rdf": RDF}, tmp_path / "old"), tmp_path / "old")
    assert (old.posts["un"].title, str(old.posts["un"].front.date)) == ("Un", "2026-10-05 02:00 +02:00")


def test_json_feed(tmp_path: Path) -> None:
    bundle = read("feed", {"feed.json": json.dumps(JSON)}, tmp_path)
    after = written(bundle, tmp_path)
    assert [finding.message for finding in after.findings if finding.level == "error"] == []
    first, second = (after.posts[post.id] for post in bundle.posts)
    assert (first.variants[0].text, first.front.link, first.front.media[0].alt) == ("Oui", "https://ailleurs.example/", "Un banc")
    assert second.variants[0].text == "Deux \\*mots\\*"
    for line in (
        "_own: 1 value not imported",
        "`français` is no language",
        "https://blog.example/s.mp3",
        "https://blog.example/2.json",
        "items",
    ):
        assert line in said(bundle)


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 9))
    + "]><feed>&a8;</feed>"
)
HOSTILE = {
    "billion laughs": BOMB,
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>&a;</title></entry></feed>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/x">%p;]><feed/>',
    "attributes": '<!DOCTYPE x [<!ATTLIST feed a CDATA "b">]><feed/>',
    "deep": "<a>" * 100_000,
    "an undeclared entity": '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x"><rss><channel><title>&nope;</title></channel></rss',
    "an encoding": '<?xml version="1.0" encoding="ebcdic-nope"?><feed/>',
    "html": "<!DOCTYPE html><html><body>Une page</body></html>",
    "nothing": "",
    "deep json": "[" * 100_000,
    "json": '{"items": 3}',
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_feeds_are_refused_at_once(text: str) -> None:
    began = time.monotonic()
    with pytest.raises(NoFeed):
        read_feed(text.encode())
    assert time.monotonic() - began < 5


@given(
    st.sampled_from([ATOM, RSS, RDF, json.dumps(JSON)]),
    st.integers(0, 2000),
    st.sampled_from(["", "<", "]]>", "&", "\x00", "é", '"', "<item>", "null"]),
)
def test_a_damaged_feed_is_read_or_refused(text: str, position: int, inserted: str) -> None:
    at = position % len(text)
    try:
        read_feed((text[:at] + inserted + text[at + position % 7 :]).encode())
    except NoFeed as why:
        assert str(why)


class FeedServer(BaseHTTPRequestHandler):
    """A site with a feed that has moved."""

    def do_GET(self) -> None:
        if self.path == "/feed":
            self.send_response(301)
            self.send_header("Location", "/index.xml")
            self.end_headers()
            return
        body = ATOM.encode() if self.path == "/index.xml" else b"<html>"
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Silent."""


@pytest.fixture
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FeedServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_from_an_address(town: Town, tmp_path: Path, host: str) -> None:
    """Under a clock, from this machine: and what was published is never sent."""
    house = town.newsroom(tmp_path / "house")
    settings = (house / "brand/brand.yml").read_text(encoding="utf-8")
    write(house, {"brand/brand.yml": settings + "clock: 2026-11-20 09:00\n"})
    town.git(house, "commit", "-qam", "A demo")

    def run(*arguments: str, code: int = 0) -> str:
        env = town.surroundings("publisher", "2026-11-20 09:00")
        done = subprocess.run([str(town.bin / "marronnier"), *arguments], cwd=house, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    assert "3 new posts." in run("import", "feed", f"{host}/feed")
    town.git(house, "add", "-A")
    town.git(house, "commit", "-qm", "Carry over")
    states = {line["key"]: line["state"] for line in json.loads(run("plan", "--all", "--format", "json"))["lines"]}
    assert sorted(states.values()) == ["held", "sent", "sent"] and states["tard@journal"] == "held"
    assert "3 posts already imported." in run("import", "feed", f"{host}/feed")
    assert "cannot be read: the server answered 404" in run("import", "feed", f"{host}/gone", code=3)
    assert "page is not a feed: " in run("import", "feed", f"{host}/page", code=2)
    assert "is not on this machine" in run("import", "feed", "https://192.0.2.1/feed", code=3)
