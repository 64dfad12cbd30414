"""Issues, comments, labels and assignees. https://docs.github.com/en/rest/issues"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marronnier.demo.github.acts import issue as issues
from marronnier.demo.github.acts.events import note_event
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.records import FakeComment, FakeIssue, FakeLabel
from marronnier.demo.github.shapes import issues as shapes
from marronnier.demo.github.shapes.accounts import simple_user
from marronnier.demo.github.shapes.view import instant
from marronnier.demo.github.state import FakeRefusal, invalid, not_found

REPO = "/repos/{owner}/{repo}"
ISSUES = REPO + "/issues"
ISSUE = ISSUES + "/{issue_number}"
COMMENT = ISSUES + "/comments/{comment_id}"


def _shape(call: FakeCall, issue: FakeIssue) -> dict[str, Any]:
    return shapes.issue(call.view, call.repository, issue)


def _comment_shape(call: FakeCall, comment: FakeComment) -> dict[str, Any]:
    return shapes.issue_comment(call.view, call.repository, comment)


@route("GET", ISSUES, "issues")
def list_issues(call: FakeCall) -> FakeAnswer:
    """List issues, and pull requests among them; the newest first."""
    query = call.query
    wanted, labels = query.get("state", "open"), {name.casefold() for name in query.get("labels", "").split(",") if name}
    found = []
    for issue in call.repository.issues.values():
        has = {label.name.casefold() for label in issue.labels}
        logins = [account.login for account in issue.assignees]
        assignee = query.get("assignee", "*" if logins else "none")
        fits = wanted in ("all", issue.state) and labels <= has and query.get("creator", issue.author.login) == issue.author.login
        fits = fits and (assignee in logins or ((assignee == "*") == bool(logins) and assignee in ("*", "none")))
        if fits and instant(issue.updated_at) >= query.get("since", ""):
            found.append(issue)
    sort = query.get("sort", "created")
    keys = {"updated": lambda one: (one.updated_at, one.number), "comments": lambda one: (len(one.comments), one.number)}
    key: Callable[[FakeIssue], Any] = keys.get(sort, lambda one: (one.created_at, one.number))
    found.sort(key=key, reverse=query.get("direction", "desc") == "desc")
    return call.page(found, lambda issue: _shape(call, issue))


@route("POST", ISSUES, "issues", "read")
def create_issue(call: FakeCall) -> FakeAnswer:
    """Open an issue."""
    title = call.fields().get("title")
    if title is None:
        raise invalid("Issue", "title", "missing_field")
    labels = [one if isinstance(one, str) else str(one.get("name", "")) for one in call.given("labels", list, []) or ()]
    assignees = [*call.names("assignees"), *((call.given("assignee", str) or "",) if call.given("assignee", str) else ())]
    issue = issues.open_issue(call.state, call.repository, call.by, str(title), call.given("body", str), labels, assignees)
    shape = _shape(call, issue)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


@route("GET", ISSUE, "issues")
def get_issue(call: FakeCall) -> FakeAnswer:
    """One issue, or the part of a pull request that is one."""
    return FakeAnswer(200, _shape(call, call.issue()))


@route("PATCH", ISSUE, "issues", "read")
def update_issue(call: FakeCall) -> FakeAnswer:
    """Change an issue: its author its words and state, and who may triage all."""
    issue, changes = call.issue(), dict(call.fields())
    if not issues.may_triage(call.state, call.repository, call.by):
        if call.by.account is not issue.author:
            raise FakeRefusal(403, "Must have admin rights to Repository.")
        changes = {name: value for name, value in changes.items() if name not in ("labels", "assignees", "assignee", "milestone")}
    if changes.get("state") not in (None, "open", "closed"):
        raise invalid("Issue", "state")
    if changes.get("state_reason") not in (None, "completed", "not_planned", "duplicate", "reopened"):
        raise invalid("Issue", "state_reason")
    issues.edit_issue(call.state, call.repository, issue, call.by, changes)
    return FakeAnswer(200, _shape(call, issue))


@route("GET", ISSUE + "/comments", "issues")
def list_comments(call: FakeCall) -> FakeAnswer:
    """The comments of an issue, oldest first."""
    since = call.query.get("since", "")
    shown = [comment for comment in call.issue().comments if instant(comment.updated_at) >= since]
    return call.page(shown, lambda comment: _comment_shape(call, comment))


@route("POST", ISSUE + "/comments", "issues", "read")
def create_comment(call: FakeCall) -> FakeAnswer:
    """Comment on an issue."""
    comment = issues.comment(call.state, call.repository, call.issue(), call.by, call.given("body", str, "") or "")
    shape = _comment_shape(call, comment)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


@route("GET", ISSUES + "/comments", "issues")
def all_comments(call: FakeCall) -> FakeAnswer:
    """The comments of all issues."""
    since = call.query.get("since", "")
    shown = [comment for issue in call.repository.issues.values() for comment in issue.comments if instant(comment.updated_at) >= since]
    shown.sort(key=lambda one: one.updated_at if call.query.get("sort") == "updated" else one.created_at)
    if call.query.get("direction") == "desc":
        shown.reverse()
    return call.page(shown, lambda comment: _comment_shape(call, comment))


def _comment(call: FakeCall) -> FakeComment:
    id = call.number("comment_id")
    for issue in call.repository.issues.values():
        for comment in issue.comments:
            if comment.id == id:
                return comment
    raise not_found()


@route("GET", COMMENT, "issues")
def get_comment(call: FakeCall) -> FakeAnswer:
    """One comment."""
    return FakeAnswer(200, _comment_shape(call, _comment(call)))


@route("PATCH", COMMENT, "issues", "read")
def update_comment(call: FakeCall) -> FakeAnswer:
    """Change a comment."""
    comment = _comment(call)
    issues.edit_comment(call.state, call.repository, comment, call.by, call.given("body", str, "") or "")
    return FakeAnswer(200, _comment_shape(call, comment))


@route("DELETE", COMMENT, "issues", "read")
def delete_comment(call: FakeCall) -> FakeAnswer:
    """Delete a comment."""
    issues.delete_comment(call.state, call.repository, _comment(call), call.by)
    return FakeAnswer(204)


@route("GET", COMMENT + "/reactions", "issues")
def list_reactions(call: FakeCall) -> FakeAnswer:
    """The reactions to a comment."""
    return call.page(_comment(call).reactions, lambda one: shapes.reaction(call.view, one))


@route("POST", COMMENT + "/reactions", "issues", "read")
def create_reaction(call: FakeCall) -> FakeAnswer:
    """React to a comment; once more is the same reaction."""
    comment, content = _comment(call), call.required("content", str)
    if content not in shapes.REACTIONS:
        raise FakeRefusal(422, "Validation Failed", [{"resource": "Reaction", "field": "content", "code": "invalid"}])
    for one in comment.reactions:
        if one[1] is call.by.account and one[2] == content:
            return FakeAnswer(200, shapes.reaction(call.view, one))
    made = (call.state.new_id("reaction"), call.by.account, content, call.state.now())
    comment.reactions.append(made)
    return FakeAnswer(201, shapes.reaction(call.view, made))


# Labels


def _labels(call: FakeCall, labels: list[FakeLabel]) -> FakeAnswer:
    return call.page(labels, lambda label: shapes.label(call.view, call.repository, label))


def _label_names(call: FakeCall) -> list[str]:
    asked = call.body if isinstance(call.body, list) else call.given("labels", list, []) or []
    return [one if isinstance(one, str) else str(one.get("name", "")) for one in asked]


@route("GET", ISSUE + "/labels", "issues")
def labels_of_issue(call: FakeCall) -> FakeAnswer:
    """The labels of an issue."""
    return _labels(call, call.issue().labels)


@route("POST", ISSUE + "/labels", "issues", "triage")
def add_labels(call: FakeCall) -> FakeAnswer:
    """Put labels on an issue."""
    issue = call.issue()
    issues.add_labels(call.state, call.repository, issue, call.by, _label_names(call))
    return FakeAnswer(200, [shapes.label(call.view, call.repository, label) for label in issue.labels])


@route("PUT", ISSUE + "/labels", "issues", "triage")
def set_labels(call: FakeCall) -> FakeAnswer:
    """Put these labels on an issue, and no other."""
    issue = call.issue()
    issues.edit_issue(call.state, call.repository, issue, call.by, {"labels": _label_names(call)})
    return FakeAnswer(200, [shapes.label(call.view, call.repository, label) for label in issue.labels])


@route("DELETE", ISSUE + "/labels", "issues", "triage")
def clear_labels(call: FakeCall) -> FakeAnswer:
    """Take all labels off."""
    issues.edit_issue(call.state, call.repository, call.issue(), call.by, {"labels": []})
    return FakeAnswer(204)


@route("DELETE", ISSUE + "/labels/{name}", "issues", "triage")
def remove_label(call: FakeCall) -> FakeAnswer:
    """Take one label off."""
    issue = call.issue()
    issues.remove_label(call.state, call.repository, issue, call.by, call.parameters["name"])
    return FakeAnswer(200, [shapes.label(call.view, call.repository, label) for label in issue.labels])


@route("GET", REPO + "/labels", "issues")
def list_labels(call: FakeCall) -> FakeAnswer:
    """The labels of a repository."""
    return _labels(call, list(call.repository.labels.values()))


@route("POST", REPO + "/labels", "issues", "write")
def create_label(call: FakeCall) -> FakeAnswer:
    """Make a label."""
    name = call.required("name", str)
    if name.casefold() in call.repository.labels:
        raise FakeRefusal(422, "Validation Failed", [{"resource": "Label", "code": "already_exists", "field": "name"}])
    label = issues.require_label(call.state, call.repository, name)
    label.color, label.description = call.given("color", str, label.color) or label.color, call.given("description", str)
    shape = shapes.label(call.view, call.repository, label)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


def _label(call: FakeCall) -> FakeLabel:
    label = call.repository.labels.get(call.parameters["name"].casefold())
    if label is None:
        raise not_found()
    return label


@route("GET", REPO + "/labels/{name}", "issues")
def get_label(call: FakeCall) -> FakeAnswer:
    """One label."""
    return FakeAnswer(200, shapes.label(call.view, call.repository, _label(call)))


@route("PATCH", REPO + "/labels/{name}", "issues", "write")
def update_label(call: FakeCall) -> FakeAnswer:
    """Change a label."""
    label = _label(call)
    del call.repository.labels[label.name.casefold()]
    label.name = call.given("new_name", str, label.name) or label.name
    label.color = call.given("color", str, label.color) or label.color
    label.description = call.given("description", str, label.description)
    call.repository.labels[label.name.casefold()] = label
    return FakeAnswer(200, shapes.label(call.view, call.repository, label))


@route("DELETE", REPO + "/labels/{name}", "issues", "write")
def delete_label(call: FakeCall) -> FakeAnswer:
    """Delete a label, from all issues too."""
    label = _label(call)
    del call.repository.labels[label.name.casefold()]
    for issue in call.repository.issues.values():
        issue.labels = [one for one in issue.labels if one is not label]
    return FakeAnswer(204)


# Assignees


@route("GET", REPO + "/assignees", "issues")
def list_assignees(call: FakeCall) -> FakeAnswer:
    """To whom issues can be given."""
    people = [one for one in call.state.accounts.values() if one.kind == "User" and not one.deleted]
    fitting = [one for one in people if issues.may_be_assigned(call.state, call.repository, one)]
    return call.page(fitting, lambda one: simple_user(call.view, one))


@route("GET", REPO + "/assignees/{assignee}", "issues")
def check_assignee(call: FakeCall) -> FakeAnswer:
    """Whether issues can be given to somebody: 204, or 404."""
    if not issues.may_be_assigned(call.state, call.repository, call.account("assignee")):
        raise not_found()
    return FakeAnswer(204)


@route("POST", ISSUE + "/assignees", "issues", "triage")
def add_assignees(call: FakeCall) -> FakeAnswer:
    """Give an issue to people."""
    issue = call.issue()
    issues.assign(call.state, call.repository, issue, call.by, call.names("assignees"))
    return FakeAnswer(201, _shape(call, issue))


@route("DELETE", ISSUE + "/assignees", "issues", "triage")
def remove_assignees(call: FakeCall) -> FakeAnswer:
    """Take an issue from people."""
    issue = call.issue()
    issues.unassign(call.state, call.repository, issue, call.by, call.names("assignees"))
    return FakeAnswer(200, _shape(call, issue))


@route("PUT", ISSUE + "/lock", "issues")
def lock(call: FakeCall) -> FakeAnswer:
    """Lock a conversation."""
    call.issue().locked = True
    note_event(call.state, call.issue(), "locked", call.by, lock_reason=None)
    return FakeAnswer(204)


@route("DELETE", ISSUE + "/lock", "issues")
def unlock(call: FakeCall) -> FakeAnswer:
    """Unlock a conversation."""
    call.issue().locked = False
    note_event(call.state, call.issue(), "unlocked", call.by, lock_reason=None)
    return FakeAnswer(204)
