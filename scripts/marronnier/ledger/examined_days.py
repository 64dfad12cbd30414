"""The day on which a run last examined the credentials of its channels: the name of a reference, as heartbeats are, which costs no commit.

`refs/marronnier/examined/<day>` stands at origin; that of a job that serves some channels only ends in `.<mark of these channels>`.
Whoever may push can forge one: then nobody asks that day, and nothing else comes of it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

from marronnier.git import GitError, Repo, origin
from marronnier.ledger import push

PREFIX = "refs/marronnier/examined/"

_NAME = re.compile(re.escape(PREFIX) + r"\d{4}-\d\d-\d\d(?P<mark>(?:\.[0-9a-f]{8})?)")


def is_taken(repo: Repo, day: date, mark: str) -> bool:
    """Whether a run of that job took the day. Raises GitError where origin does not answer."""
    return _name(day, mark) in _names(repo)


def take_day(repo: Repo, day: date, mark: str, commit: str) -> bool:
    """Take a day for this run; whether it is the first of its job that does. `commit`: one that origin has.

    Raises GitError where origin does not answer, or takes no reference.
    """
    wanted = _name(day, mark)
    there = _names(repo)
    if wanted in there:
        return False
    try:
        if repo.has_remote():
            _push(repo, f"--force-with-lease={wanted}:", f"{commit}:{wanted}")
        else:
            repo.run("update-ref", wanted, commit, "")
    except GitError:
        # Another run was faster, or the answer was lost: whoever took it, once is enough.
        if wanted in _names(repo):
            return False
        raise
    _delete(repo, [name for name in there if (match := _NAME.fullmatch(name)) and match["mark"].lstrip(".") == mark])
    return True


def _name(day: date, mark: str) -> str:
    return f"{PREFIX}{day.isoformat()}{f'.{mark}' if mark else ''}"


def _names(repo: Repo) -> frozenset[str]:
    """The days that were taken, as origin has them now."""
    if repo.has_remote():
        return frozenset(origin.list_references(repo, f"{PREFIX}*").references)
    return frozenset((repo.try_text("for-each-ref", "--format=%(refname)", PREFIX) or "").splitlines())


def _delete(repo: Repo, names: list[str]) -> None:
    """Delete days that are over; where that fails they are in nobody's way."""
    with suppress(GitError):
        if not repo.has_remote():
            for name in names:
                repo.run("update-ref", "-d", name)
        elif names:
            _push(repo, *(f":{name}" for name in names))


def _push(repo: Repo, *arguments: str) -> None:
    options = [each for each in arguments if each.startswith("--")]
    repo.run(
        *push.PUSH_SETTINGS,
        *("push", "--quiet", "--no-verify", "--no-follow-tags", "--recurse-submodules=no", *options, "--end-of-options", "origin"),
        *(each for each in arguments if not each.startswith("--")),
        timeout=push.NETWORK_TIMEOUT,
    )
