"""Commits that ask for an approval or give one: their trailers, read and written."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from marronnier.forge.approval_signature import statements_in
from marronnier.git import GitError, Repo
from marronnier.git.commit_log import Commit, read_commits
from marronnier.messages import Trouble, _
from marronnier.model.claim import Claim, Contributors, NamedDigests, NamedPolicy, PolicyClaim


def approvals_in(commit: Commit) -> tuple[NamedDigests, ...]:
    """What its `Approved-content:` trailers name."""
    return _named_in(commit, "approved-content")


def requests_in(commit: Commit) -> tuple[NamedDigests, ...]:
    """What its `Ask:` trailers name."""
    return _named_in(commit, "ask")


def approver_in(commit: Commit) -> str:
    """The one person that its `Approved-by:` trailers name; empty when they name none or several."""
    people = {value for name, value in commit.trailers if name == "approved-by"}
    return people.pop() if len(people) == 1 else ""


def claims_in(commits: Iterable[Commit], arrivals: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims of commits, in their order; `arrivals` gives the commit of the default branch's own line that brought each."""
    claims: list[Claim] = []
    commits = tuple(commits)
    known = {commit.oid for commit in commits}
    for commit in commits:
        claims += _signed_claims(commit, arrivals, known)
        if not commit.trailers or (commit.signed_message and not requests_in(commit)):
            continue
        person, approvals, requests = approver_in(commit), approvals_in(commit), requests_in(commit)
        addresses = frozenset({commit.contributors.author, commit.contributors.committer})
        arrived = arrivals.get(commit.oid) if approvals or requests else None
        if person and not commit.signed_message:
            claims += [
                Claim(person, named.key, named.digests, commit.written_at, commit.oid, arrived, commit.oid, addresses, older_form=True)
                for named in approvals
            ]
        claims += [
            Claim("", named.key, named.digests, commit.at, commit.oid, arrived, commit.oid, addresses, is_request=True)
            for named in requests
        ]
    return tuple(claims)


def _signed_claims(commit: Commit, arrivals: Mapping[str, str], known: Container[str]) -> Iterator[Claim]:
    """The claims of the signed statements in a commit's message. Who committed it says nothing about them."""
    for statement in statements_in(commit.signed_message):
        for content in statement.contents:
            if (named := NamedDigests.parse(content)) is not None:
                seen = statement.head if statement.head in known else commit.oid
                arrived = arrivals.get(commit.oid)
                yield Claim(statement.by, named.key, named.digests, commit.written_at, commit.oid, arrived, seen, statement=statement)


def policy_claims_in(commits: Iterable[Commit]) -> tuple[PolicyClaim, ...]:
    """The claims on a policy in commits, in their order: signed statements wherever they stand, and unsigned ones as trailers."""
    claims: list[PolicyClaim] = []
    for commit in commits:
        for statement in statements_in(commit.signed_message):
            named = (NamedPolicy.parse(content) for content in statement.contents)
            claims += [PolicyClaim(statement.by, each, commit.written_at, statement) for each in named if each is not None]
        if commit.trailers and not commit.signed_message and (person := approver_in(commit)):
            addresses = frozenset({commit.contributors.author, commit.contributors.committer})
            claims += [PolicyClaim(person, named, commit.written_at, addresses=addresses) for named in policies_in(commit)]
    return tuple(claims)


def policies_in(commit: Commit) -> tuple[NamedPolicy, ...]:
    """The policies that its `Approved-content:` trailers name."""
    values = (value for name, value in commit.trailers if name == "approved-content")
    return tuple(named for value in values if (named := NamedPolicy.parse(value)) is not None)


def contributors_in(commits: Mapping[str, Commit]) -> Mapping[str, Contributors]:
    """Who made each commit, in the same order; commits that only approve or ask changed no words and are left out."""
    return {oid: commit.contributors for oid, commit in commits.items() if not _is_only_claims(commit)}


def write_empty_commit(repo: Repo, head: str, heading: str, trailers: Sequence[str], key: str) -> str:
    """An empty commit upon another, not yet on any branch, signed when there is a key; its id. Raises Trouble.

    What is staged or changed in the working directory cannot get into it.
    """
    message = "\n".join((heading, "", *trailers, "")).encode()
    config = {"gpg.format": "ssh", "user.signingkey": key} if key else {}
    try:
        oid = repo.run("commit-tree", *(("-S",) if key else ()), "-p", head, "-F", "-", f"{head}^{{tree}}", stdin=message, config=config)
    except GitError as error:
        raise Trouble(
            _("git could not create the commit: {said}", said=str(error)), _("Check the key and the identity, then try again.")
        ) from error
    return oid.decode().strip()


def advance_branch(repo: Repo, ref: str, commit: str, before: str, command: str) -> None:
    """Move a branch from one commit to another; empty `before` makes the branch. Raises Trouble when it moved meanwhile."""
    try:
        repo.run("update-ref", "-m", f"marronnier {command}", ref, commit, before or "0" * len(commit))
    except GitError as error:
        raise Trouble(
            _("The branch changed in the meantime: {said}", said=str(error)), _("Look at it, then run the command again.")
        ) from error


def free_branch_name(repo: Repo, name: str) -> str:
    """The name, or with a number behind it when there is such a branch already. Raises Trouble after a thousand of them.

    A post's id may hold what git lets no branch be called.
    """
    safe = name.rstrip(".").replace("..", ".").removesuffix(".lock")
    for number in range(1, 1000):
        numbered = safe if number == 1 else f"{safe}-{number}"
        if repo.commit_id(f"refs/heads/{numbered}") is None:
            return numbered
    raise Trouble(_("There are too many branches called {name}", name=safe), _("Delete those you no longer need."))


def read_own(repo: Repo, head: str, base: str) -> Mapping[str, Commit]:
    """The commits of a branch that another commit does not come after, oldest first. Raises GitError."""
    return read_commits(repo, head, f"^{base}")


def _named_in(commit: Commit, trailer: str) -> tuple[NamedDigests, ...]:
    return tuple(named for name, value in commit.trailers if name == trailer and (named := NamedDigests.parse(value)) is not None)


def _is_only_claims(commit: Commit) -> bool:
    return (
        bool(approvals_in(commit) or requests_in(commit) or policies_in(commit))
        and not commit.contributors.co_authors
        and len(commit.parents) == 1
    )
