"""`marronnier demo --github`: a team's week on a fake GitHub, what it prints, and the pages of its pull requests."""

from __future__ import annotations

import contextlib
import functools
import html
import http.server
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from marronnier.demo.week.folder import MARKER, clear_folder
from marronnier.messages import Trouble
from people import Town

CHROMIUM = Path("/usr/bin/chromium")
TOLD = """\
Wed 25 Nov 2026 09:00  The calendar is on GitHub, as feuillage/calendrier: a fake one, on this machine only
Thu 26 Nov 2026 10:00  Communication opens pull request #1: 4 posts
    check: 1 finding, on its line
    report: below the pull request, with a correction to take with one tap
Thu 26 Nov 2026 10:20  Communication takes the suggestion
    check: nothing to correct
Thu 26 Nov 2026 14:05  Équipe du jardin asks for changes
    check: nothing to correct
Thu 26 Nov 2026 15:30  Communication corrects the post
    check: nothing to correct
Thu 26 Nov 2026 17:10  Équipe du jardin approves
Thu 26 Nov 2026 18:45  Présidence approves: where partners are named, two must
    check: nothing to correct
Fri 27 Nov 2026 09:00  Équipe de la bibliothèque merges pull request #1
    publish: the reviews are read, nothing is due yet
Fri 27 Nov 2026 11:00  Présidence opens pull request #2: who may approve
    check: nothing to correct
Fri 27 Nov 2026 15:20  Équipe de la bibliothèque approves
Fri 27 Nov 2026 16:00  Équipe du jardin approves: what two people guard, two people change
    check: nothing to correct
Fri 27 Nov 2026 16:10  Présidence merges pull request #2
    publish: the new policy is in force, by these reviews
Sun 29 Nov 2026 18:00  The hour of a post
    publish: out on Le Journal, and the pull request hears where
Mon 30 Nov 2026 12:00  The hour of a post
    publish: out on Le Journal, De Krant, and the pull request hears where
Mon 30 Nov 2026 19:30  Équipe de la bibliothèque writes in #1: /hold un-figuier-en-manteau
    comment: carried out, and answered
    issue #3 asks Équipe du jardin to decide
Tue 1 Dec 2026 08:15  Équipe du jardin writes in #3: /retry un-figuier-en-manteau@journal
    comment: carried out, and answered
    issue #3 is closed by itself
Tue 1 Dec 2026 10:00  Communication opens pull request #4: 3 posts
    check: nothing to correct
Tue 1 Dec 2026 11:40  Équipe du jardin writes in #4: /reschedule what-we-do-in-winter 2026-12-08 12:15
    comment: carried out, and answered
    check: nothing to correct
    pull request #4 waits for a review: plan, status and the site show it as a proposal
Tue 1 Dec 2026 18:00  The hour of a post
    publish: out on Le Journal, and the pull request hears where
"""


@dataclass(frozen=True)
class Week:
    folder: Path
    told: str
    group: int
    """The process group of the demo."""

    def page(self, number: int, lang: str = "") -> str:
        """The text of a pull request's page, in the order of the page, without its frame."""
        path = self.folder / "site" / lang / f"pull-requests/{number}/index.html"
        body = path.read_text(encoding="utf-8").partition('<header class="mr-head">')[2].partition("</article>")[0]
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.fixture(scope="module")
def week(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Week:
    """The week, played once from the command line; a real token in the environment must stay unused."""
    folder = tmp_path_factory.mktemp("week") / "semaine"
    env = {**town.surroundings("ines", "2026-12-02 09:00"), "NOW": "", "GITHUB_TOKEN": "ghp_real", "GITHUB_REPOSITORY": "real/one"}
    running = subprocess.Popen(
        ["marronnier", "demo", "--github", str(folder), "--no-serve"],
        cwd=folder.parent, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    told = running.communicate(timeout=120)[0]
    assert running.returncode == 0, told
    return Week(folder, told, running.pid)


def test_each_thing_is_told_as_it_happens_and_nothing_is_left_running(week: Week) -> None:
    assert week.told.startswith(TOLD)
    assert "marronnier plan\n" in week.told
    with pytest.raises(ProcessLookupError):
        os.killpg(week.group, 0)


def test_the_page_of_a_pull_request_holds_the_report_and_the_whole_conversation(week: Week) -> None:
    page = week.page(1, "en")
    said = [
        "Semaine 49", "merged", "Preview, as the networks show it", "Les quatre posts jusqu’à mercredi.",
        "5 publications sont nouvelles ou changées. Tout est approuvé tel quel.",
        "Arrosez une fois par mois, un jour",
        "finding of the check", "celle-qui-repare.md:4", "une date s’écrit comme 2026-12-05 10:00",
        "suggestion", "date: 2026-11-29 18:00", "Écrire l’heure comme les autres",
        "changes requested", "Le figuier va se noyer.", "Arroser le figuier une fois par mois",
        "Équipe du jardin approval", "Présidence approval", "Équipe de la bibliothèque merge",
        "Voici où c’est paru", "/posts/celle-qui-repare/", "/posts/merci-aux-vitrines/", "/posts/un-figuier-en-manteau/",
        "/hold un-figuier-en-manteau", "1 publication est en attente",
    ]  # fmt: skip
    at = 0
    for words in said:
        assert (at := page.find(words, at)) >= 0, (words, page)
    assert "Arrosez une fois par semaine" not in page
    # The president proposed it, and so does not approve it.
    assert "2 personnes parmi Équipe du jardin ou Équipe de la bibliothèque" in week.page(2)
    issue = week.page(3, "en")
    assert "closed" in issue
    assert "for: Équipe du jardin" in issue
    assert "/retry un-figuier-en-manteau@journal" in issue
    waiting = week.page(4, "en")
    assert "open" in waiting
    assert "mar. 8 déc. 2026 12:15 · What does a garden club do in winter?" in waiting
    assert "→ mardi 8 décembre 2026 à 12:15. Ce commit est à votre nom" in waiting


def test_links_of_the_report_lead_to_pages_of_the_site(week: Week) -> None:
    site = week.folder / "site"
    for lang, top in (("", "../../"), ("en", "../../../")):
        page = (site / lang / "pull-requests/4/index.html").read_text(encoding="utf-8")
        # Once as the button above, once in the report itself.
        assert page.count(f'href="{top}pull-requests/preview-4.html"') == 2
        assert 'href="../../posts/celle-qui-repare/"' in (site / lang / "pull-requests/1/index.html").read_text(encoding="utf-8")
    assert (site / "posts/celle-qui-repare/index.html").is_file()
    assert "What does a garden club do in winter?" in (site / "pull-requests/preview-4.html").read_text(encoding="utf-8")
    # The policy has nothing to preview, and a file that the site has not is no link.
    assert not (site / "pull-requests/preview-2.html").exists()
    told = b"".join(path.read_bytes() for path in site.rglob("*.html") if "rules" not in path.parts)
    for secret in (b"http://127.0.0.1:", b"ghs_", b"ghp_", b"real/one"):
        assert secret not in told


def test_the_open_pull_request_is_a_proposal_on_the_site(week: Week) -> None:
    today = (week.folder / "site/en/index.html").read_text(encoding="utf-8")
    assert "proposed on #4 semaine-50" in today
    assert "semaine-49" not in today


def test_what_somebody_wrote_there_since_is_not_removed(week: Week, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(week.folder, folder)
    (folder / "content/ideas/mine.md").write_text("Mon idée\n", encoding="utf-8")
    with pytest.raises(Trouble, match="nothing of it may be lost"):
        clear_folder(folder, print)
    (folder / "content/ideas/mine.md").unlink()
    told: list[str] = []
    clear_folder(folder, told.append)
    assert not folder.exists()
    assert told == ["The week was played here before; it is played again from the start."]


def test_a_week_that_was_cut_short_is_played_again_and_no_other_folder_is_touched(tmp_path: Path) -> None:
    begun, other = tmp_path / "begun", tmp_path / "other"
    for folder in (begun, other):
        (folder / ".git").mkdir(parents=True)
    (begun / ".git" / MARKER).write_text("")
    for folder in (begun, other):
        clear_folder(folder, lambda _told: None)
    assert (begun.exists(), other.exists()) == (False, True)


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_told: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium at /usr/bin/chromium")
def test_the_pages_fit_a_phone_and_ask_nobody(week: Week) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed").Axe()
    wrong: list[str] = []
    with served(week.folder / "site") as address, playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_context(viewport={"width": 360, "height": 780}, is_mobile=True).new_page()
        page.on("request", lambda asked: wrong.append(asked.url) if not asked.url.startswith((address, "data:")) else None)
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        for path in ("pull-requests/", "pull-requests/1/", "pull-requests/2/", "pull-requests/3/", "en/pull-requests/4/"):
            page.goto(address + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            found = axe.run(
                page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
            )
            assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        # The report folds its lines for a phone: none of them is folded again.
        page.goto(address + "pull-requests/1/")
        lines = page.locator(".mr-comment pre code").first.evaluate(
            "code => [code.textContent.trimEnd().split('\\n').length, code.getClientRects()[0].height / parseFloat(getComputedStyle(code).lineHeight)]"
        )
        assert lines[1] < lines[0] + 2
        page.locator(".mr-thread-preview").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.get_by_text("Un figuier en manteau").first.is_visible()
        browser.close()
    assert wrong == []
