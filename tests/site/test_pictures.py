"""Pictures on the site keep what they show and lose their metadata."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image
from site_houses import House, Memory, at

import documents
import pictures
from marronnier import mkdocs_plugin, sandbox
from marronnier.model.publication import Picture
from marronnier.pages.site_media import MAX_PICTURE_SIDE, SiteMedia, clean_picture, site_path
from videos import video


def built(house: House, root: Path) -> Path:
    mkdocs_plugin.build(root, house.site_data(internal=False), root / "site")
    return root / "site"


def test_c15_no_metadata_is_left_on_the_site(tmp_path: Path) -> None:
    house = House()
    files = {f"haie{ending}": pictures.loaded(ending) for ending in (".jpg", ".png", ".gif", ".webp")}
    media = tuple((name, data, "Une haie") for name, data in files.items())
    house.post("haie", "Des mots.", at(1), "sent", title="La haie", media=media)
    out = built(house, tmp_path)
    shown = sorted((out / "media").iterdir())
    assert {one.suffix for one in shown} == {".jpg", ".png", ".gif", ".webp"}
    for one in shown:
        assert [secret for secret in pictures.SECRETS if secret in one.read_bytes()] == []
        assert sandbox.inspect(one.read_bytes(), one.name).carries == ()
    feed = json.loads((out / "feed.json").read_text())
    enclosed = {attachment["url"].rpartition("/")[2] for attachment in feed["items"][0]["attachments"]}
    assert enclosed == {one.name for one in shown}
    for path in out.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            assert not any(secret in data for secret in (b"SERIAL-4711", b"GPSLatitude", b"kept for later")), path


def test_a_picture_keeps_its_address_and_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()
    data = pictures.photograph()
    house.post("haie", "Des mots.", at(1), "sent", title="La haie", media=(("haie.jpg", data, "Une haie"),))
    out = built(house, tmp_path)
    shown = out / site_path(Picture("content/posts/2026/12/haie.jpg", Memory({"a": data}).sha256("a"), ""))
    assert sandbox.inspect(shown.read_bytes(), shown.name).carries == ()
    clean_picture.cache_clear()
    monkeypatch.setattr(sandbox, "clean", None)
    house.post("neuf", "Tout neuf.", at(2, 7), "sent", title="Tout neuf")
    assert mkdocs_plugin.build(tmp_path, house.site_data(internal=False), out).written > 0
    assert shown.is_file()


def test_a_large_picture_is_made_as_large_as_the_page_can_show() -> None:
    made = clean_picture("a.jpg", pictures.picture(".jpg", 4000, 1000))
    assert made is not None
    assert Image.open(io.BytesIO(made)).size == (MAX_PICTURE_SIDE, 400)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"<html><script>alert(1)</script>"),
        ("a.jpg", pictures.picture(".jpg", 200, 150)[:900]),
        ("a.png", pictures.png(60_000, 60_000)),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.avif", b"\0\0\0\x18ftypavif"),
        ("a.mp4", b"<html><script>alert(1)</script>"),
        ("a.mp4", b"\0\0\0\x20ftypisom moov udta \xa9xyz+50.8467+004.3525/"),
        ("a.mp4", pictures.picture(".jpg")),
    ],
)
def test_c14_an_unsafe_picture_is_named_and_not_shown(name: str, data: bytes) -> None:
    tree = Memory({name: data})
    assert SiteMedia(tree).site_bytes(Picture(name, tree.sha256(name), "")) is None


def test_a_video_goes_out_as_it_is() -> None:
    film = video()
    tree = Memory({"a.mp4": film})
    assert SiteMedia(tree).site_bytes(Picture("a.mp4", tree.sha256("a.mp4"), "")) == film


def test_a_document_stays_here_and_its_pages_are_told() -> None:
    tree = Memory({"a.pdf": documents.document(3), "b.pdf": documents.document(encrypted=True)})
    site = SiteMedia(tree)
    one, two = (Picture(name, tree.sha256(name), "") for name in ("a.pdf", "b.pdf"))
    assert (site.pages(one), site.pages(two), site.pages(Picture("a.pdf", "0" * 64, ""))) == (3, 0, 0)
    assert not site.is_served(one) and site.site_bytes(one) is None


def test_c15_a_drawing_loses_the_metadata_of_its_program() -> None:
    drawing = (
        b"<svg xmlns='http://www.w3.org/2000/svg' xmlns:i='http://www.inkscape.org/namespaces/inkscape' i:export='/home/nadia/plan.png'>"
        b"<!-- Nadia --><title>Une serre</title><rect width='4' height='4' i:label='Nadia'/></svg>"
    )
    made = clean_picture("a.svg", drawing)
    assert made is not None
    assert b"adia" not in made
    assert b"Une serre" in made
    assert made.startswith(b'<svg xmlns="http://www.w3.org/2000/svg">')
