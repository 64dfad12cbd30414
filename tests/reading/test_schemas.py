"""Every key is documented, and the JSON Schemas describe what the models accept."""

from __future__ import annotations

import ast
import inspect
import json

import pytest
from click.testing import CliRunner

from marronnier.cli.commands.schema import command
from marronnier.desk.validation import VALUE_MESSAGES
from marronnier.messages import Trouble
from marronnier.model import json_schema, scalars
from marronnier.model.fields import WrittenModel
from marronnier.model.json_schema import SCHEMA_MODELS, attribute_docs


def models(model: type[WrittenModel] = WrittenModel) -> list[type[WrittenModel]]:
    ours = [sub for sub in model.__subclasses__() if sub.__module__.startswith("marronnier.")]
    return [inner for sub in ours for inner in (sub, *models(sub))]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_field_has_its_docstring(model: type[WrittenModel]) -> None:
    assert attribute_docs(model).keys() == model.fields.keys()
    assert all(len(said) > 5 for said in attribute_docs(model).values())


@pytest.mark.parametrize("name", sorted(SCHEMA_MODELS))
def test_a_schema_describes_every_key(name: str) -> None:
    made = json_schema.schema(name)
    for part in (made, *made.get("$defs", {}).values()):
        assert part["additionalProperties"] is False
        assert all(key["description"] for key in part["properties"].values())


def test_the_command_prints_one_or_all() -> None:
    one = CliRunner().invoke(command, ["post"])
    assert set(json.loads(one.output)["properties"]) >= {"title", "for", "id", "layout"}
    every = CliRunner().invoke(command, [])
    assert list(json.loads(every.output)) == list(SCHEMA_MODELS)
    unknown = CliRunner().invoke(command, ["poste"])
    assert isinstance(unknown.exception, Trouble) and unknown.exception.status == 2


def test_every_sentence_of_a_value_error_can_be_translated() -> None:
    raised = {
        node.args[0].value
        for node in ast.walk(ast.parse(inspect.getsource(scalars)))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "ValueError"
        and isinstance(node.args[0], ast.Constant)
    }
    assert raised == set(VALUE_MESSAGES)
