"""`marronnier build`: builds the site, or plain Markdown for any other builder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, languages, ngettext

if TYPE_CHECKING:
    from marronnier.model.forge_record import ForgeRecord
    from marronnier.pages.emitter import BuildCounts
    from marronnier.pages.site_data import SiteData


@click.command()
@click.option(
    "--to",
    "markdown",
    type=click.Path(file_okay=False, path_type=Path),
    help=_("Write plain Markdown for another site generator into this folder."),
)
@click.option("--internal/--public", default=False, help=_("Show everything, or only what was published (the default)."))
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=None, help=_("The folder to write the site to; `site` by default.")
)
@click.option("--lang", "langs", multiple=True, type=click.Choice(languages()), help=_("Only this language; can be repeated."))
@pass_command_context
def command(context: CommandContext, markdown: Path | None, internal: bool, out: Path | None, langs: tuple[str, ...]) -> None:
    """Build the site: today, the calendar, every post, campaigns, feeds. It is public unless --internal is given."""
    if markdown is not None:
        counts = _write_markdown(context, _require_safe_folder(context.root, context.folder / markdown), internal=internal, langs=langs)
        target = markdown
    else:
        # In a folder below the brand's, `site` is still the brand's: its `.gitignore` knows that one.
        target = out or Path("site")
        place = context.root / target if out is None else context.folder / target
        counts = build_site(context, _require_safe_folder(context.root, place), internal=internal, langs=langs)
    click.echo(
        ngettext("{count} file written", "{count} files written", counts.written)
        + ", "
        + ngettext("{count} unchanged", "{count} unchanged", counts.kept)
        + ", "
        + ngettext("{count} removed: {folder}", "{count} removed: {folder}", counts.removed, folder=target)
    )
    for notice in counts.notices:
        click.echo(notice, err=True)
    if internal:
        click.echo(_("This site shows drafts and proposals: share it with the team only."), err=True)


def build_site(
    context: CommandContext, out: Path, *, internal: bool, langs: tuple[str, ...] = (), forge_record: ForgeRecord | None = None
) -> BuildCounts:
    """Build the site into a folder, with pages of the pull requests in a record. Raises Trouble where a person is needed."""
    from marronnier import mkdocs_plugin

    return mkdocs_plugin.build(context.root, collect_site_data(context, internal=internal, langs=langs, forge_record=forge_record), out)


def collect_site_data(
    context: CommandContext, *, internal: bool, langs: tuple[str, ...] = (), forge_record: ForgeRecord | None = None
) -> Callable[[str], SiteData]:
    """A function that gives the site's data in a language."""
    from dataclasses import replace

    from marronnier.pages import collect
    from marronnier.pull_request.open_pull_requests import open_pull_requests

    gather = open_pull_requests if forge_record is None else lambda _situation: forge_record
    data_in = collect.collect_site_data(context.repo, context.now(context.desk.brand), internal=internal, gather=gather)
    return lambda lang: replace(data_in(lang), langs=langs)


def _write_markdown(context: CommandContext, out: Path, *, internal: bool, langs: tuple[str, ...]) -> BuildCounts:
    from marronnier import pages
    from marronnier.pages import emitter, site_files, site_view

    data_in = collect_site_data(context, internal=internal, langs=langs)
    with emitter.Emitter(out, emitter.manifest_path(context.root, out)) as writer:
        languages_to_build = langs or site_view.languages(data_in("").desk.brand)
        for number, lang in enumerate(languages_to_build):
            prefix = f"{lang}/" if number else ""
            site_files.write_markdown(
                pages.make(data_in(lang), lang),
                lambda path, data, prefix=prefix: writer.write_file(prefix + path, data),  # type: ignore[misc]
            )
    return writer.counts


def _require_safe_folder(root: Path, out: Path) -> Path:
    """The folder as an absolute path. Raises Trouble where a site there would mix with other files."""
    target, brand_folder = out.resolve(), root.resolve()
    team_folders = [brand_folder / name for name in ("content", "brand", "calendar", "scripts", "tests", ".git", ".github", ".marronnier")]
    if (
        target == brand_folder
        or brand_folder.is_relative_to(target)
        or any(target == folder or target.is_relative_to(folder) for folder in team_folders)
    ):
        raise Trouble(
            _("the site cannot be built into {folder}: that folder contains other files", folder=out),
            _("Choose a separate folder with --out, like `site`."),
            status=2,
        )
    return target
