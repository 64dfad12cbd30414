"""`marronnier init`: creates a brand in an empty folder, and what its forge needs."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marronnier import messages, start
from marronnier.cli import invocation, output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.git import Repo
from marronnier.messages import Trouble, _, ngettext

if TYPE_CHECKING:
    from marronnier.forge import Setup


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--example", "with_example", is_flag=True, help=_("Write the example brand instead: eight weeks of a neighbourhood garden and library.")
)
@click.option(
    "--lang", type=click.Choice(start.template_languages()), help=_("The language of the explanations in the files; yours by default.")
)
@click.option("--github", is_flag=True, help=_("Write what a team on GitHub needs too: workflows, forms, and who reviews; in a clone."))
@click.option(
    "--github-id", "number", type=click.IntRange(1), metavar="NUMBER", help=_("The number of your account, where no token tells it.")
)
@click.option(
    "--tool", metavar="OWNER/NAME@COMMIT", help=_("The Marronnier that the workflows run, where pip does not say where it is from.")
)
@click.option(
    "--private/--public", default=None, help=_("Whether the repository is private, where no token tells it: its minutes cost something.")
)
@click.option(
    "--environment",
    "environments",
    multiple=True,
    metavar="NAME=CHANNELS",
    help=_("An environment of their own for some channels or groups, with a job that sees their tokens only; can be repeated."),
)
@click.option("--relay", is_flag=True, help=_("Let each run start the next one; it then needs the permission to start workflows."))
@pass_command_context
def command(
    context: CommandContext,
    folder: Path | None,
    with_example: bool,
    lang: str | None,
    github: bool,
    number: int | None,
    tool: str | None,
    private: bool | None,
    environments: tuple[str, ...],
    relay: bool,
) -> None:
    """Start a brand in an empty folder (the current one by default)."""
    target = (context.folder / folder if folder else context.folder).absolute()
    github = github or any(option is not None for option in (number, tool, private)) or bool(environments) or relay
    setup = _open_setup(target)
    if github and setup is None:
        raise Trouble(
            _("The origin of {folder} is not on GitHub", folder=target),
            _(
                "Create a repository at https://github.com/new, clone it, and run this in the clone. For a brand that is here already, create it empty, "
                "and name it here: `git remote add origin https://github.com/OWNER/NAME.git`."
            ),
            status=2,
        )
    if tool is not None and not start.REFERENCE.fullmatch(tool):
        raise Trouble(
            _("{tool} names no commit of a repository", tool=tool),
            _("Write OWNER/NAME@COMMIT, with all 40 digits of the commit."),
            status=2,
        )
    has_setup = setup is not None and (github or not with_example)
    if setup is not None and has_setup and tool is None:
        from marronnier.cli import forge_setup

        tool = forge_setup.named_tool(target, setup)
    language = lang or messages.preferred_language()
    exists = github and (target / "brand" / "brand.yml").is_file()
    if not exists:
        _create(context, target, with_example=with_example, lang=language, has_forge=has_setup)
    if setup is not None and has_setup:
        from marronnier.cli import forge_setup

        has_clock = CommandContext(target, None).brand.clock is not None
        setup = _open_setup(target, loopback=has_clock) or setup
        forge_setup.prepare(target, setup, forge_setup.SetupOptions(language, number, tool or "", environments, relay, private))
        forge_setup.print_steps(target, setup)


def _open_setup(target: Path, *, loopback: bool = False) -> Setup | None:
    """The settings of the repository on its forge; None where the folder is no repository of its own, or its origin is no such forge."""
    from marronnier import forge

    return forge.open_setup(Repo(target), loopback=loopback) if (target / ".git").exists() else None


def _create(context: CommandContext, target: Path, *, with_example: bool, lang: str, has_forge: bool) -> None:
    place = start.whereabouts(os.environ)
    files = start.example_brand() if with_example else start.blank_brand(lang, brand_name(target), place)
    brand = start.create_brand(target, files)
    click.echo(ngettext("{count} file written in {folder}", "{count} files written in {folder}", len(brand.written_files), folder=target))
    if brand.kept_files:
        click.echo(_("Left unchanged: {names}", names=", ".join(brand.kept_files)))
    if brand.made_repository:
        click.echo(_("A git repository was created there; its branch is main."))
    if not with_example:
        output.print_wrapped(
            _(
                "Its hours are those of {zone}, its public holidays those of {territory}. If they are not yours, change `zone` and `territory` in brand/brand.yml.",
                zone=place.zone,
                territory=place.territory,
            )
        )
    click.echo()
    if has_forge:
        return
    click.echo(_("Next:"))
    for number, step in enumerate(next_steps(with_example, brand, elsewhere=target != context.folder, target=target), 1):
        click.echo(f"  {number}. {step.sentence}")
        for line in step.commands:
            click.echo(f"     {line}")


def brand_name(target: Path) -> str:
    """A name for the brand, from its folder's name: `le-feuillage` gives `Le feuillage`."""
    words = " ".join(target.name.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:] if words else _("Our brand")


@dataclass(frozen=True, slots=True)
class NextStep:
    """Something to do next: what it is for, and commands that can be typed as they stand."""

    sentence: str
    commands: tuple[str, ...]


def next_steps(with_example: bool, brand: start.NewBrand, *, elsewhere: bool, target: Path) -> list[NextStep]:
    """The next steps, from the folder in which `init` was typed."""
    run = invocation.program()
    steps = [NextStep(_("Go to its folder:"), (f"cd {shlex.quote(str(target))}",))] if elsewhere else []
    if not brand.is_author_known:
        told = (f'git config --global user.name "{_("Your Name")}"', f"git config --global user.email {_('you@example.org')}")
        steps.append(NextStep(_("Tell Git who you are, with your own name and address:"), told))
    if with_example:
        steps += [
            NextStep(_("Check that every post can go out:"), (f"{run} check",)),
            NextStep(_("Save it:"), ('git add --all && git commit -m "Le Feuillage"',)),
            NextStep(_("See what goes out, and when:"), (f"{run} plan",)),
        ]
    else:
        steps += [
            NextStep(_("Create a first post, then open it and write its text:"), (f'{run} new "Bonjour"',)),
            NextStep(_("See what is missing:"), (f"{run} check",)),
            NextStep(_("Save it:"), ('git add --all && git commit -m "Bonjour"',)),
            NextStep(_("See when it goes out:"), (f"{run} plan",)),
            NextStep(
                _("Begin the ledger, which remembers what went out; nothing goes out without it:"),
                (f"{run} ledger init", f'git commit --all -m "{_("Begin the ledger")}"'),
            ),
            NextStep(_("Send what is due now. Nothing goes out by itself: run this again later, or leave `{run} watch` running:", run=run), (f"{run} publish",)),
        ]  # fmt: skip
    return [*steps, NextStep(_("See the calendar in a browser:"), (f"{run} serve",))]
