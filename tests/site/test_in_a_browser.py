"""The site in a real browser: phone and desktop, light and dark, with and without JavaScript, and no request to another host."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_houses import House, at

from marronnier import mkdocs_plugin
from marronnier.model.brand import Channel

CHROMIUM = Path("/usr/bin/chromium")
CI = os.environ.get("CI") == "true"
if not CI and not CHROMIUM.exists():
    pytest.skip("no Chromium at /usr/bin/chromium: the browser tests are left out", allow_module_level=True)
if CI:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import Browser, sync_playwright
else:
    Browser = Any
    Axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed: the browser tests are left out"
    ).Axe
    sync_playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: the browser tests are left out"
    ).sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
PROOF = bool(os.environ.get("MARRONNIER_PROOF"))
PAGES = ("", "calendar/", "posts/haie/", "posts/soupe/", "campaigns/portes-ouvertes/", "strategy/", "rules/clash/", "networks/feed/", "findings/",
         "ideas/", "en/calendar/2026-12/")  # fmt: skip
WAYS: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "has_touch": True},
    "desktop": {"viewport": {"width": 1360, "height": 900}},
    "dark without scripts": {"viewport": {"width": 1360, "height": 900}, "color_scheme": "dark", "java_script_enabled": False},
    "phone without scripts": {"viewport": {"width": 360, "height": 780}, "is_mobile": True, "java_script_enabled": False},
}


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Silent, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def address(internal_site: Path) -> Iterator[str]:
    with served(internal_site) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield started
        started.close()


@pytest.mark.parametrize("way", WAYS)
def test_every_kind_of_page_fits_and_asks_nobody_else(browser: Browser, address: str, way: str) -> None:
    context = browser.new_context(**WAYS[way])
    page = context.new_page()
    outside, wrong = [], []
    page.on("request", lambda request: outside.append(request.url) if not request.url.startswith((address, "data:")) else None)
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    for path in PAGES:
        page.goto(address + path)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= WAYS[way]["viewport"]["width"], f"{path} is {width} px wide"
        assert page.locator("h1").first.is_visible()
    context.close()
    assert not outside
    assert not wrong


def test_the_calendar_is_a_grid_on_a_desktop_and_a_list_on_a_phone(browser: Browser, address: str) -> None:
    wide = browser.new_page(viewport={"width": 1360, "height": 900})
    wide.goto(address + "calendar/2026-12/")
    first, second = (wide.locator(".mr-week").first.locator(".mr-day").nth(number).bounding_box() for number in (0, 1))
    assert first is not None
    assert second is not None
    assert first["y"] == second["y"]
    assert second["x"] > first["x"]
    assert wide.locator(".mr-bar").first.is_visible()
    wide.close()
    narrow = browser.new_page(viewport={"width": 360, "height": 780})
    narrow.goto(address + "calendar/2026-12/")
    assert not narrow.locator(".mr-bar").first.is_visible()
    assert narrow.locator(".mr-date:visible .mr-long").first.inner_text().startswith("Mardi 1er décembre 2026")
    assert not narrow.locator(".mr-outside").first.is_visible()
    narrow.close()


@pytest.mark.parametrize("width", [360, 960, 1280, 1600])
def test_an_hour_is_never_broken_in_two(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(address + "calendar/2026-12/")
    lines = page.locator(".mr-chip time, .mr-chip-state").evaluate_all(
        "all => all.map(one => one.offsetHeight / parseFloat(getComputedStyle(one).fontSize))"
    )
    page.close()
    assert lines
    assert max(lines) < 2


def test_dark_mode_follows_the_reader_without_scripts(browser: Browser, address: str) -> None:
    def ground(scheme: str) -> str:
        context = browser.new_context(color_scheme=scheme, java_script_enabled=False)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(address)
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        context.close()
        return colour

    assert ground("light") == "rgb(246, 246, 243)"
    assert ground("dark") == "rgb(16, 18, 20)"


CONTRAST = """() => {
  const channels = text => { const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    canvas.fillStyle = '#fff'; canvas.fillStyle = text; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; };
  const light = data => [0, 1, 2].map(i => data[i] / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = element => { for (let e = element; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
    if (c !== 'rgba(0, 0, 0, 0)' && c !== 'transparent') return c; } return '#fff'; };
  const poor = [];
  for (const element of document.querySelectorAll('.mr *, .md-tabs *, .md-header__topic, .md-footer *')) {
    if (!element.checkVisibility() || ![...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())) continue;
    if (element.closest('svg, .md-tabs__item') ) continue;
    const style = getComputedStyle(element);
    const [a, b] = [light(channels(style.color)), light(channels(paper(element)))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) poor.push(element.className + ' ' + element.textContent.trim().slice(0, 30) + ' ' + ratio.toFixed(2));
  }
  return poor;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"] if PROOF else ["dark"])
def test_words_stand_out_from_their_paper(browser: Browser, address: str, scheme: str) -> None:
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1360, "height": 900})  # type: ignore[arg-type]
    page = context.new_page()
    for path in PAGES:
        page.goto(address + path)
        page.wait_for_timeout(200)
        assert page.evaluate(CONTRAST) == [], path
    context.close()


FOCUS = """() => { const now = document.activeElement, seen = now.matches('.md-option') ? now.nextElementSibling
    : now.id === '__drawer' ? document.querySelector('.md-header [for="__drawer"]') : now;
  const box = seen.getBoundingClientRect(), style = getComputedStyle(seen);
  return {words: (now.innerText || now.getAttribute('aria-label') || '').trim(), there: box.right > 0 && box.left < innerWidth && box.width > 1,
    ringed: now.matches('.md-search__input') || (style.outlineStyle !== 'none' && style.outlineWidth !== '0px')}; }"""


@pytest.mark.parametrize(("width", "scripts"), [(1360, True), (1360, False), (320, True), (320, False)])
def test_the_keyboard_goes_where_people_see_it(browser: Browser, address: str, width: int, scripts: bool) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + "posts/haie/")
    met: list[str] = []
    for _stop in range(40):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if not stop["words"] or stop["words"] in met:
            break
        if "md-search" not in page.evaluate("document.activeElement.className"):
            assert stop["there"], stop
            assert stop["ringed"], stop
        met.append(stop["words"])
    context.close()
    assert met[met[0] == "Menu"] == "Aller au contenu"
    assert ("Menu" in met) is (width == 320)
    assert "Décembre 2026" in met


def test_on_a_phone_the_keyboard_opens_the_menu(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800}, java_script_enabled=False, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address + "posts/haie/")
    menu = page.locator(".md-nav--primary a", has_text="Stratégie")
    assert not menu.is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert menu.is_visible()
    context.close()


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A post page with a right-to-left thread that ends with a poll."""
    house = House()
    house.channels["pouet"] = Channel(network="mastodon", name="Le Pouet", account="@jardin@social.example", lang="ar")
    words = "نفتح الحديقة يوم السبت! https://example.org/jardin\n\n---\n\nأحضروا مجرفة."
    house.post("fil", words, at(3), "draft", title="حديقة الحي!", channels=("pouet",), lang="ar", poll=("نعم", "لا"))
    root = tmp_path_factory.mktemp("talk")
    mkdocs_plugin.build(root, house.site_data(internal=True), root / "site")
    return root / "site"


def test_a_message_stands_inside_its_frame_and_reads_from_its_own_side(browser: Browser, talk: Path) -> None:
    with served(talk) as address:
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.goto(address + "posts/fil/")
        frame, words = page.locator(".mr-message").first.bounding_box(), page.locator(".mr-message .mr-words").first.bounding_box()
        assert frame is not None
        assert words is not None
        assert words["x"] - frame["x"] >= 10
        assert page.locator(".mr-message .mr-words").first.evaluate("one => getComputedStyle(one).direction") == "rtl"
        assert page.locator("h1 bdi").evaluate("one => getComputedStyle(one).direction") == "rtl"
        assert page.locator(".mr-poll li").all_inner_texts() == ["نعم", "لا"]
        page.close()


@pytest.mark.parametrize("way", ["phone", "desktop"] if PROOF else ["phone"])
def test_axe_finds_nothing_that_wcag_forbids(browser: Browser, address: str, talk: Path, way: str) -> None:
    context = browser.new_context(**WAYS[way])
    page = context.new_page()
    with served(talk) as other:
        for place in (*(address + path for path in PAGES), other + "posts/fil/"):
            page.goto(place)
            found = Axe().run(
                page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
            )
            assert found.violations_count == 0, f"{place}: {found.generate_report()}"
    context.close()


def test_the_search_finds_a_post(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1360, "height": 900})
    page.goto(address)
    page.locator(".md-search__input").click()
    page.wait_for_timeout(1500)
    page.locator(".md-search__input").press_sequentially("charmes")
    page.locator('.md-search-result__link[href*="/posts/haie/"]').first.wait_for(timeout=15000)
    page.close()


def test_the_month_prints_on_one_wide_sheet(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "calendar/2026-12/")
    sheet = page.pdf(prefer_css_page_size=True)
    assert sheet.count(b"/Type /Page\n") == 1
    page.close()


def test_a_month_over_two_sheets_leaves_the_rest_of_the_first_one_white(browser: Browser, tmp_path: Path) -> None:
    house = House()
    for day in range(1, 31):
        for hour in range(4):
            house.post(f"m{day}-{hour}", "Un.", at(day, 8 + hour), "draft", title=f"Un titre de quelques mots {day}")
    mkdocs_plugin.build(tmp_path, house.site_data(internal=True), tmp_path / "site")
    with served(tmp_path / "site") as address:
        page = browser.new_page()
        page.goto(address + "calendar/2026-12/")
        page.emulate_media(media="print")
        assert page.locator(".mr-month").evaluate("one => getComputedStyle(one).backgroundColor") == "rgba(0, 0, 0, 0)"
        assert page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n") > 1
        page.close()
