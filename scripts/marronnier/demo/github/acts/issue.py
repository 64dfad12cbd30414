"""Issues and comments: opened, edited, labelled, assigned, closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from marronnier.demo.github.accounts import FakeAccount, FakeToken
from marronnier.demo.github.acts.events import note_event, record_event, record_pull_event
from marronnier.demo.github.acts.pull_request import reopen as reopen_pull
from marronnier.demo.github.acts.push import close as close_pull
from marronnier.demo.github.records import FakeComment, FakeIssue, FakeLabel, FakeRepository
from marronnier.demo.github.shapes import issues as shapes
from marronnier.demo.github.shapes.accounts import simple_user
from marronnier.demo.github.shapes.view import FakeView
from marronnier.demo.github.state import FakeRefusal, FakeState, invalid

MOST_ASSIGNEES = 10
LONGEST_BODY = 65536
"""Characters of a body or a comment (https://docs.github.com/en/rest/issues, `body is too long (maximum is 65536 characters)`)."""


def _record(state: FakeState, repository: FakeRepository, issue: FakeIssue, action: str, by: FakeToken, name: str = "issues", **more: Any) -> None:  # fmt: skip
    if issue.pull is not None and name == "issues":
        record_pull_event(state, issue.pull, action, by, **more)
        return
    shape = shapes.issue(FakeView(state, state.address), repository, issue)
    record_event(state, repository, name, by, {"action": action, "issue": shape, **more})


def check_body(body: str | None, resource: str) -> None:
    """Raises FakeRefusal for a body that is too long."""
    if body is not None and len(body) > LONGEST_BODY:
        raise invalid(resource, "body", "custom", message="body is too long (maximum is 65536 characters)")


def open_issue(state: FakeState, repository: FakeRepository, by: FakeToken, title: str, body: str | None = None, labels: Iterable[str] = (), assignees: Iterable[str] = ()) -> FakeIssue:  # fmt: skip
    """Open an issue. Labels and assignees of who may not triage are left out in silence, as GitHub does."""
    if not title:
        raise invalid("Issue", "title", "missing_field")
    check_body(body, "Issue")
    number, now = max(repository.issues, default=0) + 1, state.now()
    issue = FakeIssue(state.new_id("issue"), number, title, body, by.account, now, now)
    repository.issues[number] = issue
    if may_triage(state, repository, by):
        add_labels(state, repository, issue, by, labels)
        assign(state, repository, issue, by, assignees)
    _record(state, repository, issue, "opened", by)
    return issue


def may_triage(state: FakeState, repository: FakeRepository, by: FakeToken) -> bool:
    """Whether labels, assignees and state are theirs to set: the triage role, or a job's permission, checked before."""
    return by.is_job or state.has_role(repository, by.account, "triage")


def require_label(state: FakeState, repository: FakeRepository, name: str) -> FakeLabel:
    """The label of this name, made where there is none."""
    folded = name.casefold()
    if folded not in repository.labels:
        repository.labels[folded] = FakeLabel(state.new_id("label"), name)
    return repository.labels[folded]


def add_labels(state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, names: Iterable[str]) -> None:
    """Put labels on an issue, each once."""
    for name in names:
        label = require_label(state, repository, name)
        if label not in issue.labels:
            issue.labels.append(label)
            note_event(state, issue, "labeled", by, label={"name": label.name, "color": label.color})
            shape = shapes.label(FakeView(state, state.address), repository, label)
            _record(state, repository, issue, "labeled", by, label=shape)
    issue.updated_at = state.now()


def remove_label(state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, name: str) -> None:
    """Take a label off. Raises FakeRefusal when it is not there."""
    label = next((one for one in issue.labels if one.name.casefold() == name.casefold()), None)
    if label is None:
        raise FakeRefusal(404, "Label does not exist")
    issue.labels.remove(label)
    note_event(state, issue, "unlabeled", by, label={"name": label.name, "color": label.color})
    shape = shapes.label(FakeView(state, state.address), repository, label)
    _record(state, repository, issue, "unlabeled", by, label=shape)
    issue.updated_at = state.now()


def may_be_assigned(state: FakeState, repository: FakeRepository, account: FakeAccount) -> bool:
    """Whether issues can be given to somebody: to who may write, and members of the organisation."""
    return state.has_role(repository, account, "triage") or account.id in repository.owner.members


def assign(state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, logins: Iterable[str]) -> None:
    """Give it to people. Who cannot be assigned is left out, as GitHub does when it adds assignees."""
    for login in logins:
        account = state.account(login)
        if account is None or account in issue.assignees or not may_be_assigned(state, repository, account):
            continue
        if len(issue.assignees) < MOST_ASSIGNEES:
            issue.assignees.append(account)
            note_event(state, issue, "assigned", by, assignee=account, assigner=by.account)
            _record(state, repository, issue, "assigned", by, assignee=simple_user(FakeView(state, state.address), account))
    issue.updated_at = state.now()


def unassign(state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, logins: Iterable[str]) -> None:
    """Take it from people."""
    folded = {login.casefold() for login in logins}
    for account in [one for one in issue.assignees if one.login.casefold() in folded]:
        issue.assignees.remove(account)
        note_event(state, issue, "unassigned", by, assignee=account, assigner=by.account)
        _record(state, repository, issue, "unassigned", by, assignee=simple_user(FakeView(state, state.address), account))


def edit_issue(state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, changes: dict[str, Any]) -> None:
    """Change an issue as the request says. Raises FakeRefusal."""
    for field in ("title", "body"):
        if field in changes:
            check_body(changes[field], "Issue")
            before = getattr(issue, field)
            if changes[field] == before:
                continue
            if field == "title":
                note_event(state, issue, "renamed", by, rename={"from": before, "to": changes[field]})
            setattr(issue, field, changes[field])
            _record(state, repository, issue, "edited", by, changes={field: {"from": before or ""}})
    if "labels" in changes:
        names = [one if isinstance(one, str) else one.get("name", "") for one in changes["labels"]]
        for label in [one for one in issue.labels if one.name.casefold() not in {name.casefold() for name in names}]:
            remove_label(state, repository, issue, by, label.name)
        add_labels(state, repository, issue, by, names)
    if "assignees" in changes:
        unassign(state, repository, issue, by, [account.login for account in issue.assignees if account.login not in changes["assignees"]])
        assign(state, repository, issue, by, changes["assignees"])
    if (target := changes.get("state")) is not None and target != issue.state:
        set_state(state, repository, issue, by, target, changes.get("state_reason"))
    issue.updated_at = state.now()


def set_state(
    state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, target: str, reason: str | None = None
) -> None:
    """Close it, or open it again."""
    if issue.pull is not None:
        if target == "closed":
            close_pull(state, issue.pull, by)
        else:
            reopen_pull(state, issue.pull, by)
        return
    is_closed = target == "closed"
    issue.state = "closed" if is_closed else "open"
    issue.state_reason = (reason or "completed") if is_closed else "reopened"
    issue.closed_at, issue.closed_by = (state.now(), by.account) if is_closed else (None, None)
    note_event(state, issue, issue.state if is_closed else "reopened", by)
    _record(state, repository, issue, "closed" if is_closed else "reopened", by)


def comment(state: FakeState, repository: FakeRepository, issue: FakeIssue, by: FakeToken, body: str) -> FakeComment:
    """Say something. Raises FakeRefusal for an empty comment, one that is too long, and a locked conversation."""
    if not body or not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    check_body(body, "IssueComment")
    if issue.locked and not state.has_role(repository, by.account, "write") and not by.is_job:
        raise FakeRefusal(403, "Unable to create comment because issue is locked.")
    now = state.now()
    made = FakeComment(state.new_id("comment"), by.account, body, now, now, issue)
    issue.comments.append(made)
    issue.updated_at = now
    _record_comment(state, repository, made, "created", by)
    return made


def _record_comment(state: FakeState, repository: FakeRepository, made: FakeComment, action: str, by: FakeToken, **more: Any) -> None:
    shape = shapes.issue_comment(FakeView(state, state.address), repository, made)
    _record(state, repository, made.issue, action, by, "issue_comment", comment=shape, **more)


def edit_comment(state: FakeState, repository: FakeRepository, made: FakeComment, by: FakeToken, body: str) -> None:
    """Change a comment: its author may, and anybody who may write. Raises FakeRefusal."""
    _check_owner(state, repository, made.author, by)
    if not body or not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    check_body(body, "IssueComment")
    before, made.body = made.body, body
    made.updated_at, made.edited_by = state.now(), by.account
    _record_comment(state, repository, made, "edited", by, changes={"body": {"from": before}})


def delete_comment(state: FakeState, repository: FakeRepository, made: FakeComment, by: FakeToken) -> None:
    """Delete a comment: its author may, and anybody who may write. Raises FakeRefusal."""
    _check_owner(state, repository, made.author, by)
    made.issue.comments.remove(made)
    _record_comment(state, repository, made, "deleted", by)


def _check_owner(state: FakeState, repository: FakeRepository, author: FakeAccount, by: FakeToken) -> None:
    if by.account is not author and not state.has_role(repository, by.account, "write") and not by.is_job:
        raise FakeRefusal(403, "Must have admin rights to Repository.")
