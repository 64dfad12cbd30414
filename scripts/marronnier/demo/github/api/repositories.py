"""Repositories, who may do what in them, what was pushed by whom, forks and branches. https://docs.github.com/en/rest/repos"""

from __future__ import annotations

from datetime import timedelta

from marronnier.demo.github.acts.rules import rules_for
from marronnier.demo.github.api.call import FakeAnswer, FakeCall, route
from marronnier.demo.github.bare_git import FakeCommit
from marronnier.demo.github.loose_objects import write_object
from marronnier.demo.github.records import FakeActivity, FakeRepository
from marronnier.demo.github.shapes import accounts, commits
from marronnier.demo.github.shapes import repositories as shapes
from marronnier.demo.github.state import FakeRefusal, invalid, not_found

REPO = "/repos/{owner}/{repo}"
_PERIODS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


@route("GET", REPO)
def get_repository(call: FakeCall) -> FakeAnswer:
    """The repository."""
    return FakeAnswer(200, shapes.full_repository(call.view, call.repository))


@route("PATCH", REPO, "administration", "admin")
def update_repository(call: FakeCall) -> FakeAnswer:
    """Change settings."""
    one, fields = call.repository, call.fields()
    if (branch := call.given("default_branch", str)) is not None:
        if one.git.branch(branch) is None:
            raise FakeRefusal(422, "Validation Failed", [{"resource": "Repository", "field": "default_branch", "code": "invalid"}])
        one.default_branch = branch
        one.git.repo.run("symbolic-ref", "HEAD", f"refs/heads/{branch}")
    names = {"allow_merge_commit": "allow_merge", "allow_squash_merge": "allow_squash", "allow_rebase_merge": "allow_rebase"}
    for name in (*names, "delete_branch_on_merge", "allow_update_branch"):
        if (value := call.given(name, bool)) is not None:
            setattr(one.settings, names.get(name, name), value)
    if "private" in fields:
        one.private = bool(fields["private"])
    if (renamed := call.given("name", str)) is not None and renamed != one.name:
        call.state.rename_repository(one, one.owner, renamed)
    return FakeAnswer(200, shapes.full_repository(call.view, one))


@route("GET", REPO + "/collaborators", role="write", level="read", public=False)
def list_collaborators(call: FakeCall) -> FakeAnswer:
    """Who was invited, and the organisation's members."""
    one = call.repository
    ids = {*one.roles, *one.owner.members, *(() if one.owner.kind == "Organization" else (one.owner.id,))}
    people = [call.state.accounts[id] for id in sorted(ids)]
    return call.page([one for one in people if not one.deleted], lambda person: accounts.collaborator(call.view, one, person))


@route("GET", REPO + "/collaborators/{username}", role="write", level="read", public=False)
def is_collaborator(call: FakeCall) -> FakeAnswer:
    """Whether somebody is one: 204, or 404."""
    person, one = call.account(), call.repository
    if person.id not in {*one.roles, *one.owner.members, one.owner.id}:
        raise not_found()
    return FakeAnswer(204)


@route("GET", REPO + "/collaborators/{username}/permission", role="write", level="read", public=False)
def get_permission(call: FakeCall) -> FakeAnswer:
    """What somebody may do here, whoever that is."""
    person = call.account()
    return FakeAnswer(200, accounts.repository_collaborator_permission(call.view, call.repository, person))


@route("GET", REPO + "/activity", "contents")
def list_activity(call: FakeCall) -> FakeAnswer:
    """Which reference moved when, by whom; the newest first. Its pages follow cursors."""
    query = call.query
    since = call.state.now() - timedelta(days=_PERIODS[query["time_period"]]) if query.get("time_period") in _PERIODS else None
    ref = query.get("ref", "")
    found = [
        entry
        for entry in reversed(call.repository.activity)
        if ref in ("", entry.ref, entry.ref.removeprefix("refs/heads/"), entry.ref.removeprefix("refs/tags/"))
        and query.get("activity_type", entry.kind) == entry.kind
        and ("actor" not in query or (entry.actor is not None and not entry.actor.deleted and entry.actor.login == query["actor"]))
        and (since is None or entry.at >= since)
    ]
    if query.get("direction") == "asc":
        found.reverse()
    return _by_cursor(call, found)


def _by_cursor(call: FakeCall, found: list[FakeActivity]) -> FakeAnswer:
    given = call.query.get("per_page", "")
    size = min(int(given) if given.isdigit() and int(given) > 0 else 30, 100, call.largest_page)
    ids = [str(entry.id) for entry in found]
    start = ids.index(call.query["after"]) + 1 if call.query.get("after") in ids else 0
    if call.query.get("before") in ids:
        start = max(0, ids.index(call.query["before"]) - size)
    shown = found[start : start + size]
    links = []
    if start + size < len(found):
        links.append(f'<{call.link(after=str(shown[-1].id))}>; rel="next"')
    if start:
        links.append(f'<{call.link(before=str(shown[0].id))}>; rel="prev"')
    return FakeAnswer(200, [shapes.activity(call.view, entry) for entry in shown], {"Link": ", ".join(links)} if links else {})


@route("GET", REPO + "/forks")
def list_forks(call: FakeCall) -> FakeAnswer:
    """The forks."""
    forks = [one for one in call.state.forks(call.repository) if call.state.may_see(one, call.token)]
    return call.page(forks[::-1], lambda one: shapes.minimal_repository(call.view, one))


def _branches(repository: FakeRepository) -> list[tuple[str, str]]:
    return [(ref.removeprefix("refs/heads/"), sha) for ref, sha in repository.git.refs("refs/heads").items()]


def _protected(repository: FakeRepository, name: str) -> bool:
    return any(True for _rule in rules_for(repository, f"refs/heads/{name}"))


@route("GET", REPO + "/branches", "contents")
def list_branches(call: FakeCall) -> FakeAnswer:
    """The branches, by name."""
    one = call.repository
    pairs = [(name, sha) for name, sha in _branches(one) if call.query.get("protected", "").lower() in ("", str(_protected(one, name)).lower())]  # fmt: skip
    return call.page(pairs, lambda pair: commits.short_branch(call.view, one, *pair, protected=_protected(one, pair[0])))


@route("GET", REPO + "/branches/{branch}", "contents")
def get_branch(call: FakeCall) -> FakeAnswer:
    """One branch."""
    one, name = call.repository, call.parameters["branch"]
    sha = one.git.branch(name)
    if sha is None:
        raise FakeRefusal(404, "Branch not found")
    shape = commits.branch_with_protection(call.view, one, name, one.git.read(sha), protected=_protected(one, name))
    return FakeAnswer(200, shape)


@route("GET", REPO + "/branches/{branch}/protection", "administration", "admin", public=False)
def get_protection(call: FakeCall) -> FakeAnswer:
    """Protection of the older kind: there is none here, only rulesets."""
    _check_plan(call)
    if call.repository.git.branch(call.parameters["branch"]) is None:
        raise FakeRefusal(404, "Branch not found")
    raise FakeRefusal(404, "Branch not protected")


def _check_plan(call: FakeCall) -> None:
    if not call.repository.settings.has_rulesets:
        raise FakeRefusal(403, "Upgrade to GitHub Pro or make this repository public to enable this feature.")


@route("GET", REPO + "/commits", "contents")
def list_commits(call: FakeCall) -> FakeAnswer:
    """The commits of a branch or before a commit, the newest first; those that touched a path, those of an author."""
    one, query = call.repository, call.query
    start = one.git.commit_id(query.get("sha", one.default_branch))
    if start is None:
        if not one.git.refs("refs/heads"):
            raise FakeRefusal(409, "Git Repository is empty.")
        raise not_found()
    shas = one.git.log(start, path=query.get("path", ""))
    if author := query.get("author"):
        shas = [sha for sha in shas if _is_by(call, one.git.read(sha), author)]
    return call.page(shas, lambda sha: commits.commit(call.view, one, one.git.read(sha)))


def _is_by(call: FakeCall, commit: FakeCommit, author: str) -> bool:
    account = commits.account_of(call.view, commit.author.email)
    return author in (commit.author.email, account.login if account else None)


@route("GET", REPO + "/commits/{ref}", "contents")
def get_commit(call: FakeCall) -> FakeAnswer:
    """One commit, with what it changes."""
    one, name = call.repository, call.parameters["ref"]
    sha = one.git.commit_id(name)
    if sha is None:
        raise FakeRefusal(422, f"No commit found for SHA: {name}")
    if "sha" in call.headers.get("accept", ""):
        return FakeAnswer(200, sha.encode(), {"Content-Type": "application/vnd.github.sha; charset=utf-8"})
    commit = one.git.read(sha)
    before = commit.parents[0] if commit.parents else write_object(one.git.path, "tree", b"")
    return FakeAnswer(200, commits.commit_with_files(call.view, one, commit, one.git.changes(before, sha)))


@route("GET", REPO + "/compare/{basehead}", "contents")
def compare(call: FakeCall) -> FakeAnswer:
    """Two commits, compared from where they went apart."""
    one = call.repository
    base_name, dots, head_name = call.parameters["basehead"].partition("...")
    base, head = one.git.commit_id(base_name), one.git.commit_id(head_name.rpartition(":")[2])
    common = one.git.merge_base(base, head) if dots and base and head else None
    if base is None or head is None or common is None:
        raise not_found()
    ahead, behind = one.git.between(base, head), one.git.between(head, base)
    status = {(False, False): "identical", (True, False): "ahead", (False, True): "behind"}.get((bool(ahead), bool(behind)), "diverged")
    url, page = f"{call.view.repository_url(one)}/compare/{base}...{head}", f"{call.view.page_url(one)}/compare/{base}...{head}"
    shape = {
        "url": url,
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "base_commit": commits.commit(call.view, one, one.git.read(base)),
        "merge_base_commit": commits.commit(call.view, one, one.git.read(common)),
        "status": status,
        "ahead_by": len(ahead),
        "behind_by": len(behind),
        "total_commits": len(ahead),
        "commits": [commits.commit(call.view, one, one.git.read(sha)) for sha in ahead[:250]],
        "files": [commits.diff_entry(call.view, one, head, file) for file in one.git.changes(common, head)[:300]],
    }
    return FakeAnswer(200, shape)


@route("GET", REPO + "/teams", "administration", "admin", public=False)
def list_teams(call: FakeCall) -> FakeAnswer:
    """The organisation's teams: this GitHub has none, and a job's token may not even ask."""
    return call.page([], lambda one: one)


@route("GET", REPO + "/codeowners/errors", "contents")
def codeowners_errors(call: FakeCall) -> FakeAnswer:
    """Mistakes in CODEOWNERS: lines that name who may not write here."""
    one = call.repository
    tip = one.git.commit_id(call.query.get("ref", one.default_branch))
    if tip is None:
        raise not_found()
    found = next(((path, data) for path in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS") if (data := one.git.blob(tip, path)) is not None), None)  # fmt: skip
    if found is None:
        raise not_found()
    path, data = found
    problems = []
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        for word in line.partition("#")[0].split()[1:]:
            account = call.state.account(word.removeprefix("@")) if word.startswith("@") and "/" not in word else None
            if account is None or not call.state.has_role(one, account, "write"):
                column = line.index(word) + 1
                problems.append(
                    {
                        "line": number,
                        "column": column,
                        "kind": "Unknown owner",
                        "source": line,
                        "suggestion": f"make sure {word} exists and has write access to the repository",
                        "message": f"Unknown owner on line {number}: make sure {word} exists and has write access to the repository\n\n  {line}\n  {' ' * (column - 1)}^",
                        "path": path,
                    }
                )
    return FakeAnswer(200, {"errors": problems})


@route("GET", "/repos/{owner}/{repo}/git/ref/{ref}", "contents")
def get_ref(call: FakeCall) -> FakeAnswer:
    """One reference."""
    name = f"refs/{call.parameters['ref']}"
    sha = call.repository.git.ref(name)
    if sha is None:
        raise not_found()
    return FakeAnswer(200, commits.git_ref(call.view, call.repository, name, sha))


@route("GET", "/repos/{owner}/{repo}/git/matching-refs/{ref}", "contents")
def matching_refs(call: FakeCall) -> FakeAnswer:
    """The references whose names begin so."""
    begin = f"refs/{call.parameters['ref']}"
    found = [
        (name, sha) for name, sha in call.repository.git.refs("refs/heads", "refs/tags", "refs/pull").items() if name.startswith(begin)
    ]
    return call.page(found, lambda pair: commits.git_ref(call.view, call.repository, *pair))


def require_ref_name(name: str) -> str:
    """A full reference name that may be written. Raises FakeRefusal."""
    if not name.startswith(("refs/heads/", "refs/tags/")):
        raise invalid("Reference", "ref")
    return name
