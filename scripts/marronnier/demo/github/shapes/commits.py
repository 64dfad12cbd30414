"""Commits, references and files, as the API writes them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from marronnier.demo.github.accounts import FakeAccount
from marronnier.demo.github.bare_git import WEB_FLOW, ChangedFile, FakeCommit
from marronnier.demo.github.records import FakeRepository
from marronnier.demo.github.shapes.accounts import maybe_user
from marronnier.demo.github.shapes.view import FakeView, instant, node_id

_UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}
"""This GitHub signs nothing."""


def account_of(view: FakeView, email: str) -> FakeAccount | None:
    """The account that a commit's address belongs to: anybody may write any address."""
    folded = email.casefold()
    if folded == WEB_FLOW.email:
        return view.state.web_flow()
    for account in view.state.accounts.values():
        if not account.deleted and folded in (account.email.casefold(), account.noreply.casefold(), _old_noreply(account)):
            return account
    return None


def _old_noreply(account: FakeAccount) -> str:
    return f"{account.login}@users.noreply.github.com".casefold()


def git_user(commit: FakeCommit, who: str) -> dict[str, Any]:
    """Author or committer, as the commit itself says."""
    ident, at = (commit.author, commit.authored_at) if who == "author" else (commit.committer, commit.committed_at)
    return {"name": ident.name, "email": ident.email, "date": instant(at)}


def commit(view: FakeView, repository: FakeRepository, one: FakeCommit) -> dict[str, Any]:
    """A commit, in a listing."""
    url, page = view.repository_url(repository), view.page_url(repository)
    return {
        "sha": one.sha,
        "node_id": node_id("Commit", one.sha),
        "commit": {
            "author": git_user(one, "author"),
            "committer": git_user(one, "committer"),
            "message": one.message,
            "tree": {"sha": one.tree, "url": f"{url}/git/trees/{one.tree}"},
            "url": f"{url}/git/commits/{one.sha}",
            "comment_count": 0,
            "verification": dict(_UNSIGNED),
        },
        "url": f"{url}/commits/{one.sha}",
        "html_url": f"{page}/commit/{one.sha}",
        "comments_url": f"{url}/commits/{one.sha}/comments",
        "author": maybe_user(view, account_of(view, one.author.email)),
        "committer": maybe_user(view, account_of(view, one.committer.email)),
        "parents": [
            {"sha": parent, "url": f"{url}/commits/{parent}", "html_url": f"{page}/commit/{parent}"} for parent in one.parents
        ],
    }  # fmt: skip


def git_commit(view: FakeView, repository: FakeRepository, one: FakeCommit) -> dict[str, Any]:
    """A commit, as Git itself has it."""
    url, page = view.repository_url(repository), view.page_url(repository)
    return {
        "sha": one.sha,
        "node_id": node_id("Commit", one.sha),
        "url": f"{url}/git/commits/{one.sha}",
        "html_url": f"{page}/commit/{one.sha}",
        "author": git_user(one, "author"),
        "committer": git_user(one, "committer"),
        "tree": {"sha": one.tree, "url": f"{url}/git/trees/{one.tree}"},
        "message": one.message,
        "parents": [{"sha": parent, "url": f"{url}/git/commits/{parent}", "html_url": f"{page}/commit/{parent}"} for parent in one.parents],
        "verification": dict(_UNSIGNED),
    }


def diff_entry(view: FakeView, repository: FakeRepository, sha: str, file: ChangedFile) -> dict[str, Any]:
    """A changed file."""
    url, page = view.repository_url(repository), view.page_url(repository)
    shape: dict[str, Any] = {
        "sha": file.sha,
        "filename": file.path,
        "status": file.status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": file.additions + file.deletions,
        "blob_url": f"{page}/blob/{sha}/{file.path}",
        "raw_url": f"{page}/raw/{sha}/{file.path}",
        "contents_url": f"{url}/contents/{file.path}?ref={sha}",
    }
    if file.patch:
        shape["patch"] = file.patch
    if file.previous_path:
        shape["previous_filename"] = file.previous_path
    return shape


def commit_with_files(view: FakeView, repository: FakeRepository, one: FakeCommit, files: list[ChangedFile]) -> dict[str, Any]:
    """A commit, asked for by itself."""
    additions, deletions = sum(file.additions for file in files), sum(file.deletions for file in files)
    return {
        **commit(view, repository, one),
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [diff_entry(view, repository, one.sha, file) for file in files],
    }


def git_ref(view: FakeView, repository: FakeRepository, name: str, sha: str, kind: str = "commit") -> dict[str, Any]:
    """A reference."""
    url = view.repository_url(repository)
    return {
        "ref": name,
        "node_id": node_id("Ref", name),
        "url": f"{url}/git/{name}",
        "object": {"type": kind, "sha": sha, "url": f"{url}/git/{kind}s/{sha}"},
    }


def short_branch(view: FakeView, repository: FakeRepository, name: str, sha: str, *, protected: bool) -> dict[str, Any]:
    """A branch, in a listing."""
    return {"name": name, "commit": {"sha": sha, "url": f"{view.repository_url(repository)}/commits/{sha}"}, "protected": protected}


def branch_with_protection(view: FakeView, repository: FakeRepository, name: str, one: FakeCommit, *, protected: bool) -> dict[str, Any]:
    """A branch, asked for by itself."""
    url = f"{view.repository_url(repository)}/branches/{name}"
    return {
        "name": name,
        "commit": commit(view, repository, one),
        "_links": {"self": url, "html": f"{view.page_url(repository)}/tree/{name}"},
        "protected": protected,
        "protection": {"enabled": False, "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []}},
        "protection_url": f"{url}/protection",
    }


def content(view: FakeView, repository: FakeRepository, ref: str, row: tuple[str, str, str, str], read: Callable[[], bytes] | None = None) -> dict[str, Any]:  # fmt: skip
    """A file, a folder, a link or a submodule in a commit; its bytes where they are asked for and not too many."""
    kind, mode, sha, path = row
    url, page = view.repository_url(repository), view.page_url(repository)
    here, seen = f"{url}/contents/{path}?ref={ref}", f"{page}/{'tree' if kind == 'tree' else 'blob'}/{ref}/{path}"
    data = read() if read is not None else None
    name = {"tree": "dir", "commit": "submodule"}.get(kind, "symlink" if mode == "120000" else "file")
    shape: dict[str, Any] = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "size": len(data or b""),
        "url": here,
        "html_url": seen,
        "git_url": f"{url}/git/{kind}s/{sha}",
        "download_url": f"{page}/raw/{ref}/{path}" if kind == "blob" else None,
        "type": name,
        "_links": {"self": here, "git": f"{url}/git/{kind}s/{sha}", "html": seen},
    }
    if data is not None and name == "file":
        shape |= {"encoding": "base64", "content": base64.encodebytes(data).decode()} if len(data) <= 1 << 20 else {"encoding": "none", "content": ""}  # fmt: skip
    if data is not None and name == "symlink":
        shape["target"] = data.decode("utf-8", "replace")
    return shape
