"""What happened to an issue or a pull request. https://docs.github.com/en/rest/issues/events and /using-the-rest-api/issue-event-types"""

from __future__ import annotations

from typing import Any

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.records import FakeIssueEvent
from marronnier.demo.github.shapes.accounts import maybe_user
from marronnier.demo.github.shapes.view import instant, node_id


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/events", "issues")
def list_events(call: FakeCall) -> FakeAnswer:
    """The events of an issue or a pull request, oldest first."""
    return call.page(call.issue().events, lambda event: _shape(call, event))


def _shape(call: FakeCall, event: FakeIssueEvent) -> dict[str, Any]:
    url, view = call.view.repository_url(call.repository), call.view
    more = {name: maybe_user(view, value) if isinstance(value, FakeAccount) else value for name, value in event.more.items()}
    return {
        "id": event.id,
        "node_id": node_id("IssueEvent", event.id),
        "url": f"{url}/issues/events/{event.id}",
        "actor": maybe_user(view, event.actor),
        "event": event.name,
        "commit_id": event.commit,
        "commit_url": None if event.commit is None else f"{url}/commits/{event.commit}",
        "created_at": instant(event.at),
        "performed_via_github_app": None,
        **more,
    }
