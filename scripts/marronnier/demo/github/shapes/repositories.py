"""Repositories, and what their settings hold, as the API writes them."""

from __future__ import annotations

from typing import Any

from marronnier.demo.github.records import FakeActivity, FakeEnvironment, FakeRepository, FakeRuleset, FakeVariable
from marronnier.demo.github.shapes.accounts import maybe_user, permissions, simple_user
from marronnier.demo.github.shapes.view import FakeView, instant, node_id

_LINKS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


def minimal_repository(view: FakeView, repository: FakeRepository) -> dict[str, Any]:
    """A repository, in short."""
    url = view.repository_url(repository)
    return {
        "id": repository.id,
        "node_id": node_id("Repository", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": simple_user(view, repository.owner),
        "html_url": view.page_url(repository),
        "description": repository.description,
        "fork": repository.parent is not None,
        "url": url,
        **{name: url + end for name, end in _LINKS.items()},
    }


def repository(view: FakeView, one: FakeRepository) -> dict[str, Any]:
    """A repository, as it stands in the head and the base of a pull request."""
    page = view.page_url(one)
    forks = len(view.state.forks(one))
    open_issues = sum(issue.state == "open" for issue in one.issues.values())
    pushed = max((entry.at for entry in one.activity), default=one.created_at)
    return {
        **minimal_repository(view, one),
        "git_url": f"git://{page.partition('://')[2]}.git",
        "ssh_url": f"git@{page.partition('://')[2].replace('/', ':', 1)}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "forks": forks,
        "forks_count": forks,
        "stargazers_count": 0,
        "watchers": 0,
        "watchers_count": 0,
        "size": 1,
        "default_branch": one.default_branch,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "is_template": False,
        "topics": [],
        "has_issues": True,
        "has_projects": True,
        "has_wiki": True,
        "has_pages": one.settings.has_pages,
        "has_downloads": True,
        "has_discussions": False,
        "archived": False,
        "disabled": False,
        "visibility": "private" if one.private else "public",
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "pushed_at": instant(pushed),
        "created_at": instant(one.created_at),
        "updated_at": instant(one.created_at),
        "permissions": permissions(view, one, view.reader),
    }


def full_repository(view: FakeView, one: FakeRepository) -> dict[str, Any]:
    """A repository, with all that its own address tells."""
    shape = {**repository(view, one), "subscribers_count": 0, "network_count": len(view.state.forks(one)), "temp_clone_token": None}
    if view.state.has_role(one, view.reader, "write"):
        shape |= {
            "allow_merge_commit": one.settings.allow_merge,
            "allow_squash_merge": one.settings.allow_squash,
            "allow_rebase_merge": one.settings.allow_rebase,
            "allow_update_branch": one.settings.allow_update_branch,
            "allow_auto_merge": False,
            "delete_branch_on_merge": one.settings.delete_branch_on_merge,
            "squash_merge_commit_title": one.settings.squash_title,
            "squash_merge_commit_message": one.settings.squash_message,
        }
    if one.parent is not None:
        shape |= {"parent": repository(view, one.parent), "source": repository(view, one.parent)}
    if one.owner.kind == "Organization":
        shape["organization"] = simple_user(view, one.owner)
    return shape


def activity(view: FakeView, entry: FakeActivity) -> dict[str, Any]:
    """A change of a reference."""
    return {
        "id": entry.id,
        "node_id": node_id("PushEvent", entry.id),
        "before": entry.before,
        "after": entry.after,
        "ref": entry.ref,
        "timestamp": instant(entry.at),
        "activity_type": entry.kind,
        "actor": maybe_user(view, entry.actor),
    }


def variable(_view: FakeView, one: FakeVariable) -> dict[str, Any]:
    """A variable of Actions."""
    return {"name": one.name, "value": one.value, "created_at": instant(one.created_at), "updated_at": instant(one.updated_at)}


def secret(name: str, at: Any) -> dict[str, Any]:
    """A secret of Actions: its name."""
    return {"name": name, "created_at": instant(at), "updated_at": instant(at)}


def environment(view: FakeView, repository: FakeRepository, one: FakeEnvironment) -> dict[str, Any]:
    """An environment, with what it asks."""
    rules: list[dict[str, Any]] = []
    if one.wait_timer:
        rules.append({"id": one.id * 10, "node_id": node_id("Gate", one.id * 10), "type": "wait_timer", "wait_timer": one.wait_timer})
    if one.reviewers:
        reviewers = [{"type": "User", "reviewer": simple_user(view, account)} for account in one.reviewers]
        rules.append(
            {
                "id": one.id * 10 + 1,
                "node_id": node_id("Gate", one.id * 10 + 1),
                "type": "required_reviewers",
                "prevent_self_review": one.prevent_self_review,
                "reviewers": reviewers,
            }
        )
    policy = None
    if one.branch_policy != "all":
        rules.append({"id": one.id * 10 + 2, "node_id": node_id("Gate", one.id * 10 + 2), "type": "branch_policy"})
        policy = {"protected_branches": one.branch_policy == "protected", "custom_branch_policies": one.branch_policy == "custom"}
    return {
        "id": one.id,
        "node_id": node_id("Environment", one.id),
        "name": one.name,
        "url": f"{view.repository_url(repository)}/environments/{one.name}",
        "html_url": f"{view.page_url(repository)}/deployments/activity_log?environments_filter={one.name}",
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
        "protection_rules": rules,
        "deployment_branch_policy": policy,
    }


def repository_ruleset(view: FakeView, repository: FakeRepository, one: FakeRuleset, *, whole: bool = False) -> dict[str, Any]:
    """A ruleset; its rules only where it is asked for by itself, and who may pass them by only for who may change it."""
    url = f"{view.repository_url(repository)}/rulesets/{one.id}"
    may_change = view.state.has_role(repository, view.reader, "admin")
    shape: dict[str, Any] = {
        "id": one.id,
        "name": one.name,
        "target": one.target,
        "source_type": "Repository",
        "source": repository.full_name,
        "enforcement": one.enforcement,
        "node_id": node_id("RepositoryRuleset", one.id),
        "_links": {"self": {"href": url}, "html": {"href": f"{view.page_url(repository)}/rules/{one.id}"}},
        "created_at": instant(one.created_at),
        "updated_at": instant(one.updated_at),
    }
    if whole:
        shape |= {"conditions": one.conditions, "rules": one.rules, "current_user_can_bypass": "never"}
        if may_change:
            shape["bypass_actors"] = one.bypass_actors
    return shape


def page(view: FakeView, repository: FakeRepository) -> dict[str, Any]:
    """The site of a repository."""
    host = view.base.partition("://")[2]
    return {
        "url": f"{view.repository_url(repository)}/pages",
        "status": "built",
        "cname": None,
        "custom_404": False,
        "html_url": f"http://{host}/pages/{repository.full_name}/",
        "build_type": repository.settings.pages_source,
        "source": {"branch": repository.default_branch, "path": "/"},
        "public": True,
        "https_enforced": True,
    }
