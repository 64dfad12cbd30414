"""The built site: no broken link, no file of another host, and what screen readers need."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from site_houses import House, at, garden

from marronnier import mkdocs_plugin


class Reader(HTMLParser):
    """Collects the links and files of a page, and its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.headings: list[str] = []
        self.pictures: list[dict[str, str | None]] = []
        self.handlers: list[str] = []
        self.tags: list[str] = []
        self.html: dict[str, str | None] = {}
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append(tag)
        self.handlers += [name for name in found if name.startswith("on") or name == "style"]
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if tag == "html":
            self.html = found
        if tag == "img":
            self.pictures.append(found)
        if tag == "meta" and found.get("http-equiv") == "Content-Security-Policy":
            self.policy = found.get("content") or ""
        for name in ("href", "src", "poster"):
            value = found.get(name)
            if value:
                loads = name != "href" or (tag == "link" and "stylesheet icon".find(found.get("rel") or "-") >= 0)
                (self.loads if loads else self.links).append(value)


def read(path: Path) -> Reader:
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader


def pages(site: Path) -> list[Path]:
    return [path for path in sorted(site.rglob("*.html")) if path.name != "404.html"]


@pytest.fixture(params=["public", "internal"])
def site(request: pytest.FixtureRequest) -> Path:
    built: Path = request.getfixturevalue(f"{request.param}_site")
    return built


def test_every_link_leads_to_a_file(site: Path) -> None:
    broken = []
    for page in pages(site):
        reader = read(page)
        for link in reader.links + reader.loads:
            target = unquote(urldefrag(link).url)
            if re.match(r"[a-z]+:", target) or not target:
                continue
            place = (page.parent / target).resolve()
            if not (place.is_file() or (place / "index.html").is_file()):
                broken.append(f"{page.relative_to(site)}: {link}")
    assert not broken


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    assert not [load for page in pages(site) for load in read(page).loads if re.match(r"(?i)[a-z]+:|//", load)]
    outside = re.compile(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//")
    assert not [path.name for path in site.rglob("*.css") if outside.search(path.read_text(encoding="utf-8"))]


def test_the_policy_lets_only_the_themes_own_scripts_run(site: Path) -> None:
    for page in pages(site):
        reader = read(page)
        assert "script-src 'self'" in reader.policy, page
        assert "unsafe" not in reader.policy
        assert not reader.handlers, page


def test_each_page_can_be_read_aloud(site: Path) -> None:
    for page in pages(site):
        reader = read(page)
        assert reader.html["lang"] in ("fr", "en")
        assert reader.headings.count("h1") == 1, page
        assert all("alt" in picture for picture in reader.pictures), page
        twice = {name for name in reader.ids if reader.ids.count(name) > 1}
        assert not twice, page


def test_a_feed_reader_finds_every_feed_from_any_page(site: Path) -> None:
    for page in (site / "index.html", site / "en/posts/haie/index.html"):
        found = re.findall(r'<link rel="alternate " type="application/[a-z]+.xml" title="([^"]*)" href="([^"]*)"', page.read_text())
        assert [title for title, _href in found] == [
            "Le Jardin &amp; la Bibliothèque",
            "Le Jardin &amp; la Bibliothèque · Le journal du jardin",
            "Le Jardin &amp; la Bibliothèque · La place",
        ]
        assert all((page.parent / href).is_file() for _title, href in found)


def test_both_languages_hold_the_same_pages(site: Path) -> None:
    french = {page.relative_to(site).as_posix() for page in pages(site) if not page.relative_to(site).as_posix().startswith("en/")}
    english = {page.relative_to(site / "en").as_posix() for page in pages(site / "en")}
    assert french == english


def test_posts_are_found_by_the_search_and_stand_in_no_menu(internal_site: Path) -> None:
    index = json.loads((internal_site / "search/search_index.json").read_text())
    found = {doc["location"]: doc["text"] for doc in index["docs"]}
    assert "40 charmes" in found["posts/haie/"]
    assert not [location for location in found if "shell" in location]
    nav = (internal_site / "rules/index.html").read_text().partition("md-nav--primary")[2].partition("</nav>\n")[0]
    assert "posts/" not in nav


def test_the_shell_itself_is_not_on_the_site(site: Path) -> None:
    assert not (site / "posts/marronnier-shell").exists()
    assert not [page for page in pages(site) if "[[marronnier:" in page.read_text()]


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> ]]> {{ 7919*7919 }} {% raw %} [[marronnier:body]] \r\nX-A: b & \"'"


def test_n04_n05_c11_hostile_words_are_shown_as_text(tmp_path: Path) -> None:
    house = House()
    house.brand = house.brand.replace(name=f"M {HOSTILE}", description=HOSTILE)
    house.channels["journal"] = house.channels["journal"].replace(name=HOSTILE)
    body = f"{HOSTILE}\n\n<iframe src=javascript:alert(3)></iframe>[clic](javascript:alert(4)) ![x](//evil.example/a.png) <b onclick=x>gras</b>"
    house.post("hostile", body, at(1), "sent", title=HOSTILE, media=(("a.svg", b"<svg onload='alert(5)'/>", HOSTILE),), tags=("<b>",))
    house.post("demain", body, at(3), "held", title=HOSTILE, why=HOSTILE, next=HOSTILE, proposal=HOSTILE, owner=HOSTILE)
    for internal in (True, False):
        out = tmp_path / ("internal" if internal else "public")
        mkdocs_plugin.build(tmp_path, house.site_data(internal=internal), out)
        clean = garden()
        clean.root = tmp_path
        for page in pages(out):
            reader = read(page)
            assert not reader.handlers, page
            assert "iframe" not in reader.tags
            assert not [link for link in reader.links if link.lower().startswith("javascript:") and link != "javascript:void(0)"]
            assert not [load for load in reader.loads if "evil" in load or load == "x"]
            scripts = re.findall(r"<script[^>]*>(.*?)</script>", page.read_text(), re.DOTALL)
            assert not [script for script in scripts if "alert(" in script and "__config" not in script and '"base"' not in script], page
            assert "62710561" not in re.sub(r"<[^>]*>", "", page.read_text().partition("<article")[2].partition("</article")[0])
        assert not list(out.rglob("media/*.svg"))


def test_the_build_prints_nothing(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path[:0] = {[str(Path(__file__).parent)]!r}\n"
        "from pathlib import Path\nfrom site_houses import garden\nfrom marronnier import mkdocs_plugin\n"
        f"root = Path({str(tmp_path)!r})\nmkdocs_plugin.build(root, garden().site_data(internal=False), root / 'site')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")


def test_where_no_page_is_the_site_says_so_in_its_language(site: Path) -> None:
    said = (site / "404.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in said
    assert "Not found" not in said
    assert '<a href="/' in said.partition("<h1>")[2]
