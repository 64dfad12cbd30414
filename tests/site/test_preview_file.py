"""The preview of a pull request: one file, as the site shows it, that opens on a phone and asks nobody for anything."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from marronnier import cli
from people import Town
from pictures import loaded, picture
from teamwork import TODAY, Team
from videos import video

CHROMIUM = Path("/usr/bin/chromium")
CHANNELS = """\
channels:
  journal: {network: feed, lang: fr, name: Le journal}
  pouet: {network: mastodon, account: "@jardin@social.example", name: Le Pouet}
  ciel: {network: bluesky, account: jardin.example, name: Le Ciel}
"""
WORDS = {
    "fr": (
        "Portes ouvertes : on plante !",
        "On ouvre le **jardin** samedi : https://jardin.example/samedi\n\n---\n\nApportez une bêche. 🌳",
    ),
    "en": ("Open day: we plant!", "The **garden** opens on Saturday: https://jardin.example/saturday\n\n---\n\nBring a spade. 🌳"),
    "ar": ("يوم مفتوح: نزرع معًا!", "نفتح **الحديقة** يوم السبت: https://jardin.example/sabt\n\n---\n\nأحضروا مجرفة. 🌳"),
}


def post(lang: str) -> str:
    title, words = WORDS[lang]
    return f"""\
---
id: portes
title: "{title}"
date: 2026-12-05 10:00
channels: [journal, pouet, ciel]
lang: {lang}
sensitive: Orties
media:
  - {{src: arbre.jpg, alt: Trois personnes plantent un arbre, credit: Fonds communal}}
---
{words}
"""


@pytest.fixture(scope="module")
def previews(town: Town, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """By language, the preview of a branch with one post for three networks."""
    made = {}
    for lang in WORDS:
        team = Team(town, town.found(tmp_path_factory.mktemp("preview") / "repo"))
        brand = (team.folder / "brand/brand.yml").read_text().replace("lang: fr", f"lang: {lang}\ncolour: '#2e7d32'")
        team.commit({"brand/channels.yml": CHANNELS, "brand/brand.yml": brand})
        team.branch("portes")
        team.commit({"content/posts/2026/12/portes.md": post(lang), "content/posts/2026/12/arbre.jpg": loaded(".jpg")})
        made[lang] = team.folder / "preview.html"
        with team.being("publisher"):
            done = CliRunner().invoke(
                cli.marronnier,
                ["--now", TODAY, "-C", str(team.folder), "report", "--to", "report.md", "--preview", "preview.html"],
                catch_exceptions=False,
            )
        assert done.exit_code == 0, done.output
    return made


@pytest.mark.parametrize("lang", WORDS)
def test_n04_the_file_holds_no_script_and_names_no_host_to_ask(previews: dict[str, Path], lang: str) -> None:
    html = previews[lang].read_text(encoding="utf-8")
    assert "<script" not in html
    assert not re.search(r'\s(?:src|srcset|poster|action|data)="(?!data:image/)', html)
    assert not re.search(r"<(?:link|iframe|object|embed|base|form)\b|\son\w+=|@import|url\(|\sstyle=", html)
    assert "default-src 'none'; img-src data:; media-src data:; style-src 'sha256-" in html
    assert html.count("data:image/jpeg;base64,") == 3


def test_c15_its_pictures_are_encoded_anew(previews: dict[str, Path]) -> None:
    import base64

    encoded = re.findall(r"data:image/jpeg;base64,([A-Za-z0-9+/=]+)", previews["fr"].read_text(encoding="utf-8"))
    assert encoded
    assert all(b"Exif" not in base64.b64decode(data) for data in encoded)


def test_its_pictures_are_there_before_anybody_scrolls(previews: dict[str, Path]) -> None:
    """They are in the file: to wait for them would only make the page jump, and leave them out of a print or a picture of it."""
    assert 'loading="lazy"' not in previews["fr"].read_text(encoding="utf-8")


def test_pictures_that_would_make_the_file_too_large_are_told_of(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from marronnier.pages import inline_media

    monkeypatch.setattr(inline_media, "MOST_BYTES", 10)
    team = Team(town, town.found(tmp_path / "repo"))
    team.branch("portes")
    team.commit(
        {
            "content/posts/2026/12/portes.md": post("fr").replace("journal, pouet, ciel", "journal"),
            "content/posts/2026/12/arbre.jpg": picture(".jpg"),
        }
    )
    with team.being("publisher"):
        CliRunner().invoke(
            cli.marronnier, ["--now", TODAY, "-C", str(team.folder), "report", "--preview", "p.html"], catch_exceptions=False
        )
    html = (team.folder / "p.html").read_text(encoding="utf-8")
    assert "data:image/jpeg" not in html
    assert "Trois personnes plantent un arbre" in html
    assert 'class="mr-notice mr-notice-warning"' in html


@pytest.mark.parametrize(
    ("name", "data", "is_shown", "told"),
    [
        ("film.mp4", video(seconds=95, rate=1, sound=False), True, "MP4 · 0,1\u00a0Mo · 1:35"),
        (
            "film.mp4",
            video(seconds=95, rate=1, sound=False) + b"\0\x4f\0\0free" + bytes(0x4F0000 - 8),
            False,
            "MP4 · 5,2\u00a0Mo · 1:35 · trop lourd pour ce fichier",
        ),
        ("film.mov", video(seconds=5, ending=".mov"), False, "MOV · 0,1\u00a0Mo · 0:05 · ce type de fichier ne s’affiche pas ici"),
        ("film.mp4", picture(".jpg"), False, "non affiché"),
    ],
)
def test_a_film_is_shown_or_told_of_with_the_reason(town: Town, tmp_path: Path, name: str, data: bytes, is_shown: bool, told: str) -> None:
    team = Team(town, town.found(tmp_path / "repo"))
    team.branch("portes")
    words = post("fr").replace("journal, pouet, ciel", "journal").replace("arbre.jpg", name)
    team.commit({"content/posts/2026/12/portes.md": words, f"content/posts/2026/12/{name}": data})
    with team.being("publisher"):
        CliRunner().invoke(
            cli.marronnier, ["--now", TODAY, "-C", str(team.folder), "report", "--preview", "p.html"], catch_exceptions=False
        )
    html = (team.folder / "p.html").read_text(encoding="utf-8")
    assert ('<video src="data:video/mp4;base64,' in html) == is_shown
    assert told in html and "Trois personnes plantent un arbre" in html


if os.environ.get("CI") != "true" and not CHROMIUM.exists():
    pytest.skip("no Chromium at /usr/bin/chromium: the preview is not opened in a browser", allow_module_level=True)
sync_playwright = pytest.importorskip("playwright.sync_api").sync_playwright
Axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-background-networking"])
        yield started
        started.close()


@pytest.mark.parametrize("lang", WORDS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_on_a_phone_without_a_connection(browser: Any, previews: dict[str, Path], lang: str, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 780}, is_mobile=True, has_touch=True, color_scheme=scheme, offline=True)
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url) if not request.url.startswith("data:") else None)
    page.on("console", lambda said: wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(previews[lang].as_uri())
    if folder := os.environ.get("MARRONNIER_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/preview-{lang}-{scheme}.png", full_page=True)
    assert asked == [previews[lang].as_uri()]
    assert not wrong
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator("img").evaluate_all("all => all.map(one => one.naturalWidth > 0)") == [True] * 3
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(246, 246, 243)", "dark": "rgb(16, 18, 20)"}[scheme]
    words = page.locator(".mr-message .mr-words").last
    assert words.evaluate("one => getComputedStyle(one).direction") == ("rtl" if lang == "ar" else "ltr")
    assert page.locator("h1").first.is_visible()
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    context.close()
