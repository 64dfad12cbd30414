"""What happened to a pull request, as issue events tell it. https://docs.github.com/en/rest/issues/events

Only changes of the base stand in it so far; GitHub lists labels, assignments, merges and more.
"""

from __future__ import annotations

from datetime import datetime

from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.records import FakeAccount
from marronnier.demo.github.shapes.accounts import maybe_user
from marronnier.demo.github.shapes.view import instant, node_id


@route("GET", "/repos/{owner}/{repo}/issues/{issue_number}/events", "issues")
def list_events(call: FakeCall) -> FakeAnswer:
    """The events of an issue or a pull request, oldest first."""
    pull = call.issue().pull
    changes = pull.base_changes if pull is not None else []

    def shape(change: tuple[int, FakeAccount, datetime]) -> dict[str, object]:
        id, actor, at = change
        return {
            "id": id,
            "node_id": node_id("BaseRefChangedEvent", id),
            "url": f"{call.view.repository_url(call.repository)}/issues/events/{id}",
            "actor": maybe_user(call.view, actor),
            "event": "base_ref_changed",
            "commit_id": None,
            "commit_url": None,
            "created_at": instant(at),
            "performed_via_github_app": None,
        }

    return call.page(changes, shape)
