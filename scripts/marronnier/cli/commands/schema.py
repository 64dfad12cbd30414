"""`marronnier schema`: prints the JSON Schemas of what people write, for editors and forms."""

from __future__ import annotations

import click

from marronnier.cli import output
from marronnier.messages import Trouble, _


@click.command(short_help=_("Print the JSON Schemas of what people write."))
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Print the JSON Schema of NAME, or of everything that people write.

    NAME is one of: post, brand, channels, campaign, slots, days, strategy, voice, handles, approvals, freeze.
    """
    from marronnier.model import json_schema

    if name is not None and name not in json_schema.SCHEMA_MODELS:
        raise Trouble(
            _("There is no schema named {name}.", name=name),
            _("Name one of: {names}.", names=", ".join(json_schema.SCHEMA_MODELS)),
            status=2,
        )
    schema = json_schema.schema(name) if name is not None else {each: json_schema.schema(each) for each in json_schema.SCHEMA_MODELS}
    output.print_json(schema)
