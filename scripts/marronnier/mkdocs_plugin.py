"""The MkDocs plugin: it gives MkDocs the pages of `marronnier.pages`. `build` runs MkDocs for our own command line.

MkDocs never reads people's words as Markdown: each page becomes HTML here, and replaces the output of Python-Markdown.
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

import click
from markupsafe import Markup, escape
from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import base, load_config
from mkdocs.config import config_options as options
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import MkDocsException
from mkdocs.livereload import LiveReloadServer
from mkdocs.plugins import BasePlugin
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.nav import Navigation
from mkdocs.structure.pages import Page as BuiltPage
from mkdocs.utils.templates import TemplateContext

from marronnier import pages
from marronnier.git import Repo
from marronnier.messages import Trouble, _, language_name
from marronnier.pages import Page, SiteData, SiteLocale, SiteView, collect, feeds, html_fixes, site_files, site_media
from marronnier.pages.emitter import BuildCounts, Emitter, manifest_path
from marronnier.pages.shell import MARKERS, Shell
from marronnier.pages.site_view import languages
from marronnier.pull_request.open_pull_requests import open_pull_requests

_FEATURES = ["navigation.tabs", "navigation.indexes", "navigation.top", "search.highlight", "content.code.copy"]
_THEME_NOT_FOUND = "<h1>404 - Not found</h1>"
"""The theme's text on its page 404.html (mkdocs-material 9)."""
_SITE_ROOT = "https://top.marronnier.invalid/"
"""Placeholder of the relative path to the whole site's root: MkDocs knows only the root of the language it builds."""
_LOGO_SUFFIXES = (".svg", ".png", ".jpg", ".jpeg", ".webp")


class Options(base.Config):  # type: ignore[no-untyped-call]
    """The plugin's options in `mkdocs.yml`, under `plugins: - marronnier:`."""

    internal = options.Optional(options.Type(bool))
    """Show everything: drafts, proposals, findings. When absent, only `mkdocs serve` does, and to this machine only."""


@dataclass
class LanguageBuild:
    """The build of one language: its view, its pages, and the shell once MkDocs has made it."""

    view: SiteView
    pages: list[Page]
    shell_html: str = ""

    @property
    def prefix(self) -> str:
        """The language's folder on the site, with `/` at its end; empty for the first language."""
        return "" if self.view.locale.lang == self.view.languages[0] else f"{self.view.locale.lang}/"


class MarronnierPlugin(BasePlugin[Options]):  # type: ignore[no-untyped-call]
    """Gives MkDocs one shell page and nothing else: the emitter writes all pages within it."""

    language_build: LanguageBuild | None = None
    """Set by `build`; under `mkdocs build`, `on_config` makes it."""
    collect_data: Callable[[str], SiteData] | None = None
    """Set under `mkdocs build` only."""
    root: Path = Path()
    """The brand's folder, under `mkdocs build` only."""
    previewed: bool = False
    """True under `mkdocs serve` on this machine."""

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Set the brand's name, language and colours in the theme, and no font or script of another host."""
        if self.language_build is None:
            root = Path(config.config_file_path).parent if config.config_file_path else Path.cwd()
            self.previewed = is_preview(config.dev_addr.host)
            internal = self.previewed if self.config.internal is None else self.config.internal
            self.root, self.collect_data = root, collect.collect_from_folder(root, internal=internal, gather=open_pull_requests)
            lang = languages(self.collect_data("").desk.brand)[0]
            self.language_build = _prepare_language(self.collect_data(lang), lang, config)
        _apply_brand(config, self.language_build)
        return config

    def on_serve(self, server: LiveReloadServer, /, *, config: MkDocsConfig, builder: Callable[..., None]) -> LiveReloadServer:
        """Have `mkdocs serve` build anew after an edit of what people write, and after a commit or a publication."""
        branches = Repo(self.root).try_text("rev-parse", "--git-path", "refs/heads")
        for folder in ("brand", "content", "calendar", *([branches] if branches else ())):
            if (self.root / folder).is_dir():
                server.watch(str(self.root / folder))
        return server

    def on_files(self, files: Files, /, *, config: MkDocsConfig) -> Files:
        """The theme's own files, and ours; none of the docs folder."""
        assert self.language_build is not None
        ours = Files(file for file in files if file.src_dir is not None and Path(file.src_dir) != Path(config.docs_dir))
        ours.append(File.generated(config, f"{site_files.SHELL_PATH}index.md", content=" ", inclusion=InclusionLevel.NOT_IN_NAV))
        for path, data in site_files.stylesheets(self.language_build.view).items():
            ours.append(File.generated(config, path, content=data))
        if logo := _load_logo(self.language_build.view):
            ours.append(File.generated(config, logo[0], content=logo[1]))
        return ours

    def on_page_markdown(self, markdown: str, /, *, page: BuiltPage, config: MkDocsConfig, files: Files) -> str:
        """No text for Python-Markdown, and markers for title and description."""
        hidden = {"hide": ["navigation", "toc"], "search": {"exclude": True}}
        page.meta.update({"title": MARKERS["title"], "description": MARKERS["description"], **hidden})
        return ""

    def on_page_content(self, html: str, /, *, page: BuiltPage, config: MkDocsConfig, files: Files) -> str:
        """The marker of the body."""
        # The theme adds a heading to a page without `<h1`; each body brings its own.
        return f"<!-- <h1 --> {MARKERS['body']}"

    def on_page_context(self, context: TemplateContext, /, *, page: BuiltPage, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
        """Links to the same page in the other languages."""
        assert self.language_build is not None
        langs = self.language_build.view.languages
        if len(langs) > 1:
            config.extra["alternate"] = [
                {
                    "name": language_name(lang),
                    "lang": lang,
                    "link": f"{_SITE_ROOT}{'' if lang == langs[0] else lang + '/'}{page.url.removeprefix('./')}",
                }
                for lang in langs
            ]
        return context

    def on_post_page(self, output: str, /, *, page: BuiltPage, config: MkDocsConfig) -> str:
        """Correct the finished shell, add its content policy, and keep it for the emitter."""
        assert self.language_build is not None
        top = "../" * f"{self.language_build.prefix}{page.url.removeprefix('./')}".count("/") or "./"
        output = output.replace(_SITE_ROOT, top)
        # The theme's script looks for `rel="alternate"` to the letter, and asks for site maps that a small site has not.
        linked = output.replace('<link rel="alternate"', '<link rel="alternate "').replace(
            "</head>", _feed_links(self.language_build, top) + "</head>", 1
        )
        corrected = html_fixes.mark_sections(html_fixes.fix_accessibility(linked, self.language_build.view.locale), site_files.SHELL_PATH)
        safe = html_fixes.add_content_policy(
            html_fixes.fold_blanks(corrected),
            page.content or "",
            internal=self.language_build.view.internal,
            previewed=self.previewed,
        )
        self.language_build.shell_html = safe
        return safe

    def on_post_template(self, output_content: str, /, *, template_name: str, config: MkDocsConfig) -> str:
        """The content policy for the theme's own pages; 404.html also gets our text and the accessibility corrections."""
        if not template_name.endswith(".html"):
            return output_content
        if template_name == "404.html" and self.language_build is not None:
            output_content = output_content.replace(_THEME_NOT_FOUND, _not_found_html(self.language_build, config), 1)
            output_content = html_fixes.fix_accessibility(output_content, self.language_build.view.locale)
        return html_fixes.add_content_policy(output_content, "", internal=True, previewed=self.previewed)

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Under `mkdocs build`, write the pages and build the other languages."""
        if self.collect_data is None or self.language_build is None:
            return
        out = Path(config.site_dir)
        with Emitter(out, manifest_path(self.root, out), adopt=True) as emitter:
            _write_language(emitter, self.language_build, out)
            for lang in self.language_build.view.languages[1:]:
                _build_language(emitter, self.collect_data(lang), lang, self.root)
            site_files.write_shared_files(emitter, self.language_build.view)
        for notice in emitter.counts.notices:
            logging.getLogger("mkdocs.plugins.marronnier").warning(notice)
        for leftover in (out / site_files.SHELL_PATH / "index.html", out / "sitemap.xml.gz"):
            leftover.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (out / site_files.SHELL_PATH).rmdir()
            (out / site_files.SHELL_PATH).parent.rmdir()


def is_preview(host: str) -> bool:
    """Whether MkDocs runs as `mkdocs serve` at an address that only this machine reaches."""
    context = click.get_current_context(silent=True)
    return context is not None and context.info_name == "serve" and host in ("127.0.0.1", "localhost", "::1")


def build(root: Path, site_data: SiteData | Callable[[str], SiteData], out: Path) -> BuildCounts:
    """Build the whole site into a folder, without output. `site_data` may be a function that gives the data for a language.

    Raises Trouble when MkDocs fails, or the folder holds pages that are not ours.
    """
    for_lang = site_data if callable(site_data) else (lambda lang: site_data)
    first = for_lang("")
    langs = first.langs or languages(first.desk.brand)
    with Emitter(out, manifest_path(root, out)) as emitter, _silence_mkdocs():
        for number, lang in enumerate(langs):
            language_build = _build_language(emitter, for_lang(lang), lang, root)
            if number == 0:
                site_files.write_shared_files(emitter, language_build.view)
    return emitter.counts


def _prepare_language(site_data: SiteData, lang: str, config: MkDocsConfig) -> LanguageBuild:
    site_data = replace(site_data, edit_uri=site_data.edit_uri or config.edit_uri or "")
    return LanguageBuild(SiteView(site_data, SiteLocale(lang, site_data.desk.brand)), list(pages.make(site_data, lang)))


def _build_language(emitter: Emitter, site_data: SiteData, lang: str, root: Path) -> LanguageBuild:
    """Run MkDocs into a temporary folder, because it empties its output folder; then write everything through the emitter."""
    with tempfile.TemporaryDirectory(prefix="marronnier-") as folder:
        config = _load_config(Path(folder), root)
        language_build = _prepare_language(site_data, lang, config)
        plugin = config.plugins["marronnier"]
        assert isinstance(plugin, MarronnierPlugin)
        plugin.language_build = language_build
        try:
            mkdocs_build(config)
        except MkDocsException as error:
            raise Trouble(_("MkDocs could not build the site: {why}", why=error), _("Correct mkdocs.yml, then build again.")) from error
        _write_language(emitter, language_build, Path(config.site_dir))
        return language_build


def _write_language(emitter: Emitter, language_build: LanguageBuild, built: Path) -> None:
    shell = Shell(language_build.shell_html, site_files.SHELL_PATH)
    told = site_files.write_pages(emitter, language_build.prefix, language_build.view, language_build.pages, shell)
    site_files.write_built_files(emitter, language_build.prefix, built, told)
    if language_build.view.brand.site_url and not language_build.view.internal:
        addresses = (language_build.prefix + page.path for page in language_build.pages)
        emitter.write_file(f"{language_build.prefix}sitemap.xml", site_files.sitemap(language_build.view, addresses))


def _load_config(folder: Path, root: Path) -> MkDocsConfig:
    """The brand's `mkdocs.yml`, else our own, with temporary folders. Raises Trouble when it cannot be used."""
    (folder / "docs").mkdir()
    brand_config = root / "mkdocs.yml"
    values: dict[str, Any] = {"docs_dir": str(folder / "docs"), "site_dir": str(folder / "site")}
    try:
        if brand_config.is_file():
            config = load_config(str(brand_config), **values)
        else:
            (folder / "mkdocs.yml").write_text("site_name: Marronnier\ntheme: {name: material}\nplugins: [marronnier, material/search]\n")
            config = load_config(str(folder / "mkdocs.yml"), **values)
    except MkDocsException as error:
        raise Trouble(_("mkdocs.yml cannot be used: {why}", why=error), _("Correct it, then build again."), status=2) from error
    if "marronnier" not in config.plugins:
        raise Trouble(_("mkdocs.yml does not name the plugin marronnier"), _("Add `- marronnier` under `plugins:`."), status=2)
    return config


def _apply_brand(config: MkDocsConfig, language_build: LanguageBuild) -> None:
    view = language_build.view
    config.site_name = escape(view.brand.name)
    config.site_description = escape(view.brand.description)
    config.site_url = f"{view.brand.site_url.rstrip('/')}/{language_build.prefix}" if view.brand.site_url else config.site_url
    config.repo_url = None
    config.edit_uri = None
    config.use_directory_urls = True
    config.nav = _navigation(language_build.pages)
    config.validation.nav.not_found = logging.DEBUG  # the emitter writes these pages
    config.extra_css = [*site_files.stylesheets(view), *config.extra_css]
    config.extra["generator"] = False
    config.copyright = str(
        view.locale._(
            "Made with {marronnier} and {material}.",
            marronnier=Markup("<strong>Marronnier</strong>"),
            material=Markup('<a href="https://squidfunk.github.io/mkdocs-material/" rel="noopener">Material for MkDocs</a>'),
        )
    )
    theme = config.theme
    theme["language"], theme["direction"] = view.locale.lang, view.locale.direction
    theme["font"], theme["features"] = False, _FEATURES
    theme["palette"] = _palette(view.locale)
    theme["icon"] = {**(theme["icon"] or {}), "logo": "material/calendar-heart"}
    if logo := _load_logo(view):
        theme["logo"] = theme["favicon"] = logo[0]


def _not_found_html(language_build: LanguageBuild, config: MkDocsConfig) -> str:
    """The content of the page 404.html in the site's language; the theme's is in English only."""
    home = urlsplit(config.site_url).path if config.site_url else f"/{language_build.prefix}"
    locale = language_build.view.locale
    return Markup('<div class="mr"><header class="mr-head"><h1>{said}</h1></header><p><a href="{home}">{today}</a></p></div>').format(
        said=locale._("Page not found"), home=home, today=locale._("Today")
    )


def _palette(locale: SiteLocale) -> list[dict[str, Any]]:
    """Light or dark by the reader's system, and a button to change it."""

    def option(media: str, icon: str, name: object, **scheme: str) -> dict[str, Any]:
        return {"media": media, "primary": "custom", "accent": "custom", "toggle": {"icon": icon, "name": str(name)}, **scheme}

    return [
        option("(prefers-color-scheme)", "material/brightness-auto", locale._("Switch to light")),
        option("(prefers-color-scheme: light)", "material/weather-sunny", locale._("Switch to dark"), scheme="default"),
        option("(prefers-color-scheme: dark)", "material/weather-night", locale._("Follow the system setting"), scheme="slate"),
    ]


def _navigation(site_pages: list[Page]) -> list[Any]:
    """The `nav` of MkDocs: a link to each section, on every page the same."""
    return [{escape(page.label): page.path or "."} for page in site_pages if page.label]


def _load_logo(view: SiteView) -> tuple[str, bytes] | None:
    name = view.brand.logo
    path = f"brand/assets/{name}" if name and not name.startswith("brand/") else name or ""
    tree = view.site_data.desk.tree
    if not path.lower().endswith(_LOGO_SUFFIXES) or not tree.exists(path):
        return None
    data = site_media.clean_picture(path, tree.read(path))
    return (f"assets/logo{Path(path).suffix.lower()}", data) if data is not None else None


def _feed_links(language_build: LanguageBuild, top: str) -> str:
    """The links in a page's head by which feed readers discover the feeds."""
    link = Markup('<link rel="alternate " type="{kind}" title="{title}" href="{top}{path}{ending}">')
    return "".join(
        link.format(kind=kind, title=feed.title, top=top, path=feed.path, ending=ending)
        for feed in feeds.all_feeds(language_build.view)
        for kind, ending in (("application/atom+xml", ".xml"), ("application/feed+json", ".json"))
    )


@contextlib.contextmanager
def _silence_mkdocs() -> Iterator[None]:
    """Silence the log and the warnings of MkDocs and its theme: our own command line reports the build."""
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
