"""`marronnier init`: creates a brand in an empty folder."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

import click

from marronnier import messages, start
from marronnier.cli import invocation
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _, ngettext


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--example", "with_example", is_flag=True, help=_("Write the example brand instead: eight weeks of a neighbourhood garden and library.")
)
@click.option(
    "--lang", type=click.Choice(start.template_languages()), help=_("The language of the explanations in the files; yours by default.")
)
@pass_command_context
def command(context: CommandContext, folder: Path | None, with_example: bool, lang: str | None) -> None:
    """Start a brand in an empty folder (the current one by default)."""
    target = (context.folder / folder if folder else context.folder).absolute()
    files = start.example_brand() if with_example else start.blank_brand(lang or messages.preferred_language(), brand_name(target))
    brand = start.create_brand(target, files)
    click.echo(ngettext("{count} file written in {folder}", "{count} files written in {folder}", len(brand.written_files), folder=target))
    if brand.kept_files:
        click.echo(_("Left unchanged: {names}", names=", ".join(brand.kept_files)))
    if brand.made_repository:
        click.echo(_("A git repository was created there; its branch is main."))
    click.echo()
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
        told = (f'git config --global user.name "{_("Your Name")}"', "git config --global user.email you@example.org")
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
                (f"{run} ledger init", 'git commit --all -m "Begin the ledger"'),
            ),
        ]
    return [*steps, NextStep(_("See the calendar in a browser:"), (f"{run} serve",))]
