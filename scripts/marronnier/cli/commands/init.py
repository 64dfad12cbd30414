"""`marronnier init`: begin a brand in an empty folder."""

from __future__ import annotations

from pathlib import Path

import click

from marronnier import messages
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import _, ngettext


@click.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option(
    "--example", "with_example", is_flag=True, help=_("Write the example brand instead: eight weeks of a neighbourhood garden and library.")
)
@click.option("--lang", type=click.Choice(["en", "fr"]), help=_("The language of the explanations in the files; yours by default."))
@pass_command_context
def command(surroundings: CommandContext, folder: Path | None, with_example: bool, lang: str | None) -> None:
    """Start a brand in an empty folder (the current one by default)."""
    from marronnier import start

    place = (surroundings.folder / folder if folder else surroundings.folder).absolute()
    files = start.example() if with_example else start.blank(lang or messages.preferred(), name_of(place))
    begun = start.create_brand(place, files)
    click.echo(ngettext("{count} file written in {folder}", "{count} files written in {folder}", len(begun.written), folder=place))
    if begun.kept:
        click.echo(_("Left unchanged: {names}", names=", ".join(begun.kept)))
    if begun.repository:
        click.echo(_("A git repository was created there; its branch is main."))
    click.echo()
    click.echo(_("Next:"))
    for step in steps(with_example, elsewhere=place != surroundings.folder, place=place):
        click.echo(f"  {step}")


def name_of(place: Path) -> str:
    """A first name for the brand, from its folder: `le-feuillage` gives `Le feuillage`."""
    words = " ".join(place.name.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:] if words else _("Our brand")


def steps(with_example: bool, *, elsewhere: bool, place: Path) -> list[str]:
    """The next three steps, as commands with what they do."""
    go = f"cd {_quoted(place)} && " if elsewhere else ""
    if with_example:
        return [
            _("1. {command}  checks that every post can go out", command=f"{go}marronnier check"),
            _("2. {command}  shows what goes out, and when", command="marronnier plan"),
            _("3. {command}  saves it", command='git add --all && git commit -m "Le Feuillage"'),
        ]
    return [
        _("1. {command}  creates a first post; open it and write its text", command=f'{go}marronnier new "Bonjour"'),
        _("2. {command}  shows what is missing", command="marronnier check"),
        _("3. {command}  saves it; then `marronnier plan` shows when it goes out", command='git add --all && git commit -m "Bonjour"'),
    ]


def _quoted(place: Path) -> str:
    text = str(place)
    return text if all(sign.isalnum() or sign in "/._-" for sign in text) else "'" + text.replace("'", "'\\''") + "'"
