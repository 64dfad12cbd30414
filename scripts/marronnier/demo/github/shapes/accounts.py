"""Accounts, as the API writes them."""

from __future__ import annotations

from typing import Any

from marronnier.demo.github.accounts import FakeAccount, Role
from marronnier.demo.github.records import FakeRepository
from marronnier.demo.github.shapes.view import FakeView, instant, node_id

_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def simple_user(view: FakeView, account: FakeAccount) -> dict[str, Any]:
    """An account, in short."""
    url = f"{view.base}/users/{account.login}"
    page = f"{view.base}/apps/{account.login.removesuffix('[bot]')}" if account.kind == "Bot" else f"{view.base}/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.kind, account.id),
        "avatar_url": f"{view.base}/avatars/u/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": page,
        **{name: url + end for name, end in _LINKS.items()},
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def maybe_user(view: FakeView, account: FakeAccount | None) -> dict[str, Any] | None:
    """An account; null for nobody, and for a ghost."""
    return None if account is None or account.deleted else simple_user(view, account)


def organization_simple(view: FakeView, account: FakeAccount) -> dict[str, Any]:
    """An organisation, in short."""
    url = f"{view.base}/orgs/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id(account.kind, account.id),
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{view.base}/avatars/u/{account.id}",
        "description": account.name or None,
    }


def public_user(view: FakeView, account: FakeAccount) -> dict[str, Any]:
    """An account, with its profile."""
    own = [one for one in view.state.repositories.values() if one.owner is account]
    return {
        **simple_user(view, account),
        "name": account.name or None,
        "company": None,
        "blog": "",
        "location": None,
        "email": account.email or None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": sum(not one.private for one in own),
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": instant(account.created_at),
        "updated_at": instant(account.created_at),
    }


def private_user(view: FakeView, account: FakeAccount) -> dict[str, Any]:
    """An account, as its own person sees it."""
    private = sum(one.private for one in view.state.repositories.values() if one.owner is account)
    return {
        **public_user(view, account),
        "private_gists": 0,
        "total_private_repos": private,
        "owned_private_repos": private,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": True,
        "user_view_type": "private",
    }


def permissions(view: FakeView, repository: FakeRepository, account: FakeAccount | None) -> dict[str, bool]:
    """What somebody may do in a repository, one by one."""
    names: dict[str, Role] = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {name: view.state.has_role(repository, account, role) for name, role in names.items()}


def repository_collaborator_permission(view: FakeView, repository: FakeRepository, account: FakeAccount) -> dict[str, Any]:
    """What somebody may do in a repository: in four words, and in the role's own."""
    role = view.state.role(repository, account)
    legacy = {"maintain": "write", "triage": "read"}.get(role, role)
    return {"permission": legacy, "user": collaborator(view, repository, account), "role_name": role}


def collaborator(view: FakeView, repository: FakeRepository, account: FakeAccount) -> dict[str, Any]:
    """An account, with what it may do."""
    role = view.state.role(repository, account)
    return {**simple_user(view, account), "permissions": permissions(view, repository, account), "role_name": role}
