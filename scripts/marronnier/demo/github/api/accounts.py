"""Accounts, by login and by number. https://docs.github.com/en/rest/users"""

from __future__ import annotations

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.shapes import accounts as shapes
from marronnier.demo.github.shapes import repositories
from marronnier.demo.github.state import FakeRefusal, not_found


@route("GET", "/user")
def get_own(call: FakeCall) -> FakeAnswer:
    """Whose token it is. A job's token is nobody's."""
    if call.by.is_job:
        raise FakeRefusal(403, "Resource not accessible by integration")
    return FakeAnswer(200, shapes.private_user(call.view, call.by.account))


def _shape(call: FakeCall, account: FakeAccount | None) -> FakeAnswer:
    if account is None or account.deleted:
        raise not_found()
    return FakeAnswer(200, shapes.public_user(call.view, account))


@route("GET", "/users/{username}")
def get_by_login(call: FakeCall) -> FakeAnswer:
    """Who has this login now."""
    return _shape(call, call.state.account(call.parameters["username"]))


@route("GET", "/user/{account_id}")
def get_by_number(call: FakeCall) -> FakeAnswer:
    """Whose number it is, whatever the login is now."""
    return _shape(call, call.state.accounts.get(call.number("account_id")))


@route("GET", "/user/repos")
def own_repositories(call: FakeCall) -> FakeAnswer:
    """The repositories that the token reaches."""
    ids = call.by.account.id
    found = [
        one
        for one in call.state.repositories.values()
        if call.state.may_see(one, call.by) and (one.owner.id == ids or ids in one.roles or ids in one.owner.members)
    ]
    return call.page(found, lambda one: repositories.repository(call.view, one))


@route("GET", "/orgs/{org}/teams")
def organisation_teams(call: FakeCall) -> FakeAnswer:
    """The teams of an organisation: no job may read them, and this GitHub has none."""
    organisation = call.state.account(call.parameters["org"])
    if organisation is None or organisation.kind != "Organization":
        raise not_found()
    if call.by.is_job:
        raise FakeRefusal(403, "Resource not accessible by integration")
    if call.by.account.id not in organisation.members:
        raise not_found()
    return call.page([], lambda one: one)


@route("GET", "/orgs/{org}/teams/{team_slug}/members")
def team_members(call: FakeCall) -> FakeAnswer:
    """The members of a team."""
    organisation_teams(call)
    raise not_found()
