"""The emitter: it works with any builder's shell, writes only what changed, and removes only its own files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from site_houses import PNG, House, at, garden

from marronnier import mkdocs_plugin, pages
from marronnier.messages import Trouble, catalogue
from marronnier.pages import Page, site_files
from marronnier.pages.emitter import Emitter
from marronnier.pages.page import Body
from marronnier.pages.shell import MissingMarker, Shell
from pictures import picture

HUGO = """<!doctype html><html lang="[[marronnier:lang]]"><head><title>[[marronnier:title]]</title>
<meta name="description" content="[[marronnier:description]]"><link rel="canonical" href="https://brand.example/shell/">
<link rel=stylesheet href=../css/a.css><script src='../js/a.js?v=1'></script></head>
<body><a href="../">home</a><a href="../about/#us">us</a><a href="/x/">x</a><a href="https://a.example/">a</a><a href="./">me</a>[[marronnier:body]]</body></html>"""


def page(path: str, title: str, body: str = "<p>words</p>", parts: tuple[object, ...] = ()) -> Page:
    return Page(path, title, "What it is", parts or (body,), lambda: Body(body), lambda: "")


def test_a_shell_of_any_builder_fits_pages_at_any_depth() -> None:
    made = Shell(HUGO, "shell/").wrap("posts/haie/", title="La haie", description="d", body="<p>corps</p>", lang="fr")
    assert made == HUGO.replace("[[marronnier:lang]]", "fr").replace("[[marronnier:title]]", "La haie").replace(
        "[[marronnier:description]]", "d"
    ).replace("[[marronnier:body]]", "<p>corps</p>").replace("https://brand.example/shell/", "https://brand.example/posts/haie/").replace(
        "href=../css/a.css", 'href="../../css/a.css"'
    ).replace("src='../js/a.js?v=1'", 'src="../../js/a.js?v=1"').replace('href="../"', 'href="../../"').replace(
        "../about/#us", "../../about/#us"
    )  # fmt: skip


def test_a_shell_at_the_right_depth_stays_as_it_is() -> None:
    made = Shell(HUGO, "shell/").wrap("other/", title="t", description="", body="b")
    assert 'href="../about/#us"' in made
    assert "https://brand.example/other/" in made


def test_markers_in_peoples_words_are_words() -> None:
    made = Shell(HUGO, "shell/").wrap("a/", title="[[marronnier:body]]", description="[[marronnier:title]]", body="[[marronnier:lang]]")
    assert "<title>[[marronnier:body]]</title>" in made
    assert 'content="[[marronnier:title]]"' in made
    assert "[[marronnier:lang]]</body>" in made


def test_a_shell_without_its_markers_is_refused() -> None:
    with pytest.raises(MissingMarker, match="marronnier:body"):
        Shell("<title>[[marronnier:title]]</title>", "shell/")


def test_only_what_changed_is_written_and_only_ours_is_removed(tmp_path: Path) -> None:
    out, memory, shell = tmp_path / "site", tmp_path / ".marronnier/site.json", Shell(HUGO, "shell/")

    def emit(*made: Page) -> tuple[int, int, int]:
        with Emitter(out, memory) as emitter:
            for one in made:
                emitter.write_page("", one, shell, "fr")
            emitter.write_file("feed.xml", b"<feed/>")
        return emitter.counts.written, emitter.counts.kept, emitter.counts.removed

    assert emit(page("posts/a/", "A"), page("posts/b/", "B")) == (3, 0, 0)
    assert emit(page("posts/a/", "A"), page("posts/b/", "B")) == (0, 3, 0)
    assert emit(page("posts/a/", "A"), page("posts/b/", "B", "<p>new</p>")) == (1, 2, 0)
    (out / "posts/a/index.html").write_text("somebody changed it")
    assert emit(page("posts/a/", "A"), page("posts/b/", "B", "<p>new</p>")) == (1, 2, 0)
    (out / "CNAME").write_text("brand.example")
    (out / "posts/b/mine.txt").write_text("foreign")
    assert emit(page("posts/a/", "A")) == (0, 2, 1)
    assert (out / "CNAME").read_text() == "brand.example"
    assert (out / "posts/b/mine.txt").read_text() == "foreign"
    assert not (out / "posts/b/index.html").exists()


def test_a_page_that_did_not_change_is_not_even_rendered(tmp_path: Path) -> None:
    shell = Shell(HUGO, "shell/")

    def never() -> Body:
        raise AssertionError("rendered again")

    with Emitter(tmp_path / "site", tmp_path / "m.json") as emitter:
        emitter.write_page("", page("posts/a/", "A", parts=("same",)), shell, "fr")
    with Emitter(tmp_path / "site", tmp_path / "m.json") as emitter:
        emitter.write_page("", Page("posts/a/", "A", "What it is", ("same",), never, lambda: ""), shell, "fr")
    assert emitter.counts.kept == 1


def test_an_interrupted_build_is_known_to_the_next(tmp_path: Path) -> None:
    shell, out = Shell(HUGO, "shell/"), tmp_path / "site"
    with pytest.raises(KeyboardInterrupt), Emitter(out, tmp_path / "m.json") as emitter:
        emitter.write_page("", page("posts/secret/", "S"), shell, "fr")
        raise KeyboardInterrupt
    with Emitter(out, tmp_path / "m.json") as emitter:
        pass
    assert emitter.counts.removed == 1
    assert not (out / "posts").exists()


def test_a_folder_of_unknown_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site/old.html").write_text("an internal page, perhaps")
    with pytest.raises(Trouble, match="did not write"):
        Emitter(tmp_path / "site", tmp_path / "m.json")


def test_a_second_build_writes_nothing_and_one_change_writes_little(tmp_path: Path) -> None:
    house, out = garden(), tmp_path / "site"
    mkdocs_plugin.build(tmp_path, house.site_data(internal=False), out)
    assert mkdocs_plugin.build(tmp_path, house.site_data(internal=False), out).written == 0
    house.post("neuf", "Tout neuf.", at(2, 7), "sent", title="Tout neuf")
    head = "0123456789abcdef"
    written = mkdocs_plugin.build(tmp_path, replace(house.site_data(internal=False), ledger_head=head), out).written
    assert head[:12] in (out / "index.html").read_text()
    assert (out / "posts/neuf/index.html").is_file()
    assert 0 < written < 30


def test_a_picture_replaced_after_sending_is_not_shown(tmp_path: Path) -> None:
    house = House()
    house.post("haie", "Des mots.", at(1), "sent", title="La haie", media=(("haie.png", PNG, "Une haie"),))
    house.files["content/posts/2026/12/haie.png"] = picture(".png")
    mkdocs_plugin.build(tmp_path, house.site_data(internal=False), tmp_path / "site")
    assert not (tmp_path / "site/media").exists()
    assert "Une haie" in (tmp_path / "site/posts/haie/index.html").read_text()


def test_plain_markdown_for_any_other_builder(house: House) -> None:
    written: dict[str, bytes] = {}
    site_files.write_markdown(pages.make(house.site_data(internal=False), "fr"), written.__setitem__)
    assert written["posts/compost/index.md"].decode() == (
        '---\ntitle: "Le compost travaille"\ndate: "2026-11-25T09:00:00+00:00"\n---\n\n# Le compost travaille\n\n'
        "- mercredi 25 novembre 2026 à 10:00: [Le compost travaille](../../posts/compost/) · Le journal du jardin · "
        f"{catalogue('fr').gettext('sent').capitalize()}\n\n\n"
        "## Le journal du jardin\n\n**Le compost travaille**\n\n"
        "> Le compost a pris trois degrés cette semaine.  \n>\n> C&#39;est bon signe : il travaille.  \n\n\n"
    )
    assert {
        "index.md",
        "calendar/index.md",
        "calendar/2026-12/index.md",
        "campaigns/portes-ouvertes/index.md",
        "campaigns/index.md",
    } <= set(written)


def test_c11_markdown_runs_no_template_code(house: House) -> None:
    house.post("tpl", "{{ site.secret }} {% raw %} <b>x</b>", at(1), "sent", title="{{ page.title }} <script>")
    written: dict[str, bytes] = {}
    site_files.write_markdown(
        (page for page in pages.make(house.site_data(internal=True), "fr") if "rules/" not in page.path), written.__setitem__
    )
    for path, data in written.items():
        assert b"{{" not in data, path
        assert b"{%" not in data, path
        assert b"<script" not in data, path
