"""`marronnier report`: tells what a branch or a pull request would change, where its reviewers read it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, in_language, languages, ngettext

if TYPE_CHECKING:
    from marronnier.forge import PullRequestComments, PullRequestHead
    from marronnier.pull_request.contents import PullRequestContents


@click.command(
    help=_(
        "Tell what the branch at hand would change: words as their networks show them, the calendar, and who must approve. The report is in the brand's language."
    )
)
@click.option("--pull-request", "number", type=click.IntRange(1), metavar="N", help=_("The pull request with that number, from the forge."))
@click.option("--head", metavar="REV", help=_("That commit or branch instead of the one at hand."))
@click.option(
    "--from-run",
    "event",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("The pull request that the run before was for, as the forge's event in FILE names it: its head's commit and repository."),
)
@click.option("--comment", is_flag=True, help=_("Write it as the one comment of ours there, and corrections on their lines."))
@click.option("--to", "target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help=_("Write it into FILE."))
@click.option(
    "--preview",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help=_("Also write every publication as its network shows it into one HTML file that opens on a phone."),
)
@click.option("--preview-link", metavar="URL", help=_("Where people find that file; the page of the run where nothing is given."))
@pass_command_context
def command(
    context: CommandContext,
    number: int | None,
    head: str | None,
    event: Path | None,
    comment: bool,
    target: Path | None,
    preview: Path | None,
    preview_link: str | None,
) -> None:
    """Tell what a branch or a pull request would change."""
    from marronnier.files import TEAM_FOLDERS

    if sum(option is not None for option in (number, head, event)) > 1:
        raise Trouble(_("A report is of one pull request"), _("Give only one of --pull-request, --head and --from-run."), status=2)
    asks_forge = number is not None or event is not None
    if comment and not asks_forge:
        raise Trouble(_("A comment needs a pull request to stand in"), _("Add --pull-request N."), status=2)
    lang = context.brand.lang
    with in_language(lang if lang in languages() else "en"):
        if not asks_forge:
            contents = _read(context, head or "HEAD", head or context.repo.branch() or "HEAD")
            if head is None and context.repo.run("status", "--porcelain", "--untracked-files=all", "--", *TEAM_FOLDERS).strip():
                output.print_line(_("What is not committed yet is not told."), err=True)
            _deliver(context, contents, None, None, target, preview, preview_link)
            return
        pull_requests = _require_forge(context)
        found = (pull_requests.get(number),) if number is not None else pull_requests.of_run(event or Path())
        if not found:
            output.print_line(_("No open pull request has the head of that run: it moved on, or was closed."), err=True)
        for pull_request in found:
            commit = pull_requests.fetch(pull_request)
            contents = _read(context, commit, f"#{pull_request.number}")
            if pull_request.base != contents.situation.branch:
                contents = replace(contents, base=pull_request.base)
            report = _deliver(context, contents, pull_requests, pull_request, target, preview, preview_link, quiet=comment)
            if comment:
                _write_comment(pull_requests, pull_request, contents, report)


def _require_forge(context: CommandContext) -> PullRequestComments:
    from marronnier import forge as forges

    pull_requests = forges.open_comments(context.repo)
    if pull_requests is None:
        raise Trouble(
            _("This repository has no forge with pull requests"),
            _("Run `marronnier report` on the branch itself, or add --head REV."),
            status=2,
        )
    return pull_requests


def _read(context: CommandContext, head: str, name: str) -> PullRequestContents:
    from marronnier.pull_request.contents_reader import read_contents

    return read_contents(context.repo, context.now(), head, name)


def _deliver(
    context: CommandContext,
    contents: PullRequestContents,
    pull_requests: PullRequestComments | None,
    pull_request: PullRequestHead | None,
    target: Path | None,
    preview: Path | None,
    preview_link: str | None,
    *,
    quiet: bool = False,
) -> str:
    """Compose the report, write it where it was asked for, and return it; with `quiet` it is not printed."""
    from marronnier.files import atomic_write
    from marronnier.pull_request.report import ReportLinks, compose

    links = ReportLinks(preview=preview_link or "")
    if pull_requests is not None and pull_request is not None:
        links = ReportLinks(
            line=lambda path, line: pull_requests.line_address(pull_request, path, line),
            preview=preview_link or (pull_requests.run_address() if preview is not None else ""),
            takes_reviews=True,
        )
    report = compose(contents, links)
    if preview is not None:
        atomic_write.write(context.folder / preview, _preview(contents).encode("utf-8", "replace"))
    if target is not None:
        atomic_write.write(context.folder / target, report.encode("utf-8", "replace"))
    elif not quiet:
        output.print_verbatim(report)
    return report


def _preview(contents: PullRequestContents) -> str:
    """The preview file. Name, language and colours of the brand are the default branch's."""
    from marronnier.cache import Cache
    from marronnier.model.plan import Plan
    from marronnier.pages import SiteData
    from marronnier.pages.preview_file import preview_file

    situation, after = contents.situation, contents.after
    site_data = SiteData(
        desk=replace(after.desk, brand=situation.desk.brand),
        plan=Plan(situation.now, contents.proposed),
        histories=situation.histories,
        payload=situation.payload,
        now=situation.now,
        internal=True,
        open_cache=lambda: Cache(situation.evidence.repo.path),
    )
    return preview_file(site_data, contents.name, contents.head)


def _write_comment(pull_requests: PullRequestComments, pull_request: PullRequestHead, contents: PullRequestContents, report: str) -> None:
    """Update the comment and the suggestions, and say what was done."""
    from marronnier.pull_request.comment import write_comment
    from marronnier.pull_request.suggestions import write_suggestions

    written = write_comment(pull_requests, pull_request, report, contents.head)
    if written.outcome == "outdated":
        output.print_line(_("The pull request has another head by now: the run of that one writes its report."), err=True)
        return
    said = {
        "written": _("The report is written below the pull request."),
        "updated": _("The report below the pull request is updated."),
        "unchanged": _("The report below the pull request is up to date."),
    }[written.outcome]
    output.print_line(said, err=True)
    try:
        suggested = write_suggestions(pull_requests, replace(pull_request, commit=contents.head), contents)
    except Trouble as trouble:
        # The report stands already: what is only a convenience fails nothing.
        output.print_line(output.warning_line(_("The suggestions could not be written: {why}", why=trouble.message)), err=True)
        return
    for count, sentence in (
        (suggested.added, ngettext("{count} correction is suggested.", "{count} corrections are suggested.", suggested.added)),
        (suggested.withdrawn, ngettext("{count} suggestion is withdrawn.", "{count} suggestions are withdrawn.", suggested.withdrawn)),
    ):
        if count:
            output.print_line(sentence, err=True)
