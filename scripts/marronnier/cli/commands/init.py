"""`marronnier init`: creates a brand in an empty folder."""

from __future__ import annotations

from pathlib import Path

import click

from marronnier import messages, start
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
    for step in next_steps(with_example, elsewhere=target != context.folder, target=target):
        click.echo(f"  {step}")


def brand_name(target: Path) -> str:
    """A name for the brand, from its folder's name: `le-feuillage` gives `Le feuillage`."""
    words = " ".join(target.name.replace("-", " ").replace("_", " ").split())
    return words[:1].upper() + words[1:] if words else _("Our brand")


def next_steps(with_example: bool, *, elsewhere: bool, target: Path) -> list[str]:
    """The next three steps: commands, and what each does."""
    change_folder = f"cd {_shell_quoted(target)} && " if elsewhere else ""
    if with_example:
        return [
            _("1. {command}  checks that every post can go out", command=f"{change_folder}marronnier check"),
            _("2. {command}  shows what goes out, and when", command="marronnier plan"),
            _("3. {command}  saves it", command='git add --all && git commit -m "Le Feuillage"'),
        ]
    return [
        _("1. {command}  creates a first post; open it and write its text", command=f'{change_folder}marronnier new "Bonjour"'),
        _("2. {command}  shows what is missing", command="marronnier check"),
        _("3. {command}  saves it; then `marronnier plan` shows when it goes out", command='git add --all && git commit -m "Bonjour"'),
    ]


def _shell_quoted(target: Path) -> str:
    text = str(target)
    return text if all(character.isalnum() or character in "/._-" for character in text) else "'" + text.replace("'", "'\\''") + "'"
