"""`marronnier build`: the site, or plain Markdown for any other builder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import LANGUAGES, Trouble, _, ngettext

if TYPE_CHECKING:
    from marronnier.pages.emitter import BuildCounts
    from marronnier.pages.site_data import SiteData


@click.command()
@click.option(
    "--to",
    "markdown",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Write plain Markdown for another builder into this folder."),
)
@click.option("--internal/--public", default=False, help=_("Show everything, or only what was published (the default)."))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=None, help=_("The folder of the site; `site` when absent.")
)
@click.option("--lang", "langs", multiple=True, type=click.Choice(LANGUAGES), help=_("Only this language; may be given several times."))
@pass_command_context
def command(here: CommandContext, markdown: Path | None, internal: bool, out: Path | None, langs: tuple[str, ...]) -> None:
    """Build the site: today, the calendar, every post, campaigns, feeds. Public unless --internal is given."""
    if markdown is not None:
        counts = _markdown(here, _safe(here.root, here.folder / markdown), internal=internal, langs=langs)
        target = markdown
    else:
        target = out or Path("site")
        counts = site(here, _safe(here.root, here.folder / target), internal=internal, langs=langs)
    click.echo(
        ngettext("{count} file written", "{count} files written", counts.written)
        + ", "
        + ngettext("{count} unchanged", "{count} unchanged", counts.kept)
        + ", "
        + ngettext("{count} removed: {folder}", "{count} removed: {folder}", counts.removed, folder=target)
    )
    if internal:
        click.echo(_("This build shows drafts and proposals: keep it to the team."), err=True)


def site(here: CommandContext, out: Path, *, internal: bool, langs: tuple[str, ...] = ()) -> BuildCounts:
    """Build the site into that folder. Raises Trouble where a person is needed."""
    from marronnier import mkdocs_plugin

    return mkdocs_plugin.build(here.root, scenes(here, internal=internal, langs=langs), out)


def scenes(here: CommandContext, *, internal: bool, langs: tuple[str, ...] = ()) -> Callable[[str], SiteData]:
    """What the site is made of, for each language."""
    from dataclasses import replace

    from marronnier.pages import collect

    brand = here.desk.brand
    found = collect.collect_site_data(here.repo, here.now(brand.zone, brand.clock), internal=internal)
    return lambda lang: replace(found(lang), langs=langs)


def _markdown(here: CommandContext, out: Path, *, internal: bool, langs: tuple[str, ...]) -> BuildCounts:
    from marronnier import pages
    from marronnier.pages import emitter, site_files, site_view

    found = scenes(here, internal=internal, langs=langs)
    with emitter.Emitter(out, emitter.manifest_path(here.root, out)) as writer:
        known = langs or site_view.languages(found("").desk.brand)
        for number, lang in enumerate(known):
            prefix = f"{lang}/" if number else ""
            site_files.write_markdown(
                pages.make(found(lang), lang),
                lambda path, data, prefix=prefix: writer.write_file(prefix + path, data),  # type: ignore[misc]
            )
    return writer.counts


def _safe(root: Path, out: Path) -> Path:
    """The folder, unless writing there could hurt what people wrote. Raises Trouble."""
    place, home = out.resolve(), root.resolve()
    kept = [home / name for name in ("content", "brand", "calendar", "scripts", "tests", ".git", ".github", ".marronnier")]
    if place == home or home.is_relative_to(place) or any(place == folder or place.is_relative_to(folder) for folder in kept):
        raise Trouble(
            _("the site cannot be built into {folder}: that folder holds other things", folder=out),
            _("Give a folder of its own with --out, like `site`."),
            status=2,
        )
    return place
