"""GitHub's own description of its API, `@octokit/openapi` from npm, at the version of `github_description/package-lock.json`.

It is large: what the fake's addresses need of it is kept beside where it is installed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from marronnier.demo.github.api.call import ROUTES
from marronnier.demo.github.gateway import FakeExchange
from marronnier.demo.github.records import FakeEvent
from servers import PLACE, node

SOURCES = Path(__file__).parent / "github_description"
HOME = PLACE / "github_description"
WHOLE, TRIMMED = HOME / "node_modules/@octokit/openapi/generated/api.github.com.json", HOME / "trimmed.json"
URN = "urn:github"

EVENTS = ("pull-request-", "issues-", "issue-comment-", "push", "workflow-dispatch", "workflow-run-", "repository-dispatch")
"""Events whose payloads are looked at, as the description calls them."""
OUTSIDE = ("/downloads/{repository_id}/{artifact_id}", "/{owner}/{repo}/raw/{ref}/{path}")
"""Addresses that are not of the API: where an artifact's zip is to be had, and a file."""


def is_installed() -> bool:
    """Whether it is there already."""
    return node.is_installed(SOURCES)


def installed() -> None:
    """Install it; done once for each lock file, by one process."""
    node.install(SOURCES)


def _wanted() -> list[str]:
    return sorted({route.template for route in ROUTES} | {"/rate_limit"})


def _trim() -> dict[str, Any]:
    """What the fake's addresses need: their operations, and the components that those name."""
    whole, wanted = json.loads(WHOLE.read_text(encoding="utf-8"), object_hook=_mend), _wanted()
    # A fork may be gone, and a person too: then GitHub answers null, as its description says elsewhere.
    schemas = whole["components"]["schemas"]
    for name in ("pull-request", "pull-request-simple"):
        head = schemas[name]["properties"]["head"]["properties"]
        head["repo"]["$ref"] = "#/components/schemas/nullable-repository"
        for of in (head, schemas[name]["properties"]):
            of["user"]["$ref"] = "#/components/schemas/nullable-simple-user"
    for name, schema in schemas.items():
        if name.endswith("-issue-event"):
            schema["properties"]["actor"]["$ref"] = "#/components/schemas/nullable-simple-user"
    # A label may be without a description, wherever it stands.
    schemas["pull-request-simple"]["properties"]["labels"]["items"]["properties"]["description"]["nullable"] = True
    # Lines that changed since have no number any more (https://docs.github.com/en/rest/pulls/comments, "outdated").
    for name in ("pull-request-review-comment", "review-comment"):
        for field in ("line", "position"):
            schemas[name]["properties"][field]["nullable"] = True
    names = {_plain(template): template for template in whole["paths"]}
    paths = {names[_plain(one)]: whole["paths"][names[_plain(one)]] for one in wanted if _plain(one) in names}
    # Workflows are told of an app's installation only where an app asked.
    dispatched = schemas["webhook-repository-dispatch-sample"]
    dispatched["required"] = [name for name in dispatched["required"] if name != "installation"]
    webhooks = {name: told for name, told in whole["x-webhooks"].items() if name.startswith(EVENTS)}
    kept: dict[str, Any] = {"wanted": wanted, "paths": paths, "webhooks": webhooks, "components": {}}
    waiting = {*_references(paths), *_references(webhooks)}
    while waiting:
        reference = waiting.pop()
        _hash, _components, kind, name = reference.split("/")
        group = kept["components"].setdefault(kind, {})
        if name not in group:
            group[name] = whole["components"][kind][name]
            waiting |= set(_references(group[name]))
    return kept


def _mend(value: dict[str, Any]) -> dict[str, Any]:
    """What the description says that GitHub's own answers contradict.

    A choice that may be null has null among its choices, as `state_reason` has; what has one of several forms or is null may be null, as
    the author of a commit; and no field tells a list from a file.
    """
    if value.get("nullable") is True and isinstance(value.get("enum"), list) and None not in value["enum"]:
        value["enum"].append(None)
    if value.get("nullable") is True and "type" not in value and (forms := value.get("oneOf") or value.get("anyOf")):
        forms.append({"type": "string", "nullable": True, "enum": [None]})
    if isinstance(told := value.get("discriminator"), dict) and "array" in told.get("mapping", ()):
        del value["discriminator"]
    return value


def _plain(template: str) -> str:
    """An address without the names of what varies: they have changed over the years."""
    return re.sub(r"\{[^}]*\}", "{}", template)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


@cache
def _described() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(TRIMMED.read_text(encoding="utf-8")) if TRIMMED.exists() else {}
    if described.get("wanted") != _wanted():
        described = _trim()
        part = TRIMMED.with_name(f"{TRIMMED.name}.{os.getpid()}")
        part.write_text(json.dumps(described), encoding="utf-8")
        part.replace(TRIMMED)
    described["by_plain_path"] = {_plain(path): path for path in described["paths"]}
    return described


@cache
def _registry() -> Any:
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT4

    return Registry().with_resource(URN, Resource(contents=_described(), specification=DRAFT4))


@cache
def _validator(pointer: str, direction: str) -> Any:
    from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

    kind = OAS30ReadValidator if direction == "answer" else OAS30WriteValidator
    return kind({"$ref": f"{URN}#{pointer}"}, registry=_registry(), format_checker=kind.FORMAT_CHECKER)


def problems(exchanges: Iterable[FakeExchange]) -> list[str]:
    """What GitHub's description says against these requests and answers, each once."""
    return list(dict.fromkeys(problem for exchange in exchanges for problem in _problems(exchange)))


def event_problems(events: Iterable[FakeEvent]) -> list[str]:
    """What GitHub's description says against what workflows are told of these events, each once."""
    return list(dict.fromkeys(problem for event in events for problem in _event_problems(event)))


def _event_problems(event: FakeEvent) -> Iterator[str]:
    payload, webhooks = event.payload, _described()["webhooks"]
    name = event.name.replace("_", "-")
    names = (f"{name}-{str(payload.get('action', '')).replace('_', '-')}", name, f"{name}-sample.collected")
    found = next((one for one in names if one in webhooks), None)
    if found is None:
        yield f"GitHub has no event {names[0]}"
        return
    place = f"/webhooks/{found}/post/requestBody/content/application~1json/schema"
    for error in _validator(place, "answer").iter_errors(payload):
        yield f"{found}{error.json_path.removeprefix('$')}: {_first_cause(error)}"


def _problems(exchange: FakeExchange) -> Iterator[str]:
    if not exchange.template or exchange.template in OUTSIDE or exchange.ordered == "fail":
        return
    described = _described()
    path = described["by_plain_path"].get(_plain(exchange.template))
    operation = described["paths"].get(path, {}).get(exchange.method.lower())
    where = f"{exchange.method} {exchange.template}"
    if operation is None:
        yield f"{where}: GitHub has no such address"
        return
    pointer = f"/paths/{_escape(path)}/{exchange.method.lower()}"
    if exchange.status < 400:
        yield from _query_problems(where, operation, exchange.query)
        yield from _body_problems(where, operation, pointer, exchange)
    yield from _answer_problems(where, operation, pointer, exchange)


def _query_problems(where: str, operation: dict[str, Any], query: str) -> Iterator[str]:
    parameters = [_follow(parameter) for parameter in operation.get("parameters", ())]
    known = {parameter["name"]: parameter for parameter in parameters if parameter["in"] == "query"}
    for name, value in parse_qsl(query):
        if name not in known:
            yield f"{where}: the query has {name}, of which GitHub knows nothing"
            continue
        allowed = _follow(known[name].get("schema", {})).get("enum")
        if allowed is not None and value not in map(str, allowed):
            yield f"{where}: the query has {name}={value}, where GitHub knows {allowed}"


def _body_problems(where: str, operation: dict[str, Any], pointer: str, exchange: FakeExchange) -> Iterator[str]:
    described = _follow(operation.get("requestBody", {})).get("content", {}).get("application/json")
    if described is None:
        if exchange.request is not None:
            yield f"{where}: the request has a body, where GitHub expects none"
    elif exchange.request is not None or _follow(operation["requestBody"]).get("required"):
        place = f"{pointer}/requestBody/content/application~1json/schema"
        for error in _validator(place, "request").iter_errors(exchange.request):
            yield f"{where}: the request{error.json_path.removeprefix('$')}: {error.message[:300]}"


def _answer_problems(where: str, operation: dict[str, Any], pointer: str, exchange: FakeExchange) -> Iterator[str]:
    status = str(exchange.status)
    described = operation["responses"].get(status)
    if described is None:
        # Of mistakes and redirects GitHub's description names some only.
        if exchange.status < 300:
            yield f"{where}: GitHub does not answer {status} there"
        return
    place = f"{pointer}/responses/{status}"
    if "$ref" in described:
        place = described["$ref"].removeprefix("#")
        described = _follow(described)
    content = described.get("content", {})
    if "application/json" not in content:
        if exchange.answer is not None and not isinstance(exchange.answer, bytes) and exchange.status < 300:
            yield f"{where}: GitHub answers {status} without words"
        return
    if isinstance(exchange.answer, bytes):
        return
    for error in _validator(f"{place}/content/application~1json/schema", "answer").iter_errors(exchange.answer):
        # What has two of the forms that a mistake may have is a mistake all the same.
        if exchange.status < 400 or error.validator != "oneOf" or error.context:
            yield f"{where} {status}: the answer{error.json_path.removeprefix('$')}: {_first_cause(error)}"
    # Of mistakes GitHub tells the status in the words too, which its description leaves out.
    for field in _invented([content["application/json"]["schema"]], exchange.answer, "") if exchange.status < 400 else ():
        yield f"{where} {status}: the answer has {field}, of which GitHub knows nothing"


def _invented(schemas: list[dict[str, Any]], value: Any, place: str) -> Iterator[str]:
    """Fields that none of the forms which a thing may have knows."""
    forms = [form for schema in schemas for form in _forms(schema)]
    if isinstance(value, list):
        of = [form["items"] for form in forms if "items" in form]
        for each in value if of else ():
            yield from _invented(of, each, f"{place}[]")
    elif isinstance(value, dict):
        is_open = any(form.get("additionalProperties") for form in forms)
        known: dict[str, list[dict[str, Any]]] = {}
        for form in forms:
            for name, schema in form.get("properties", {}).items():
                known.setdefault(name, []).append(schema)
        for name, each in value.items() if known else ():
            if name in known:
                yield from _invented(known[name], each, f"{place}.{name}")
            elif not is_open:
                yield f"{place}.{name}".lstrip(".")


def _forms(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema, and those that it is made of."""
    schema = _follow(schema)
    yield schema
    for each in (*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from _forms(each)


def _first_cause(error: Any) -> str:
    """What is wrong: of several forms that a thing may have, the one that fits best."""
    while error.context:
        error = min(error.context, key=lambda one: (-len(one.absolute_path), len(str(one.message))))
    return f"{error.json_path}: {error.message}"[:400]


def _follow(value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = _described()
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step.replace("~1", "/").replace("~0", "~")]
        value = found
    return value


def _escape(path: str) -> str:
    """A path as one step of a pointer, in a fragment."""
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
