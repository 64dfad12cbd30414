"""`marronnier serve`: what is shown on this machine, and how it follows what people write and what goes out."""

from __future__ import annotations

import contextlib
import gc
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click
import pytest

from marronnier import mkdocs_plugin, start
from marronnier.cli import site_follower, site_server
from marronnier.cli.commands import build, serve
from marronnier.cli.context import CommandContext
from marronnier.git.coprocess import Coprocess
from marronnier.messages import Trouble

POST = "---\ntitle: Portes ouvertes\ndate: when-approved\nchannels: [journal]\n---\nOn ouvre le jardin.\n"
PATIENCE = 120.0
"""Seconds after which a change is taken as not followed."""


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=N", "-c", "user.email=n@a.example", *arguments], cwd=root, check=True)


def marronnier(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "marronnier", *arguments], cwd=root, env=surroundings(), capture_output=True, text=True, check=True
    )
    return done.stdout


def surroundings() -> dict[str, str]:
    return {**os.environ, "MARRONNIER_LANG": "en", "GIT_CONFIG_GLOBAL": os.devnull, "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    root = tmp_path / "le jardin"
    for name, text in {
        "brand/brand.yml": "name: Le jardin\nlang: en\n",
        "brand/channels.yml": "channels:\n  journal: {network: feed, name: Le journal}\n",
        "brand/approvals.yml": "quorum: 0\n",
        "content/posts/2026/12/portes.md": POST,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    git(root.parent, "init", "-q", "-b", "main", str(root))
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "Begin")
    marronnier(root, "ledger", "init")
    git(root, "commit", "-q", "-a", "-m", "Begin the ledger")
    return root


@contextlib.contextmanager
def serving(root: Path, *options: str) -> Iterator[tuple[int, Path]]:
    """`marronnier serve` in the brand's folder: its port, and a file of what it prints."""
    port, log = free_port(), root.parent / "said.txt"
    with log.open("w") as said:
        running = subprocess.Popen(
            ["env", "--default-signal=INT", sys.executable, "-m", "marronnier", "serve", "--port", str(port), *options],
            cwd=root,
            env=surroundings(),
            stdout=said,
            stderr=said,
        )
        try:
            wait_for(lambda: "Ctrl+C" in log.read_text() or running.poll() is not None, log)
            assert running.poll() is None, log.read_text()
            yield port, log
            running.send_signal(signal.SIGINT)
            assert running.wait(PATIENCE) == 0
            assert "Traceback" not in log.read_text()
        finally:
            running.kill()
            running.wait()


def wait_for(reached: Callable[[], bool], log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while not reached():
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.1)


def get(port: int, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as any_port:
        return int(any_port.getsockname()[1])


def test_serve_shows_drafts_says_so_and_follows_edits_commits_and_the_ledger(brand: Path) -> None:
    with serving(brand) as (port, log):
        assert "drafts and proposals too, to this machine only; `--public`" in log.read_text()
        status, page = get(port, "/posts/portes/")
        assert (status, "On ouvre le jardin." in page) == (200, True)
        builds = [get(port, "/-/build")[1]]

        def is_shown(path: str, text: str) -> Callable[[], bool]:
            return lambda: text in get(port, path)[1]

        # An edit that nobody committed, then a branch, then what goes out.
        post = brand / "content/posts/2026/12/portes.md"
        post.write_text(POST + "Apportez une bêche.\n")
        wait_for(is_shown("/posts/portes/", "Apportez une bêche."), log)
        wait_for(lambda: get(port, "/-/build")[1] != builds[-1], log)
        builds.append(get(port, "/-/build")[1])
        git(brand, "commit", "-q", "-a", "-m", "More")
        assert "1 publication sent." in marronnier(brand, "publish")
        wait_for(is_shown("/", "Recently published</h2>\n<ol"), log)
        wait_for(lambda: get(port, "/-/build")[1] != builds[-1], log)
        (brand / "brand/brand.yml").write_text((brand / "brand/brand.yml").read_text().replace("Le jardin", "Le grand jardin"))
        git(brand, "commit", "-q", "-a", "-m", "Name")
        wait_for(is_shown("/", "Le grand jardin"), log)


def test_serve_public_shows_only_what_went_out(brand: Path) -> None:
    with serving(brand, "--public", "--no-watch") as (port, log):
        assert "drafts" not in log.read_text()
        assert get(port, "/posts/portes/")[0] == 404
        assert "Internal site" not in get(port, "/")[1]


def test_a_look_that_finds_nothing_builds_nothing(brand: Path) -> None:
    before = site_follower.take_snapshot(brand)
    (brand / "site").mkdir()
    (brand / "site/index.html").write_text("built")
    (brand / "brand").touch()
    git(brand, "update-ref", "refs/marronnier/draft/1", "HEAD")
    assert site_follower.take_snapshot(brand) == before
    git(brand, "pack-refs", "--all")
    assert site_follower.take_snapshot(brand) == before
    git(brand, "branch", "semaine-51")
    assert site_follower.take_snapshot(brand) != before


def test_a_build_that_fails_is_told_and_the_site_stays_on_show(
    brand: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = site_server.BuildNumber()
    shown = str(number)
    for problem in (Trouble("MkDocs could not build the site: x", "Correct mkdocs.yml, then build again."), OSError(28, "disk full")):

        def fail(*_arguments: object, problem: Exception = problem, **_options: object) -> None:
            raise problem

        with monkeypatch.context() as patched:
            patched.setattr(build, "build_site", fail)
            serve._rebuild(CommandContext(brand, None), brand / "site", True, number)
        said = capsys.readouterr().err
        assert said.startswith("marronnier: ")
        assert said.count("\n") == 2
        assert str(number) == shown
    serve._rebuild(CommandContext(brand, None), brand / "site", True, number)
    assert str(number) != shown
    shown = str(number)
    # A build that changes no page loads no page anew, and none leaves a git process behind.
    serve._rebuild(CommandContext(brand, None), brand / "site", True, number)
    assert str(number) == shown
    assert not [
        reader
        for reader in gc.get_objects()
        if isinstance(reader, Coprocess) and f"{brand}" in str(reader._process.args) and reader.is_usable
    ]


def test_each_page_loads_the_script_that_follows_builds_and_the_files_stay_as_built(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<body><h1>here</h1></body>")
    (tmp_path / "404.html").write_text("<body>not here</body>")
    number = site_server.BuildNumber()
    listener = site_server.open_port(free_port())
    port = listener.getsockname()[1]
    threading.Thread(target=site_server.serve_folder, args=(tmp_path, listener, number), daemon=True).start()
    tag = '<script src="/-/follow.js" defer></script></body>'
    assert get(port, "/") == (200, f"<body><h1>here</h1>{tag}")
    assert get(port, "/?q=1#x")[1] == get(port, "/index.html")[1] == get(port, "/")[1]
    assert get(port, "/posts/none/") == (404, f"<body>not here{tag}")
    assert "location.reload" in get(port, "/-/follow.js")[1]
    first = get(port, "/-/build")
    number.advance()
    assert get(port, "/-/build") != first == (200, first[1])
    assert (tmp_path / "index.html").read_text() == "<body><h1>here</h1></body>"


def test_an_open_page_is_loaded_anew_when_the_site_was_built(tmp_path: Path, internal_site: Path) -> None:
    playwright: Any = pytest.importorskip("playwright.sync_api")
    if not Path("/usr/bin/chromium").exists():
        pytest.skip("no Chromium at /usr/bin/chromium")
    number = site_server.BuildNumber()
    listener = site_server.open_port(free_port())
    port = listener.getsockname()[1]
    # A page of the real site, whose content policy must let the script run.
    built = (internal_site / "index.html").read_text(encoding="utf-8")
    (tmp_path / "index.html").write_text(built, encoding="utf-8")
    threading.Thread(target=site_server.serve_folder, args=(tmp_path, listener, number), daemon=True).start()
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        page.wait_for_timeout(300)
        (tmp_path / "index.html").write_text(built.replace("<h1>", "<h1>Built anew: ", 1), encoding="utf-8")
        number.advance()
        page.wait_for_selector("h1:has-text('Built anew')", timeout=20_000)
        browser.close()


@contextlib.contextmanager
def mkdocs_serving(root: Path, port: int) -> Iterator[Path]:
    """`mkdocs serve` in the brand's folder: a file of what it prints."""
    log = root.parent / "said.txt"
    with log.open("w") as said:
        command = [sys.executable, "-m", "mkdocs", "serve", "--dev-addr", f"127.0.0.1:{port}"]
        running = subprocess.Popen(command, cwd=root, env=surroundings(), stdout=said, stderr=said)
        try:
            wait_for(lambda: "Serving on" in log.read_text() or running.poll() is not None, log)
            yield log
        finally:
            running.kill()
            running.wait()


def test_mkdocs_serve_shows_drafts_and_sees_edits_of_content_and_calendar(brand: Path) -> None:
    (brand / "mkdocs.yml").write_bytes(start.blank_brand("en", "Jardin")["mkdocs.yml"])
    (brand / "calendar").mkdir()
    port = free_port()
    with mkdocs_serving(brand, port) as log:
        assert "On ouvre le jardin." in get(port, "/posts/portes/")[1]
        (brand / "content/posts/2026/12/portes.md").write_text(POST + "Apportez une bêche.\n")
        wait_for(lambda: "Apportez une bêche." in get(port, "/posts/portes/")[1], log)
        (brand / "calendar/days.yml").write_text(f"days: [{{date: {date.today() + timedelta(days=5)}, name: Jour du jardin}}]\n")
        # The calendar is read from commits; that it was committed is seen too.
        git(brand, "add", "calendar")
        git(brand, "commit", "-q", "-m", "Days")
        wait_for(lambda: "Jour du jardin" in get(port, "/")[1], log)
        # The page's content policy lets MkDocs' own script load it anew.
        policy = re.search(r"script-src ([^;]*)", get(port, "/")[1])
        assert policy
        assert policy[1] == "'self' 'unsafe-inline'"


def test_only_mkdocs_serve_on_this_machine_is_a_preview() -> None:
    with click.Context(click.Command("serve"), info_name="serve"):
        assert mkdocs_plugin.is_preview("127.0.0.1")
        assert mkdocs_plugin.is_preview("localhost")
        assert not mkdocs_plugin.is_preview("0.0.0.0")
    assert not mkdocs_plugin.is_preview("127.0.0.1")


def test_a_long_serve_leaves_nothing_of_its_builds_to_be_collected_later(brand: Path) -> None:
    context, out, number = CommandContext(brand, None), brand / ".marronnier/serve/internal", site_server.BuildNumber()
    serve._rebuild(context, out, True, number)
    gc.collect()
    # `main` lets a command's leftovers lie for millions of objects: here, for ever.
    gc.disable()
    try:
        for words in ("Un.", "Deux."):
            (brand / "content/posts/2026/12/portes.md").write_text(POST + words, encoding="utf-8")
            serve._rebuild(context, out, True, number)
        left = gc.collect()
    finally:
        gc.enable()
    assert left < 100
