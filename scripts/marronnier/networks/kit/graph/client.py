"""The HTTP client for one account: requests with its token in a header, answers as mappings, errors as outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.graph.errors import Kind, raise_for_error, read_error
from marronnier.networks.kit.seam import Account, Locked, Refused
from marronnier.web import InvalidAnswer

if TYPE_CHECKING:
    from marronnier.web import Answer, Web

VERSION = "v26.0"
"""The version of the API, a part of every address of Facebook and Instagram; each lives about two years.
https://pypi.org/project/facebook-business/ 26.0.3 (API_VERSION), seen 2026-11-27; the two years are not verified"""


def base_url(account: Account, host: str, version: str = VERSION) -> str:
    """The address that paths follow: the network's host, or the server on this machine that channels.yml names."""
    server = account.channel.host or host
    name = server.partition(":")[0]
    return f"{'http' if name in ('localhost', '127.0.0.1') else 'https'}://{server}/{version}"


class GraphClient:
    """One account on one of Meta's networks."""

    def __init__(self, base: str, account: Account, web: Web, now: datetime | None, own: Mapping[int, Kind]) -> None:
        self.base = base
        self.account = account
        self.web = web
        self.now = now
        self.server_now: datetime | None = None
        """The server's clock, once it was asked."""
        self._own = own

    def get(self, path: str, **params: str) -> Mapping[str, Any]:
        """What is at a path. Raises Refused, Locked or Wait."""
        found = self.get_if_there(path, **params)
        if found is None:
            raise Locked(_("{what} is not there, or this token may not see it", what=path))
        return found

    def get_if_there(self, path: str, **params: str) -> Mapping[str, Any] | None:
        """What is at a path; None where the server knows nothing there, or this token may not see it. Raises Refused, Locked or Wait."""
        answer = self._request("GET", path, publishes=False, params=params)
        error = read_error(answer, self.account.secrets.values())
        if error is not None and error.is_missing:
            return None
        return self.body(answer, publishes=False)

    def post(self, path: str, form: Mapping[str, str], *, publishes: bool, **options: Any) -> Mapping[str, Any]:
        """The answer to a form. Raises Refused, Locked, Wait or Unknown."""
        answer = self._request("POST", path, publishes=publishes, form=form, **options)
        error = read_error(answer, self.account.secrets.values())
        if error is not None and error.is_missing:
            raise Locked(_("{what} is not there, or this token may not see it", what=path))
        return self.body(answer, publishes=publishes)

    def delete(self, path: str) -> None:
        """Delete what is at a path, where it is not deleted already. Raises Refused, Locked, Wait or Unknown."""
        answer = self._request("DELETE", path, publishes=True)
        error = read_error(answer, self.account.secrets.values())
        if error is None or not error.is_missing:
            self.body(answer, publishes=True)

    def _request(self, method: str, path: str, *, publishes: bool, params: Mapping[str, str] | None = None, **options: Any) -> Answer:
        # A bearer token in a header: in several independent implementations for graph.facebook.com and graph.threads.net, seen 2026-11-28.
        headers = {"Authorization": f"Bearer {self.account.secrets['token']}"}
        url = f"{self.base}{path}" + (f"?{urlencode(params)}" if params else "")
        answer = outcomes.request(self.web, method, url, publishes=publishes, headers=headers, **options)
        self.server_now = outcomes.server_date(answer) or self.server_now
        return answer

    def insight(self, id: str, metric: str) -> object:
        """One lifetime value of an object: `data[0].values[0].value`. None where it is not told: an empty list is no zero."""
        try:
            told = self.get_if_there(f"{node(id)}/insights", metric=metric) or {}
            return told["data"][0]["values"][0]["value"]
        except (Refused, Locked, LookupError, TypeError):
            # An unknown metric is refused, and code 10 means that too few people saw it.
            return None

    def body(self, answer: Answer, *, publishes: bool) -> Mapping[str, Any]:
        """What an answer of a server that agreed holds. Raises Refused, Locked, Wait or Unknown."""
        error = read_error(answer, self.account.secrets.values())
        if error is not None:
            raise_for_error(answer, error, self._own, self.now, publishes=publishes)
        outcomes.raise_for_answer(answer, self.now, publishes=publishes)
        with outcomes.web_errors_as_outcomes(publishes=publishes):
            body = answer.json()
            if not isinstance(body, dict):
                raise InvalidAnswer(_("the server gave an answer without {keys}", keys="{…}"))
        return body


def node(id: str) -> str:
    """The path of an object."""
    return f"/{quote(id, safe='')}"


def identifier(body: Mapping[str, Any], *, publishes: bool, name: str = "id") -> str:
    """The id that an answer holds. Raises Unknown where the request published, else Wait, when it is none."""
    with outcomes.web_errors_as_outcomes(publishes=publishes):
        return outcomes.check_identifier(body.get(name))


def rows(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The objects of a list under `data`. Raises Wait when it is none."""
    data = body.get("data")
    with outcomes.web_errors_as_outcomes(publishes=False):
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            raise InvalidAnswer(_("the server gave an answer without {keys}", keys="data"))
    return data
