"""`marronnier build` and `marronnier serve`, as people type them, over a small repository."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from marronnier.cli import site_server
from marronnier.messages import Trouble

POST = "---\ntitle: Portes ouvertes : on plante !\ndate: 2026-12-05 10:00\nchannels: [journal]\n---\nOn ouvre le jardin.\n"


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("brand")
    for name, text in {
        "brand/brand.yml": "name: Le jardin\nclock: 2026-12-02\nlanguages: [fr, en]\n",
        "brand/channels.yml": "channels:\n  journal: {network: feed, name: Le journal}\n",
        "content/posts/2026/12/portes.md": POST,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", "-c", "user.name=N", "-c", "user.email=n@a.example", *command], cwd=root, check=True)
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    surroundings = {**os.environ, "MARRONNIER_LANG": "en", "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        [sys.executable, "-m", "marronnier", *arguments], cwd=root, env=surroundings, capture_output=True, text=True, check=False
    )


def test_build_makes_a_public_site_and_says_so_in_a_line(brand: Path) -> None:
    done = run(brand, "build", "--lang", "fr")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert not done.stderr
    assert (brand / "site/index.html").is_file()
    assert not (brand / "site/posts").exists()
    assert not (brand / "site/en").exists()


def test_build_internal_shows_drafts_and_warns(brand: Path) -> None:
    done = run(brand, "build", "--internal", "--out", "team", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "share it with the team only" in done.stderr
    assert "Portes ouvertes : on plante !" in (brand / "team/posts/portes/index.html").read_text()


def test_build_to_writes_markdown(brand: Path) -> None:
    done = run(brand, "build", "--to", "markdown", "--internal", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert "> On ouvre le jardin." in (brand / "markdown/posts/portes/index.md").read_text()


@pytest.mark.parametrize("out", [".", "content", "brand/site", "..", ".git/x"])
def test_a_folder_that_holds_other_things_is_refused(brand: Path, out: str) -> None:
    done = run(brand, "build", "--out", out)
    assert done.returncode == 2
    assert "that folder contains other files" in done.stderr
    assert (brand / "content/posts/2026/12/portes.md").read_text() == POST


def test_a_taken_port_gets_a_sentence_and_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble) as told:
            site_server.open_port(port)
        assert told.value.message == f"port {port} is taken"
        free = int(told.value.next.rpartition(" ")[2].rstrip("."))
        site_server.open_port(free).close()


def test_serve_answers_this_machine_only(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>here</h1>")
    (tmp_path / "empty").mkdir()
    listening = site_server.open_port(_free())
    port = listening.getsockname()[1]
    threading.Thread(target=site_server.serve_folder, args=(tmp_path, listening), daemon=True).start()

    def ask(path: str, host: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", path, headers={"Host": host})
        return connection.getresponse().status

    assert ask("/", f"127.0.0.1:{port}") == 200
    assert ask("/", f"localhost:{port}") == 200
    assert ask("/", "evil.example") == 403
    assert ask("/empty/", f"127.0.0.1:{port}") == 404
    assert ask("/../../etc/passwd", f"127.0.0.1:{port}") == 404


def test_a_page_that_is_not_there_is_the_sites_own_in_the_language_of_its_part(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "404.html").write_text("<h1>Page introuvable</h1>")
    (tmp_path / "en/404.html").write_text("<h1>Page not found</h1>")
    listening = site_server.open_port(_free())
    port = listening.getsockname()[1]
    threading.Thread(target=site_server.serve_folder, args=(tmp_path, listening), daemon=True).start()

    def ask(method: str, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request(method, path, headers={"Host": f"127.0.0.1:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    assert ask("GET", "/x/") == (404, "<h1>Page introuvable</h1>")
    assert ask("GET", "/en/x/") == (404, "<h1>Page not found</h1>")
    assert ask("GET", "/nl/x") == (404, "<h1>Page introuvable</h1>")
    assert ask("HEAD", "/en/x/") == (404, "")


def _free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as any_port:
        return int(any_port.getsockname()[1])
