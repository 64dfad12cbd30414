"""Pictures of another tool's posts: downloaded and encoded anew, or replaced by stand-ins that are never published."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image

from checks.rule_pages import build, check
from marronnier.importers import picture_download
from marronnier.web import Web


def photo() -> bytes:
    made = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at 12 rue du Ruisseau"
    Image.new("RGB", (40, 30), (10, 120, 40)).save(made, "JPEG", exif=exif)
    return made.getvalue()


class PictureServer(BaseHTTPRequestHandler):
    """A host of pictures."""

    def do_GET(self) -> None:
        answers = {"/photo": (200, photo()), "/page": (200, b"<html>"), "/gone": (404, b"")}
        if self.path in ("/moved", "/on"):
            self.send_response(302)
            self.send_header("Location", "/photo" if self.path == "/moved" else "/on")
            self.end_headers()
            return
        status, body = answers[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_said: object) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), PictureServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def pictures_named(*addresses: str) -> dict[str, str]:
    return {picture_download.picture_name(address): address for address in addresses}


def test_redirects_are_followed_and_pictures_encoded_anew(tmp_path: Path, host: str) -> None:
    wanted = pictures_named(f"{host}/moved")
    name = next(iter(wanted))
    files = picture_download.provide_pictures(wanted, tmp_path, Web(loopback=True))
    assert files.fetched == {name: f"imported/{name}.jpg"} and not files.stand_ins
    kept = (tmp_path / "content/media" / files.fetched[name]).read_bytes()
    assert Image.open(io.BytesIO(kept)).size == (40, 30) and b"Ruisseau" not in kept
    assert files.replace_stand_ins(f"media:\n  - {{src: stand-in/{name}.png}}\n") == f"media:\n  - {{src: imported/{name}.jpg}}\n"


@pytest.mark.parametrize(
    ("path", "why"), [("/gone", "the server answered 404"), ("/on", "too many redirects"), ("/page", "it is not a picture")]
)
def test_a_failed_download_is_reported_and_gets_a_stand_in(tmp_path: Path, host: str, path: str, why: str) -> None:
    wanted = pictures_named(f"{host}{path}")
    files = picture_download.provide_pictures(wanted, tmp_path, Web(loopback=True))
    assert why in files.failed[f"{host}{path}"] and files.stand_ins == list(wanted)


def test_a_private_address_is_never_asked(tmp_path: Path, host: str) -> None:
    files = picture_download.provide_pictures(pictures_named(host.replace("http:", "https:") + "/photo"), tmp_path, Web())
    assert "not a public address" in next(iter(files.failed.values()))


def test_a_stand_in_is_a_picture_and_is_deleted_after_the_download(tmp_path: Path, host: str) -> None:
    wanted = pictures_named(f"{host}/photo", "https://images.example/other")
    picture_download.provide_pictures(wanted, tmp_path, None)
    stand_ins = sorted((tmp_path / "content/media/stand-in").iterdir())
    assert [Image.open(path).size for path in stand_ins] == [(320, 180)] * 2
    assert stand_ins[0].read_bytes() != stand_ins[1].read_bytes()
    files = picture_download.provide_pictures(pictures_named(f"{host}/photo"), tmp_path, Web(loopback=True))
    picture_download.remove_stand_ins(files, tmp_path)
    assert [path.stem for path in (tmp_path / "content/media/stand-in").iterdir()] == [
        picture_download.picture_name("https://images.example/other")
    ]
    assert picture_download.provide_pictures(wanted, tmp_path, None).fetched == files.fetched, "a later run finds what came before"


@pytest.mark.parametrize(("brand", "level", "code"), [("name: x\n", "error", 1), ("name: x\nclock: 2026-12-02\n", "notice", 0)])
def test_a_stand_in_is_never_published(tmp_path: Path, brand: str, level: str, code: int) -> None:
    src = f"stand-in/{picture_download.picture_name('https://images.example/a')}.png"
    post = f"---\ntitle: Pommes\ndate: 2026-12-12 10:00\nchannels: [journal]\nmedia:\n  - {{src: {src}, alt: Des pommes}}\n---\nSamedi.\n"
    root = build(tmp_path, {"brand/brand.yml": brand, "content/posts/pommes.md": post})
    picture_download.provide_pictures(pictures_named("https://images.example/a"), root, None)
    done = check(root)
    assert f"{level}[missing-media]: `{src}` is a placeholder for a picture" in done.output and done.exit_code == code
