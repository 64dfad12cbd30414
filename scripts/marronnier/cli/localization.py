"""Help and usage errors in the language of the person at the terminal, click's own sentences included."""

from __future__ import annotations

import copy
import inspect
import re
from typing import TypeVar

import click

from marronnier import messages
from marronnier.messages import N_, NN_, _

CommandType = TypeVar("CommandType", bound=click.Command)

CLICK_MESSAGES = (
    N_("Aborted!"),
    N_("Choose from:\n\t{choices}"),
    N_("Commands"),
    N_("Error: invalid input"),
    N_("Error: {message}"),
    N_("Invalid value for {param_hint}: {message}"),
    N_("Invalid value: {message}"),
    N_("Missing argument"),
    N_("Missing command."),
    N_("Missing option"),
    N_("Missing parameter"),
    N_("No such command {name!r}."),
    N_("No such option {name!r}."),
    N_("Option {name!r} does not take a value."),
    N_("Options"),
    N_("Positional arguments"),
    N_("Show the version and exit."),
    N_("Show this message and exit."),
    N_("Try '{command} {option}' for help."),
    N_("Usage:"),
    N_("default: {default}"),
    N_("directory"),
    N_("file"),
    N_("path"),
    N_("required"),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is a file."),
    N_("{name} {filename!r} is not readable."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    NN_("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    NN_("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    NN_("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    NN_("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
)
"""Click's own sentences, as its source has them. Click looks them up with gettext, in our catalogues."""


def localize_command(command: CommandType) -> CommandType:
    """A copy of the command with its help in the language in use."""
    translated = copy.copy(command)
    translated.help = _translate(command.help and inspect.cleandoc(command.help))
    short = _translate(command.short_help) or translated.help
    translated.short_help = short and _first_clause(short)
    translated.params = [_localize_parameter(param) for param in command.params]
    if isinstance(translated, click.Group):
        translated.commands = {name: localize_command(subcommand) for name, subcommand in translated.commands.items()}
    return translated


def confirm(question: str) -> None:
    """Ask a yes-or-no question in the language in use, no being the default; click's own prompt is English only. Raises click.Abort on no."""
    answers = {**dict.fromkeys(("y", "yes", _("y"), _("yes")), True), **dict.fromkeys(("", "n", "no", _("no")), False)}

    def answer(text: str) -> bool:
        if text.strip().lower() not in answers:
            raise click.UsageError(_("answer {yes} or n", yes=_("y")))
        return answers[text.strip().lower()]

    if not click.prompt(f"{question} [{_('y')}/N]", default="", show_default=False, prompt_suffix=" ", value_proc=answer):
        raise click.Abort


def use_preferred_language() -> None:
    """Use the language of the person at the terminal, for click too. Raises Trouble when MARRONNIER_LANG names a language that is not there."""
    lang = messages.preferred_language()
    messages.use_language(lang)
    messages.share_with_gettext(lang)


def _first_clause(help_text: str) -> str:
    """The first clause of a help text, which a list of commands shows."""
    paragraph = help_text.partition("\n\n")[0].replace("\n", " ")
    return re.split(r"\s*[.;:](?:\s|$)", paragraph, maxsplit=1)[0]


def _localize_parameter(param: click.Parameter) -> click.Parameter:
    translated = copy.copy(param)
    translated.metavar = _translate(param.metavar)
    if isinstance(translated, click.Option):
        translated.help = _translate(translated.help)
    return translated


def _translate(text: str | None) -> str | None:
    return _(text) if text else text
