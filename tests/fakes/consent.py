"""The part of a fake server where a person consents in a browser: codes for one use, bound to client, redirect and proof.

RFC 6749 sections 4.1 and 5, RFC 7636; what each vendor does otherwise stands in its own fake.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from fakes.loopback import Reply


@dataclass
class ConsentPage:
    """Applications by id, and the codes that were given."""

    clients: dict[str, str] = field(default_factory=lambda: {"app-77": "app-hush-5c0ffee5"})
    """The secret of each application, by its id."""
    redirects: set[str] = field(default_factory=set)
    """The addresses that applications named; any, where there are none."""
    says_no: bool = False
    """Whether the person in the browser refuses."""
    state: str = ""
    """Another state than the one that was asked for, as from a page of the web."""
    ending: str = ""
    """What the server writes behind the address: Instagram and Threads write `#_`."""
    asked: list[Mapping[str, str]] = field(default_factory=list)
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def page(self, query: Mapping[str, str]) -> Reply:
        """Send the browser back."""
        assert query["client_id"] in self.clients and query["response_type"] == "code" and query["scope"], query
        assert not self.redirects or query["redirect_uri"] in self.redirects, query["redirect_uri"]
        assert not self.clients[query["client_id"]] or self.clients[query["client_id"]] not in query.values()
        self.asked.append(query)
        state = self.state or query["state"]
        code = f"code-hush-{len(self.asked)}-9b2f61"
        self.codes[code] = query
        told = {"error": "access_denied", "error_description": "The person said no"} if self.says_no else {"code": code}
        return Reply(302, {}, {"Location": f"{query['redirect_uri']}?{urlencode({**told, 'state': state})}{self.ending}"})

    def problem(self, form: Mapping[str, str]) -> str:
        """What is wrong with redeeming a code; empty where it is redeemed, which can be done once."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return f"the code {form.get('code')} is none"
        if self.clients.get(form["client_id"]) != form["client_secret"] or asked["client_id"] != form["client_id"]:
            return f"the client secret {form['client_secret']} is wrong"
        if form["redirect_uri"] != asked["redirect_uri"]:
            return "the redirect differs"
        if challenge := asked.get("code_challenge"):
            assert asked["code_challenge_method"] == "S256"
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
                return "the proof is wrong"
        return ""
