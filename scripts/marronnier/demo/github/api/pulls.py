"""Pull requests: listed, opened, changed, merged; their commits and files. https://docs.github.com/en/rest/pulls"""

from __future__ import annotations

from collections.abc import Mapping

from marronnier.demo.github.acts import merge as merges
from marronnier.demo.github.acts import pull_request as pulls
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.records import FakePullRequest, MergeMethod
from marronnier.demo.github.shapes import commits as commit_shapes
from marronnier.demo.github.shapes import pull_requests as shapes
from marronnier.demo.github.shapes.accounts import simple_user
from marronnier.demo.github.state import FakeRefusal, invalid, not_found

PULLS = "/repos/{owner}/{repo}/pulls"
PULL = PULLS + "/{pull_number}"
MOST_COMMITS, MOST_FILES = 250, 3000
"""What the lists of a pull request hold at most."""
_METHODS: Mapping[str, MergeMethod] = {"merge": "merge", "squash": "squash", "rebase": "rebase"}


@route("GET", PULLS, "pull_requests")
def list_pulls(call: FakeCall) -> FakeAnswer:
    """List pull requests, the newest first."""
    wanted, head, base = call.query.get("state", "open"), call.query.get("head"), call.query.get("base")
    found = [
        pull
        for pull in call.repository.pulls
        if wanted in ("all", pull.issue.state)
        and (base is None or pull.base_branch == base)
        and (head is None or f"{pull.head_owner.login}:{pull.head_branch}".casefold() == head.casefold())
    ]
    sort = call.query.get("sort", "created")
    found.sort(key=lambda pull: (pull.issue.updated_at if sort == "updated" else pull.issue.created_at, pull.number))
    if call.query.get("direction", "desc" if sort == "created" else "asc") == "desc":
        found.reverse()
    return call.page(found, lambda pull: shapes.pull_request_simple(call.view, pull))


@route("POST", PULLS, "pull_requests", "read")
def create_pull(call: FakeCall) -> FakeAnswer:
    """Open a pull request: of a fork whoever may push there, of a branch of this repository whoever may write here."""
    number = call.given("issue", int)
    issue = call.repository.issues.get(number) if number is not None else None
    head = call.required("head", str)
    _owner, head_repository, _branch = pulls.find_head(call.state, call.repository, head, call.given("head_repo", str))
    if not call.by.is_job and not call.state.has_role(head_repository, call.by.account, "write"):
        raise FakeRefusal(403, "Must have push access to repository")
    pull = pulls.open_pull_request(
        call.state, call.repository, call.by, head=head, base=call.required("base", str), title=call.given("title", str),
        body=call.given("body", str), draft=bool(call.given("draft", bool)), issue=issue, head_repo=call.given("head_repo", str),
    )  # fmt: skip
    shape = shapes.pull_request(call.view, pull)
    return FakeAnswer(201, shape, {"Location": shape["url"]})


@route("GET", PULL, "pull_requests")
def get_pull(call: FakeCall) -> FakeAnswer:
    """One pull request. The merge is tried again where the base has moved."""
    pull = call.pull()
    if "diff" in call.headers.get("accept", ""):
        git = call.repository.git
        base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
        return FakeAnswer(200, git.repo.run("diff", "--no-color", "--no-ext-diff", "-M", base, pull.head_sha), {"Content-Type": "application/vnd.github.v3.diff; charset=utf-8"})  # fmt: skip
    pulls.prepare_to_show(call.state, pull)
    return FakeAnswer(200, shapes.pull_request(call.view, pull))


@route("PATCH", PULL, "pull_requests", "read")
def update_pull(call: FakeCall) -> FakeAnswer:
    """Change title, body, base or state: its author may, and whoever may write."""
    pull = call.pull()
    if not call.by.is_job and call.by.account is not pull.author and not call.state.has_role(call.repository, call.by.account, "write"):
        raise FakeRefusal(403, "Must have push access to repository")
    if call.fields().get("state") not in (None, "open", "closed"):
        raise invalid("PullRequest", "state")
    pulls.edit_pull_request(call.state, pull, call.by, call.fields())
    return FakeAnswer(200, shapes.pull_request(call.view, pull))


@route("GET", PULL + "/commits", "pull_requests")
def list_commits(call: FakeCall) -> FakeAnswer:
    """The commits of a pull request, oldest first; 250 at most."""
    pull = call.pull()
    git = call.repository.git
    return call.page(pull.commits[:MOST_COMMITS], lambda sha: commit_shapes.commit(call.view, call.repository, git.read(sha)))


@route("GET", PULL + "/files", "pull_requests")
def list_files(call: FakeCall) -> FakeAnswer:
    """The files that a pull request changes; 3,000 at most."""
    pull = call.pull()
    git = call.repository.git
    base = git.merge_base(pull.base_sha, pull.head_sha) or pull.base_sha
    files = git.changes(base, pull.head_sha)[:MOST_FILES]
    return call.page(files, lambda file: commit_shapes.diff_entry(call.view, call.repository, pull.head_sha, file))


@route("GET", PULL + "/merge", "pull_requests")
def is_merged(call: FakeCall) -> FakeAnswer:
    """Whether it was merged: 204, or 404."""
    if call.pull().merged_at is None:
        raise not_found()
    return FakeAnswer(204)


@route("PUT", PULL + "/merge", "contents")
def merge_pull(call: FakeCall) -> FakeAnswer:
    """Merge it."""
    method = _METHODS.get(call.given("merge_method", str, "merge") or "")
    if method is None:
        raise FakeRefusal(422, "Invalid request.\n\nmerge_method must be one of: merge, squash, rebase.")
    sha = merges.merge(
        call.state, call.pull(), call.by, method,
        title=call.given("commit_title", str), message=call.given("commit_message", str), sha=call.given("sha", str),
    )  # fmt: skip
    return FakeAnswer(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


@route("PUT", PULL + "/update-branch", "pull_requests", "read")
def update_branch(call: FakeCall) -> FakeAnswer:
    """Merge the base into the head."""
    pull = call.pull()
    # An app needs the right to write to the head as well, which no job has in a fork.
    may_write = (call.by.permissions or {}).get("contents") == "write" and pull.head_repository is call.repository
    if call.by.is_job and not may_write:
        raise FakeRefusal(403, "Resource not accessible by integration")
    pulls.update_branch(call.state, pull, call.by, call.given("expected_head_sha", str))
    url = f"{call.view.page_url(call.repository)}/pull/{pull.number}"
    return FakeAnswer(202, {"message": "Updating pull request branch.", "url": url})


@route("GET", PULL + "/requested_reviewers", "pull_requests")
def list_requested(call: FakeCall) -> FakeAnswer:
    """Whose review is waited for."""
    users = [simple_user(call.view, account) for account in call.pull().requested_reviewers if not account.deleted]
    return FakeAnswer(200, {"users": users, "teams": []})


@route("POST", PULL + "/requested_reviewers", "pull_requests", "triage")
def request_reviewers(call: FakeCall) -> FakeAnswer:
    """Ask people for a review."""
    pull = call.pull()
    if call.given("team_reviewers", list):
        raise FakeRefusal(422, "Could not resolve to a node with the global id of 'team'.")
    pulls.request_reviewers(call.state, pull, call.by, call.names("reviewers"))
    return FakeAnswer(201, shapes.pull_request_simple(call.view, pull))


@route("DELETE", PULL + "/requested_reviewers", "pull_requests", "triage")
def unrequest_reviewers(call: FakeCall) -> FakeAnswer:
    """Ask no longer."""
    pull = call.pull()
    folded = {login.casefold() for login in call.names("reviewers")}
    pull.requested_reviewers = [account for account in pull.requested_reviewers if account.login.casefold() not in folded]
    return FakeAnswer(200, shapes.pull_request_simple(call.view, pull))


@route("GET", "/repos/{owner}/{repo}/commits/{commit_sha}/pulls", "pull_requests")
def pulls_of_commit(call: FakeCall) -> FakeAnswer:
    """The pull requests of a commit: once it is on the default branch, those that brought it; else merged and open ones that hold it."""
    git = call.repository.git
    sha = git.commit_id(call.parameters["commit_sha"])
    if sha is None:
        raise FakeRefusal(422, f"No commit found for SHA: {call.parameters['commit_sha']}")
    tip = git.branch(call.repository.default_branch)
    has_landed = tip is not None and git.is_ancestor(sha, tip)
    found = [pull for pull in call.repository.pulls if _brought(pull, sha) and (pull.merged_at or (pull.is_open and not has_landed))]
    return call.page(found, lambda pull: shapes.pull_request_simple(call.view, pull))


def _brought(pull: FakePullRequest, sha: str) -> bool:
    return sha in pull.commits or sha in pull.landed or (pull.merged_at is not None and sha == pull.merge_commit_sha)
