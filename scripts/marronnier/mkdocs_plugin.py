"""The door to MkDocs: a thin plugin over the page makers, and the way our own command line runs it.

MkDocs never sees a word that people wrote as Markdown: each page is handed over as finished HTML, after Python-Markdown has had its turn.
"""

from __future__ import annotations

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import base, load_config
from mkdocs.config import config_options as options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as BuiltPage
from mkdocs.utils.templates import TemplateContext

from marronnier import pages
from marronnier.messages import Trouble, _, language_name
from marronnier.pages import Page, Scene, SiteLocale, SiteView, assembly, collect, feeds, gallery, html_fixes
from marronnier.pages.emitter import BuildCounts, Emitter, manifest
from marronnier.pages.shell import MARKERS, Shell
from marronnier.pages.site_view import languages

_FEATURES = ["navigation.tabs", "navigation.indexes", "navigation.top", "search.highlight", "content.code.copy"]
_NOT_FOUND = "<h1>404 - Not found</h1>"
"""What the theme writes where no page is (its template 404.html, mkdocs-material 9)."""
_TOP = "https://top.marronnier.invalid/"
"""Stands for the way to the whole site's root until a page is written: MkDocs cannot say it from a site below another."""
_LOGOS = (".svg", ".png", ".jpg", ".jpeg", ".webp")


class Options(base.Config):  # type: ignore[no-untyped-call]
    """What `mkdocs.yml` may say under `plugins: - marronnier:`."""

    internal = options.Type(bool, default=False)
    """Show everything: drafts, proposals, findings."""


@dataclass
class LanguageBuild:
    """One language of one site, about to be built."""

    view: SiteView
    pages: list[Page]
    shell_html: str = ""

    @property
    def prefix(self) -> str:
        """The language's folder on the site: empty for the first."""
        return "" if self.view.tongue.lang == self.view.languages[0] else f"{self.view.tongue.lang}/"


class MarronnierPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Gives MkDocs the section pages and one shell page, and nothing else."""

    stage: LanguageBuild | None = None
    """Set by our own command line; `mkdocs build` gathers it by itself."""
    alone: Callable[[str], Scene] | None = None
    """Set when MkDocs runs by itself."""
    root: Path = Path()
    """The brand's folder, when MkDocs runs by itself."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Dress the theme: the brand's name, language and colours, no font or script of another host."""
        if self.stage is None:
            root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
            self.root, self.alone = root, collect.collect_alone(root, internal=self.config.internal)
            lang = languages(self.alone("").desk.brand)[0]
            self.stage = _stage(self.alone(lang), lang, config)
        _dress(config, self.stage)
        return config

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """An empty list, the theme's own files, and ours."""
        assert self.stage is not None
        kept = Files(file for file in files if file.src_dir is not None and Path(file.src_dir) != Path(config.docs_dir))
        for page in self._section_pages():
            level = InclusionLevel.INCLUDED if page.menu else InclusionLevel.NOT_IN_NAV
            kept.append(File.generated(config, f"{page.path}index.md", content=" ", inclusion=level))
        kept.append(File.generated(config, f"{assembly.SHELL_PATH}index.md", content=" ", inclusion=InclusionLevel.NOT_IN_NAV))
        for path, data in assembly.styles(self.stage.view).items():
            kept.append(File.generated(config, path, content=data))
        if logo := _logo(self.stage.view):
            kept.append(File.generated(config, logo[0], content=logo[1]))
        return kept

    def on_page_markdown(self, markdown: str, /, *, page: BuiltPage, config: MkDocsConfig, files: Files) -> str:
        """Nothing for Python-Markdown; title and description as safe text, for a theme whose templates do not escape."""
        made = self._made(page)
        title, description = (made.title, made.description) if made else (MARKERS["title"], MARKERS["description"])
        page.meta["title"] = escape(made.menu[-1] if made and made.menu else title)
        page.meta["description"] = escape(description)
        page.meta["hide"] = ["toc"] if made and not made.wide else ["navigation", "toc"]
        if made is None or not made.indexed:
            page.meta["search"] = {"exclude": True}
        return ""

    def on_page_content(self, html: str, /, *, page: BuiltPage, config: MkDocsConfig, files: Files) -> str:
        """The page maker's HTML."""
        made = self._made(page)
        # The theme adds a heading of its own to a page that shows none; the shell's comes with each body.
        return made.render().html if made else f"<!-- <h1 --> {MARKERS['body']}"

    def on_page_context(self, context: TemplateContext, /, *, page: BuiltPage, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
        """The same page in the other languages."""
        assert self.stage is not None
        known = self.stage.view.languages
        if len(known) > 1:
            config.extra["alternate"] = [
                {
                    "name": language_name(lang),
                    "lang": lang,
                    "link": f"{_TOP}{'' if lang == known[0] else lang + '/'}{page.url.removeprefix('./')}",
                }
                for lang in known
            ]
        return context

    def on_post_page(self, output: str, /, *, page: BuiltPage, config: MkDocsConfig) -> str:
        """The policy that lets nothing run and nothing load but ours; the shell is kept for the emitter."""
        assert self.stage is not None
        top = "../" * (page.url.count("/") + self.stage.prefix.count("/")) if page.url != "./" else "../" * self.stage.prefix.count("/")
        output = output.replace(_TOP, top or "./")
        # The theme's script looks for `rel="alternate"` to the letter, and asks for site maps that a small site has not.
        linked = output.replace('<link rel="alternate"', '<link rel="alternate "').replace(
            "</head>", _feeds(self.stage, top or "./") + "</head>", 1
        )
        safe = html_fixes.add_content_policy(
            html_fixes.fix_accessibility(linked, self.stage.view.tongue), page.content or "", internal=self.stage.view.internal
        )
        if page.file.src_uri == f"{assembly.SHELL_PATH}index.md":
            self.stage.shell_html = safe
        return safe

    def on_post_template(self, output_content: str, /, *, template_name: str, config: MkDocsConfig) -> str:
        """The same policy for the theme's own pages."""
        if not template_name.endswith(".html"):
            return output_content
        if template_name == "404.html" and self.stage is not None:
            output_content = output_content.replace(_NOT_FOUND, _lost(self.stage, config), 1)
            output_content = html_fixes.fix_accessibility(output_content, self.stage.view.tongue)
        return html_fixes.add_content_policy(output_content, "", internal=True)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """When MkDocs runs by itself: the post pages, and the other languages."""
        if self.alone is None or self.stage is None:
            return
        out = Path(config.site_dir)
        with Emitter(out, manifest(self.root, out), adopt=True) as emitter:
            _emit(emitter, self.stage, out)
            for lang in self.stage.view.languages[1:]:
                _build_language(emitter, self.alone(lang), lang, self.root)
            assembly.emit_common(emitter, self.stage.view)
        for leftover in (out / assembly.SHELL_PATH / "index.html", out / "sitemap.xml.gz"):
            leftover.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (out / assembly.SHELL_PATH).rmdir()

    def _section_pages(self) -> Iterator[Page]:
        assert self.stage is not None
        return (page for page in self.stage.pages if not page.post)

    def _made(self, page: BuiltPage) -> Page | None:
        path = page.file.src_uri.removesuffix("index.md")
        return next((made for made in self._section_pages() if made.path == path), None)


def build(root: Path, scene: Scene | Callable[[str], Scene], out: Path) -> BuildCounts:
    """Build the whole site into a folder, silently. `scene` may be made anew for each language, whose sentences it then speaks.

    Raises Trouble when MkDocs cannot, or the folder holds pages that are not ours.
    """
    for_lang = scene if callable(scene) else (lambda lang: scene)
    first = for_lang("")
    known = first.langs or languages(first.desk.brand)
    with Emitter(out, manifest(root, out)) as emitter, _quiet():
        for number, lang in enumerate(known):
            stage = _build_language(emitter, for_lang(lang), lang, root)
            if number == 0:
                assembly.emit_common(emitter, stage.view)
    return emitter.counts


def _stage(scene: Scene, lang: str, config: MkDocsConfig) -> LanguageBuild:
    dressed = replace(scene, edit_uri=scene.edit_uri or config.edit_uri or "")
    return LanguageBuild(SiteView(dressed, SiteLocale(lang, scene.desk.brand)), list(pages.make(dressed, lang)))


def _build_language(emitter: Emitter, scene: Scene, lang: str, root: Path) -> LanguageBuild:
    """MkDocs into a folder of its own, because it empties the folder it builds into; then all of it through the emitter."""
    with tempfile.TemporaryDirectory(prefix="marronnier-") as folder:
        config = _config(Path(folder), root)
        stage = _stage(scene, lang, config)
        plugin = config.plugins["marronnier"]
        assert isinstance(plugin, MarronnierPlugin)
        plugin.stage = stage
        try:
            mkdocs_build(config)
        except MkDocsException as error:
            raise Trouble(_("MkDocs could not build the site: {why}", why=error), _("Correct mkdocs.yml, then build again.")) from error
        _emit(emitter, stage, Path(config.site_dir))
        return stage


def _emit(emitter: Emitter, stage: LanguageBuild, built: Path) -> None:
    shell = Shell(stage.shell_html, assembly.SHELL_PATH)
    posts = [page for page in stage.pages if page.post]
    told = assembly.emit_posts(emitter, stage.prefix, stage.view, posts, shell)
    assembly.emit_built(emitter, stage.prefix, built, told)
    if stage.view.brand.site_url and not stage.view.internal:
        addresses = (stage.prefix + page.path for page in stage.pages)
        emitter.file(f"{stage.prefix}sitemap.xml", assembly.sitemap(stage.view, addresses))


def _config(folder: Path, root: Path) -> MkDocsConfig:
    """The brand's `mkdocs.yml` when there is one, with folders of our own; else ours."""
    (folder / "docs").mkdir()
    written = root / "mkdocs.yml"
    values: dict[str, Any] = {"docs_dir": str(folder / "docs"), "site_dir": str(folder / "site")}
    try:
        if written.is_file():
            config = load_config(str(written), **values)
        else:
            (folder / "mkdocs.yml").write_text("site_name: Marronnier\ntheme: {name: material}\nplugins: [marronnier, material/search]\n")
            config = load_config(str(folder / "mkdocs.yml"), **values)
    except MkDocsException as error:
        raise Trouble(_("mkdocs.yml cannot be used: {why}", why=error), _("Correct it, then build again."), status=2) from error
    if "marronnier" not in config.plugins:
        raise Trouble(_("mkdocs.yml does not name the plugin marronnier"), _("Add `- marronnier` under `plugins:`."), status=2)
    return config


def _dress(config: MkDocsConfig, stage: LanguageBuild) -> None:
    view = stage.view
    config.site_name = escape(view.brand.name)
    config.site_description = escape(view.brand.description)
    config.site_url = f"{view.brand.site_url.rstrip('/')}/{stage.prefix}" if view.brand.site_url else config.site_url
    config.repo_url = None
    config.edit_uri = None
    config.use_directory_urls = True
    config.nav = _menus(stage.pages)
    config.extra_css = [*assembly.styles(view), *config.extra_css]
    config.extra["generator"] = False
    config.copyright = str(
        view.tongue._(
            "Made with {marronnier} and {material}.",
            marronnier=Markup("<strong>Marronnier</strong>"),
            material=Markup('<a href="https://squidfunk.github.io/mkdocs-material/" rel="noopener">Material for MkDocs</a>'),
        )
    )
    theme = config.theme
    theme["language"], theme["direction"] = view.tongue.lang, view.tongue.direction
    theme["font"], theme["features"] = False, _FEATURES
    theme["palette"] = _palette(view.tongue)
    theme["icon"] = {**(theme["icon"] or {}), "logo": "material/calendar-heart"}
    if logo := _logo(view):
        theme["logo"] = theme["favicon"] = logo[0]


def _lost(stage: LanguageBuild, config: MkDocsConfig) -> str:
    """What stands where no page is, in the site's language; the theme says it in English only."""
    home = urlsplit(config.site_url).path if config.site_url else f"/{stage.prefix}"
    tongue = stage.view.tongue
    return Markup('<div class="mr"><header class="mr-head"><h1>{said}</h1></header><p><a href="{home}">{today}</a></p></div>').format(
        said=tongue._("There is no page here"), home=home, today=tongue._("Today")
    )


def _palette(tongue: SiteLocale) -> list[dict[str, Any]]:
    """Light and dark by the reader's own wish, and a button for the other."""

    def option(media: str, icon: str, name: object, **scheme: str) -> dict[str, Any]:
        return {"media": media, "primary": "custom", "accent": "custom", "toggle": {"icon": icon, "name": str(name)}, **scheme}

    return [
        option("(prefers-color-scheme)", "material/brightness-auto", tongue._("Switch to light")),
        option("(prefers-color-scheme: light)", "material/weather-sunny", tongue._("Switch to dark"), scheme="default"),
        option("(prefers-color-scheme: dark)", "material/weather-night", tongue._("Follow the system"), scheme="slate"),
    ]


def _menus(made: list[Page]) -> list[Any]:
    """MkDocs' menus from the pages' own words for the way to them."""
    tree: dict[str, Any] = {}
    for page in made:
        place = tree
        for word in page.menu[:-1]:
            place = place.setdefault(word, {})
        if page.menu:
            place.setdefault(page.menu[-1], {})[""] = f"{page.path}index.md"

    def listed(place: dict[str, Any]) -> list[Any]:
        found: list[Any] = []
        for word, inside in place.items():
            if word == "":
                found.append(inside)
            elif set(inside) == {""}:
                found.append({escape(word): inside[""]})
            else:
                found.append({escape(word): listed(inside)})
        return found

    return listed(tree)


def _logo(view: SiteView) -> tuple[str, bytes] | None:
    name = view.brand.logo
    path = f"brand/assets/{name}" if name and not name.startswith("brand/") else name or ""
    tree = view.scene.desk.tree
    if not path.lower().endswith(_LOGOS) or not tree.exists(path):
        return None
    data = gallery.clean_picture(path, tree.read(path))
    return (f"assets/logo{Path(path).suffix.lower()}", data) if data is not None else None


def _feeds(stage: LanguageBuild, top: str) -> str:
    """What tells a feed reader where the feeds are."""
    link = Markup('<link rel="alternate " type="{kind}" title="{title}" href="{top}{path}{ending}">')
    return "".join(
        link.format(kind=kind, title=feed.title, top=top, path=feed.path, ending=ending)
        for feed in feeds.all_feeds(stage.view)
        for kind, ending in (("application/atom+xml", ".xml"), ("application/feed+json", ".json"))
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """MkDocs and its theme print to the terminal; our own command line speaks for itself."""
    logger = logging.getLogger("mkdocs")
    level, propagate = logger.level, logger.propagate
    silent = logging.NullHandler()
    before = os.environ.get("NO_MKDOCS_2_WARNING")
    os.environ["NO_MKDOCS_2_WARNING"] = "true"
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    logger.addHandler(silent)
    try:
        yield
    finally:
        logger.removeHandler(silent)
        logger.setLevel(level)
        logger.propagate = propagate
        if before is None:
            os.environ.pop("NO_MKDOCS_2_WARNING", None)
        else:
            os.environ["NO_MKDOCS_2_WARNING"] = before
