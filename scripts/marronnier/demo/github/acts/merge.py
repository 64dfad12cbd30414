"""The merge button: a merge commit, a squash, a rebase, and the merge queue, each with the commits that GitHub writes.

https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/incorporating-changes-from-a-pull-request/about-pull-request-merges
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from marronnier.demo.github.accounts import FakeToken
from marronnier.demo.github.acts.pull_request import open_pull_request
from marronnier.demo.github.acts.push import mark_merged, push
from marronnier.demo.github.acts.rules import check_merge
from marronnier.demo.github.bare_git import WEB_FLOW, FakeCommit
from marronnier.demo.github.records import FakePullRequest, MergeMethod
from marronnier.demo.github.state import FakeRefusal, FakeState

_CO_AUTHOR = re.compile(r"^co-authored-by:\s*(.+?)\s*<([^>\n]+)>\s*$", re.IGNORECASE | re.MULTILINE)


def merge(
    state: FakeState, pull: FakePullRequest, by: FakeToken, method: MergeMethod = "merge", *,
    title: str | None = None, message: str | None = None, sha: str | None = None,
) -> str:  # fmt: skip
    """Merge it, and return the commit that the base has now. Raises FakeRefusal with the reason."""
    _check(state, pull, by, method, sha)
    base = _base(pull)
    pull.merged_onto = base
    landed = _make(state, pull, by, method, base, title, message)
    mark_merged(state, pull, landed, by)
    push(state, pull.repository, by, f"refs/heads/{pull.base_branch}", landed, "pr_merge")
    _tidy(state, pull, by)
    return landed


def merge_in_queue(state: FakeState, pulls: Sequence[FakePullRequest], by: FakeToken, method: MergeMethod = "merge") -> str:
    """Let the merge queue take several, each upon the one before; the base moves once. Raises FakeRefusal; then none is merged."""
    queue = state.account("github-merge-queue[bot]") or state.add_account("github-merge-queue[bot]", "Bot", 118344674)
    as_queue = FakeToken("", queue)
    tip = _base(pulls[0])
    made: list[tuple[FakePullRequest, str]] = []
    for pull in pulls:
        check_merge(state, pull, by)
        pull.merged_onto = tip
        tip = _make(state, pull, as_queue, method, tip, None, None)
        made.append((pull, tip))
    for pull, landed in made:
        mark_merged(state, pull, landed, as_queue)
    push(state, pulls[0].repository, as_queue, f"refs/heads/{pulls[0].base_branch}", tip, "merge_queue_merge")
    for pull in pulls:
        _tidy(state, pull, by)
    return tip


def _check(state: FakeState, pull: FakePullRequest, by: FakeToken, method: MergeMethod, sha: str | None) -> None:
    settings = pull.repository.settings
    if not {"merge": settings.allow_merge, "squash": settings.allow_squash, "rebase": settings.allow_rebase}[method]:
        name = {"merge": "Merge commits", "squash": "Squash merges", "rebase": "Rebase merges"}[method]
        raise FakeRefusal(405, f"{name} are not allowed on this repository.")
    if not pull.is_open:
        raise FakeRefusal(405, "Pull Request is not mergeable")
    if pull.draft:
        raise FakeRefusal(405, "Pull Request is still a draft")
    if sha is not None and sha != pull.head_sha:
        raise FakeRefusal(409, "Head branch was modified. Review and try the merge again.")
    check_merge(state, pull, by)


def _base(pull: FakePullRequest) -> str:
    base = pull.repository.git.branch(pull.base_branch)
    if base is None:
        raise FakeRefusal(405, "Base branch was deleted")
    return base


def _make(state: FakeState, pull: FakePullRequest, by: FakeToken, method: MergeMethod, base: str, title: str | None, message: str | None) -> str:  # fmt: skip
    """The commit that will be the base's."""
    git = pull.repository.git
    pull.commits = git.between(base, pull.head_sha)
    if method == "rebase":
        return _rebase(state, pull, by, base)
    tree = git.merged_tree(base, pull.head_sha)
    if tree is None:
        raise FakeRefusal(405, "Pull Request is not mergeable")
    if method == "merge":
        author, parents = by.account.ident, [base, pull.head_sha]
        title = title or f"Merge pull request #{pull.number} from {pull.head_owner.login}/{pull.head_branch}"
        message = pull.issue.title if message is None else message
    else:
        author, parents = pull.author.ident, [base]
        given_title, given_message = title, message
        title, message = squash_message(pull, [git.read(oid) for oid in pull.commits])
        title, message = given_title or title, message if given_message is None else given_message
    text = f"{title}\n\n{message}" if message else title
    landed = git.commit_tree(tree, text, parents=parents, author=author, committer=WEB_FLOW, at=state.now())
    pull.landed.add(landed)
    return landed


def squash_message(pull: FakePullRequest, commits: Sequence[FakeCommit]) -> tuple[str, str]:
    """What GitHub proposes for a squash: of one commit its own message, else a list; then everybody else who wrote any of it."""
    single = [one for one in commits if len(one.parents) < 2]
    settings = pull.repository.settings
    uses_commit = settings.squash_title == "COMMIT_OR_PR_TITLE" and len(single) == 1
    title = f"{single[0].title if uses_commit else pull.issue.title} (#{pull.number})"
    if settings.squash_message == "PR_BODY":
        body = pull.issue.body or ""
    elif settings.squash_message == "BLANK":
        body = ""
    elif len(single) == 1:
        body = _CO_AUTHOR.sub("", single[0].text).strip("\n")
    else:
        body = "\n\n".join(f"* {_CO_AUTHOR.sub('', one.message).strip()}" for one in single)
    lines = co_authors(pull, single)
    if lines:
        rule = ("---------",) if len(single) > 1 and body else ()
        body = "\n\n".join((*((body,) if body else ()), *rule, "\n".join(lines)))
    return title, body


def co_authors(pull: FakePullRequest, commits: Sequence[FakeCommit]) -> list[str]:
    """A line for everybody but the author of the pull request: authors of commits, and co-authors named there."""
    people: dict[str, str] = {}
    for one in commits:
        named = [(one.author.name, one.author.email), *_CO_AUTHOR.findall(one.message)]
        for name, email in named:
            people.setdefault(email.casefold(), f"Co-authored-by: {name} <{email}>")
    own = {pull.author.email.casefold(), pull.author.noreply.casefold(), pull.author.ident.email.casefold()}
    return [line for email, line in people.items() if email not in own]


def _rebase(state: FakeState, pull: FakePullRequest, by: FakeToken, base: str) -> str:
    """Each commit again, upon the base: new ids even where nothing was in between, and whoever merged is the committer."""
    git = pull.repository.git
    tip = base
    for oid in pull.commits:
        one = git.read(oid)
        if len(one.parents) > 1:
            continue
        tree = git.picked_tree(oid, tip, state.now())
        if tree is None:
            raise FakeRefusal(405, "This branch can't be rebased")
        if tree == git.read(tip).tree and one.parents and git.read(one.parents[0]).tree != one.tree:
            # What the base has already is left out; a commit that was empty from the start is kept.
            continue
        tip = git.commit_tree(
            tree, one.message, parents=(tip,), author=one.author, committer=by.account.ident, at=state.now(), authored_at=one.authored_at
        )  # fmt: skip
        pull.landed.add(tip)
    return tip


def revert(state: FakeState, pull: FakePullRequest, by: FakeToken) -> FakePullRequest:
    """The button "Revert": a branch that undoes what a merge brought, and a pull request for it. Raises FakeRefusal."""
    repository, git = pull.repository, pull.repository.git
    tip = _base(pull)
    if pull.merged_at is None or pull.merge_commit_sha is None:
        raise FakeRefusal(422, "Only merged pull requests can be reverted")
    before = pull.merged_onto or git.read(pull.merge_commit_sha).parents[0]
    tree = git.undone_tree(before, pull.merge_commit_sha, tip, state.now())
    if tree is None:
        raise FakeRefusal(422, "Sorry, this pull request couldn’t be reverted automatically")
    title, branch = f'Revert "{pull.issue.title}"', f"revert-{pull.number}-{pull.head_branch}"
    made = git.commit_tree(tree, title, parents=(tip,), author=by.account.ident, committer=WEB_FLOW, at=state.now())
    push(state, repository, by, f"refs/heads/{branch}", made)
    body = f"Reverts {repository.full_name}#{pull.number}"
    return open_pull_request(state, repository, by, head=branch, base=pull.base_branch, title=title, body=body)


def _tidy(state: FakeState, pull: FakePullRequest, by: FakeToken) -> None:
    """Delete the merged branch where the settings say so."""
    if pull.repository.settings.delete_branch_on_merge and pull.head_repository is pull.repository:
        push(state, pull.repository, by, f"refs/heads/{pull.head_branch}", None)
