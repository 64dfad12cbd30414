"""`marronnier explain`: what a rule is about, why, and how to satisfy it."""

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
        for one in registry.all_rules():
            output.print_line(f"{output.coloured(one.name.ljust(width), 'green', bold=True)}  {_(one.summary)}")
        return
    name = rule.strip().casefold().replace("_", "-")
    if name not in registry.names():
        near = closest_name(name, registry.names())
        raise Trouble(
            _("There is no rule `{name}`", name=output.escape_controls(rule)),
            _("Did you mean `marronnier explain {near}`?", near=near) if near else _("Run `marronnier explain` to list them all."),
            status=2,
        )
    said = registry.get(name)
    output.print_line(_render_page(said.page(current_language())[0], _(said.summary)))
    output.print_line(
        output.coloured(
            _("Level: {level}. A post may break it with `allow:` and a reason.", level=_(said.level))
            if said.allowable
            else _("Level: {level}. It cannot be allowed.", level=_(said.level)),
            "cyan",
        )
    )


def _render_page(page: str, summary: str) -> str:
    """Headings in bold, the summary below the first, code set off; the words as they are, so that they can be copied."""
    shown: list[str] = []
    fence = ""
    for line in page.rstrip().split("\n"):
        if fence and line.startswith(fence):
            fence = ""
        elif fence:
            shown.append(f"    {line}".rstrip())
        elif line.startswith("```"):
            fence = line[: len(line) - len(line.lstrip("`"))]
            if 'title="' in line:
                shown.append("  " + output.coloured(line.split('title="')[1].rstrip('"'), "cyan"))
        elif line.startswith("# "):
            shown += [output.coloured(line[2:], "green", bold=True), summary]
        elif line.startswith("**") and line.endswith("**"):
            shown.append(output.coloured(line.strip("*"), "yellow", bold=True))
        else:
            shown.append(line)
    return "\n".join(shown) + "\n"
