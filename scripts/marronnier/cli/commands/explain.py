"""`marronnier explain`: prints the page of a rule, or the list of all rules."""

from __future__ import annotations

import click

from marronnier.cli import output
from marronnier.messages import Trouble, _, current_language


@click.command()
@click.argument("rule", required=False)
def command(rule: str | None) -> None:
    """Print the page of RULE, or list all rules."""
    from marronnier.checks import registry
    from marronnier.checks.suggestions import closest_name

    if rule is None:
        width = max(map(len, registry.names()))
        for listed in registry.all_rules():
            output.print_line(f"{output.coloured(listed.name.ljust(width), 'green', bold=True)}  {_(listed.summary)}")
        return
    name = rule.strip().casefold().replace("_", "-")
    if name not in registry.names():
        suggestion = closest_name(name, registry.names())
        raise Trouble(
            _("There is no rule `{name}`", name=output.escape_controls(rule)),
            _("Did you mean `marronnier explain {near}`?", near=suggestion)
            if suggestion
            else _("Run `marronnier explain` to list them all."),
            status=2,
        )
    explained = registry.get(name)
    output.print_line(_render_page(explained.page(current_language())[0], _(explained.summary)))
    output.print_line(
        output.coloured(
            _("Level: {level}. A post may make an exception with `allow:` and a reason.", level=_(explained.level))
            if explained.allowable
            else _("Level: {level}. No exception is possible.", level=_(explained.level)),
            "cyan",
        )
    )


def _render_page(page: str, summary: str) -> str:
    """The page for a terminal: headings in bold, the summary below the first, code indented; the text unchanged, so that it can be copied."""
    lines: list[str] = []
    fence = ""
    for line in page.rstrip().split("\n"):
        if fence and line.startswith(fence):
            fence = ""
        elif fence:
            lines.append(f"    {line}".rstrip())
        elif line.startswith("```"):
            fence = line[: len(line) - len(line.lstrip("`"))]
            if 'title="' in line:
                lines.append("  " + output.coloured(line.split('title="')[1].rstrip('"'), "cyan"))
        elif line.startswith("# "):
            lines += [output.coloured(line[2:], "green", bold=True), summary]
        elif line.startswith("**") and line.endswith("**"):
            lines.append(output.coloured(line.strip("*"), "yellow", bold=True))
        else:
            lines.append(line)
    return "\n".join(lines) + "\n"
