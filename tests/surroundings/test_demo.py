"""The demo: interrupted, killed, run twice, on a taken port."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest

from house.newcomer import Newcomer
from people import Town

MOST = 120.0
"""Seconds after which a demo is given up."""


def demo(town: Town, folder: Path, *more: str) -> subprocess.Popen[str]:
    env = {**town.surroundings("ines", "2026-12-02 09:00"), "NOW": ""}
    return subprocess.Popen(
        # Where the suite runs in the background, a shell has it ignore Ctrl-C, and its children with it.
        ["env", "--default-signal=INT", "marronnier", "demo", str(folder), *more],
        cwd=folder.parent,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT][: 2 if os.environ.get("MARRONNIER_PROOF") else 1])
def test_a_demo_that_was_interrupted_is_made_again(town: Town, tmp_path: Path, how: signal.Signals) -> None:
    folder = tmp_path / "mon essai"
    first = demo(town, folder, "--no-serve")
    until = time.monotonic() + MOST
    while not (folder / ".git").exists() and first.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.5)
    first.send_signal(how)
    said = first.communicate(timeout=MOST)[0]
    assert "Traceback" not in said, said
    if how == signal.SIGINT:
        assert first.returncode == 130, said
        assert "Interrupted" in said
    second = demo(town, folder, "--no-serve")
    said = second.communicate(timeout=MOST)[0]
    assert second.returncode == 0, said
    assert (folder / "site/index.html").exists()
    # Instagram fetched its pictures from the demo's public site, and its receipt leads to them.
    assert (
        "http://127.0.0.1:" in (page := (folder / "site/posts/planter-l-ail/index.html").read_text(encoding="utf-8")) and "/p/1800" in page
    )
    assert not [path for path in (folder / ".git/marronnier-public-site").rglob("*") if path.is_file()], "after its hour a file is gone"
    if how == signal.SIGKILL:
        type_what_is_printed(said, tmp_path)
    if how == signal.SIGKILL:
        look_while_it_changes(town, folder)


def look_while_it_changes(town: Town, folder: Path) -> None:
    """The demo is used as it is, shown, and follows an edit until Ctrl+C."""
    with socket.create_server(("127.0.0.1", 0)) as any_port:
        port = any_port.getsockname()[1]
    shown = demo(town, folder, "--port", str(port))
    page = "/posts/une-cuillere-de-terre/"

    def get() -> str:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", page)
        return connection.getresponse().read().decode()

    def wait_for(text: str) -> None:
        until = time.monotonic() + MOST
        while True:
            with contextlib.suppress(OSError):
                if text in get():
                    return
            assert shown.poll() is None
            assert time.monotonic() < until
            time.sleep(0.2)

    try:
        wait_for("/-/follow.js")
        public = re.search(r"^site_url: (\S+)$", (folder / "brand/brand.yml").read_text(encoding="utf-8"), re.MULTILINE)
        assert public is not None
        address = public[1].strip('"')
        with urllib.request.urlopen(f"{address}posts/planter-l-ail/", timeout=10) as page_of_everybody:
            assert "Voir sur Instagram" in page_of_everybody.read().decode()
        post = folder / "content/posts/2026/12/une-cuillere-de-terre.md"
        post.write_text(post.read_text(encoding="utf-8") + "\nUne phrase ajoutée.\n", encoding="utf-8")
        wait_for("Une phrase ajoutée.")
    finally:
        shown.send_signal(signal.SIGINT)
        said = shown.communicate(timeout=MOST)[0]
    assert shown.returncode == 0, said
    assert "it is used as it is" in said


def type_what_is_printed(said: str, place: Path) -> None:
    """Somebody with an empty HOME types the commands of the demo one after the other, and answers `y` where they are asked."""
    newcomer = Newcomer.at(place)
    commands = re.findall(r"^  (\S.*)$", said.partition("Try these commands")[2], re.MULTILINE)
    assert len(commands) == 6, said
    terminal, theirs = os.openpty()
    os.write(terminal, b"y\n")
    script = "\n".join(["set -e", *commands, "marronnier status"])
    done = subprocess.run(["bash", "-c", script], cwd=place, env=newcomer.env, stdin=theirs, capture_output=True, text=True, check=False)
    os.close(terminal)
    os.close(theirs)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Approved by Présidence" in done.stdout
    # What was approved went to main, and what was due went out.
    assert "1 publication sent." in done.stdout
    assert "◐" not in done.stdout.rpartition("sent.")[2]


def test_a_taken_port_is_reported_before_anything_is_written(town: Town, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        running = demo(town, tmp_path / "demo", "--port", port)
        said = running.communicate(timeout=MOST)[0]
    assert running.returncode in (2, 3), said
    assert port in said
    assert "Traceback" not in said
    assert not (tmp_path / "demo").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(town: Town, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear all,")
    running = demo(town, folder, "--no-serve")
    said = running.communicate(timeout=MOST)[0]
    assert running.returncode in (2, 3), said
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]
