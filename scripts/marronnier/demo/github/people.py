"""People of the fake GitHub, for tests and the demo: each does what a person does on github.com or in a clone, with the rights that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from marronnier.demo.github.accounts import FakeAccount, FakeToken, Role
from marronnier.demo.github.acts import issue as issues
from marronnier.demo.github.acts import merge as merges
from marronnier.demo.github.acts import pull_request as pulls
from marronnier.demo.github.acts import review as reviews
from marronnier.demo.github.acts.push import note_pushes, push
from marronnier.demo.github.bare_git import WEB_FLOW, Ident
from marronnier.demo.github.records import (
    FakeComment,
    FakeIssue,
    FakePullRequest,
    FakeRepository,
    FakeReview,
    FakeReviewComment,
    MergeMethod,
)
from marronnier.demo.github.state import FakeRefusal, FakeState

Files = Mapping[str, str | bytes | None]
"""What to write, by path; None deletes."""


class HasRepository(Protocol):
    """Something that has a repository."""

    @property
    def record(self) -> FakeRepository:
        """The repository."""


@dataclass(frozen=True, slots=True)
class FakePerson:
    """Somebody with an account. What they may not do raises FakeRefusal, with the answer that GitHub would give."""

    state: FakeState
    account: FakeAccount
    as_token: FakeToken

    @property
    def id(self) -> int:
        """Their number."""
        return self.account.id

    @property
    def login(self) -> str:
        """How they are called now."""
        return self.account.login

    @property
    def token(self) -> str:
        """A token of theirs, for all that they may do."""
        return self.as_token.value

    def url(self, repository: HasRepository) -> str:
        """Where they clone from and push to, with their token in it."""
        scheme, _mark, host = self.state.address.partition("://")
        return f"{scheme}://{self.login}:{self.token}@{host}/{repository.record.full_name}.git"

    # The account

    def rename(self, login: str) -> None:
        """Take another login: the old one is anybody's from now on."""
        self.account.login = login

    def delete_account(self) -> None:
        """Become a ghost."""
        self.account.deleted = True

    # Files and branches

    def push(
        self, repository: HasRepository, branch: str, files: Files, message: str = "Write", *, start: str | None = None,
        author: FakePerson | Ident | None = None, co_authors: Sequence[FakePerson] = (), force: bool = False,
    ) -> str:  # fmt: skip
        """Commit in a clone and push; the commit's id. A new branch starts at the default branch, or at `start`."""
        with self.state.lock:
            record = self._require(repository, "write")
            tip = record.git.branch(branch)
            parent = record.git.commit_id(start) if start else tip or record.git.branch(record.default_branch)
            who = author.account.ident if isinstance(author, FakePerson) else author or self.account.ident
            trailers = "\n".join(f"Co-authored-by: {one.account.ident.name} <{one.account.ident.email}>" for one in co_authors)
            text = f"{message}\n\n{trailers}" if trailers else message
            made = record.git.commit_files(
                files, text, parents=(parent,) if parent else (), author=who, committer=self.account.ident, at=self.state.now()
            )
            self.push_commit(repository, branch, made, force=force or start is None)
            return made

    def push_commit(self, repository: HasRepository, branch: str, commit: str | None, *, force: bool = False) -> None:
        """Move a branch to a commit that is there (None deletes it)."""
        with self.state.lock:
            record = self._require(repository, "write")
            tip = record.git.branch(branch)
            if tip is not None and commit is not None and not force and not record.git.is_ancestor(tip, commit):
                raise FakeRefusal(422, "Update is not a fast forward")
            push(self.state, record, self.as_token, f"refs/heads/{branch}", commit)

    def merge_by_hand(self, repository: HasRepository, branch: str, into: str, files: Files | None = None, message: str = "") -> str:
        """Merge a branch in a clone and push; whatever stands in `files` is written in the merge commit itself."""
        with self.state.lock:
            record = self._require(repository, "write")
            tips = [record.git.branch(name) or "" for name in (into, branch)]
            tree, who = record.git.merged_tree(tips[0], tips[1]), self.account.ident
            if tree is None:
                raise FakeRefusal(409, "The two are in conflict")
            made = record.git.commit_tree(
                record.git.edited_tree(tree, files or {}), message or f"Merge branch '{branch}'", parents=tips, author=who, committer=who,
                at=self.state.now(),
            )  # fmt: skip
            push(self.state, record, self.as_token, f"refs/heads/{into}", made)
            return made

    def pushed(self, repository: HasRepository) -> None:
        """What was pushed straight to the folder since it was last looked at was theirs."""
        with self.state.lock:
            note_pushes(self.state, repository.record, self.as_token)

    def edit(self, repository: HasRepository, branch: str, files: Files, message: str = "") -> str:
        """Edit files on GitHub's pages: GitHub is the committer. A branch that is not there starts at the default branch."""
        with self.state.lock:
            record = self._require(repository, "write")
            tip = record.git.branch(branch) or record.git.branch(record.default_branch)
            who, text = self.account.ident, message or f"Update {next(iter(files))}"
            made = record.git.commit_files(files, text, parents=(tip,) if tip else (), author=who, committer=WEB_FLOW, at=self.state.now())
            push(self.state, record, self.as_token, f"refs/heads/{branch}", made)
            return made

    # Pull requests

    def open_pull_request(
        self, repository: HasRepository, branch: str, files: Files | None = None, *, title: str = "", body: str | None = None,
        base: str | None = None, draft: bool = False, message: str = "", head: HasRepository | None = None,
    ) -> FakePullRequest:  # fmt: skip
        """Push files on a branch where some are given, here or in a fork (`head`), and ask to have it merged."""
        with self.state.lock:
            home = (head or repository).record
            if files is not None:
                self.push(head or repository, branch, files, message or title or "Write")
            commit = home.git.branch(branch)
            return pulls.open_pull_request(
                self.state, repository.record, self.as_token, head=f"{home.owner.login}:{branch}", head_repo=home.full_name,
                base=base or repository.record.default_branch, body=body, draft=draft,
                title=title or (home.git.read(commit).title if commit else branch),
            )  # fmt: skip

    def close(self, pull: FakePullRequest) -> None:
        """Close a pull request."""
        with self.state.lock:
            pulls.edit_pull_request(self.state, pull, self.as_token, {"state": "closed"})

    def reopen(self, pull: FakePullRequest) -> None:
        """Open a pull request again."""
        with self.state.lock:
            pulls.edit_pull_request(self.state, pull, self.as_token, {"state": "open"})

    def retarget(self, pull: FakePullRequest, base: str) -> None:
        """Ask to have it merged into another branch."""
        with self.state.lock:
            pulls.edit_pull_request(self.state, pull, self.as_token, {"base": base})

    def mark_ready(self, pull: FakePullRequest) -> None:
        """A draft is ready for review."""
        with self.state.lock:
            pulls.mark_ready(self.state, pull, self.as_token, draft=False)

    def ask(self, pull: FakePullRequest, *people: FakePerson) -> None:
        """Ask people for a review."""
        with self.state.lock:
            pulls.request_reviewers(self.state, pull, self.as_token, [person.login for person in people])

    def update_branch(self, pull: FakePullRequest) -> str:
        """The button "Update branch"."""
        with self.state.lock:
            return pulls.update_branch(self.state, pull, self.as_token)

    def resolve_conflicts(self, pull: FakePullRequest, files: Files) -> str:
        """The page "Resolve conflicts", on which these files are written."""
        with self.state.lock:
            return pulls.resolve_conflicts(self.state, pull, self.as_token, files)

    def revert(self, pull: FakePullRequest) -> FakePullRequest:
        """The button "Revert", which opens another pull request."""
        with self.state.lock:
            self._require_role(pull.repository, "write")
            return merges.revert(self.state, pull, self.as_token)

    def merge(self, pull: FakePullRequest, method: MergeMethod = "merge", *, title: str | None = None, message: str | None = None) -> str:
        """The merge button; the commit that the base has then."""
        with self.state.lock:
            self._require_role(pull.repository, "write")
            return merges.merge(self.state, pull, self.as_token, method, title=title, message=message)

    def queue(self, *queued: FakePullRequest, method: MergeMethod = "merge") -> str:
        """The merge queue, with these in it."""
        with self.state.lock:
            self._require_role(queued[0].repository, "write")
            return merges.merge_in_queue(self.state, queued, self.as_token, method)

    # Reviews

    def approve(self, pull: FakePullRequest, body: str = "", *, commit: str | None = None) -> FakeReview:
        """Approve what the head is now, or the commit that was looked at."""
        with self.state.lock:
            return reviews.give_review(self.state, pull, self.as_token, "APPROVE", body=body, commit=commit)

    def request_changes(self, pull: FakePullRequest, body: str = "Not like this", *, commit: str | None = None) -> FakeReview:
        """Ask for changes."""
        with self.state.lock:
            return reviews.give_review(self.state, pull, self.as_token, "REQUEST_CHANGES", body=body, commit=commit)

    def remark(self, pull: FakePullRequest, body: str, *, commit: str | None = None) -> FakeReview:
        """A review that neither approves nor asks for changes."""
        with self.state.lock:
            return reviews.give_review(self.state, pull, self.as_token, "COMMENT", body=body, commit=commit)

    def dismiss(self, pull: FakePullRequest, review: FakeReview, message: str = "Out of date") -> None:
        """Dismiss somebody's review."""
        with self.state.lock:
            self._require_role(pull.repository, "write")
            reviews.dismiss_review(self.state, pull, self.as_token, review, message)

    def suggest(self, pull: FakePullRequest, path: str, line: int, text: str, *, start: int | None = None, words: str = "") -> FakeReviewComment:  # fmt: skip
        """Suggest other words for a line, or for the lines from `start` on."""
        suggestion = f"{words}\n```suggestion\n{text}\n```".lstrip("\n")
        return self.comment_on_line(pull, path, line, suggestion, start=start)

    def comment_on_line(self, pull: FakePullRequest, path: str, line: int, body: str, *, start: int | None = None) -> FakeReviewComment:
        """Say something about lines of a file."""
        with self.state.lock:
            asked = {"path": path, "line": line, "body": body, **({} if start is None else {"start_line": start})}
            return reviews.add_line_comment(self.state, pull, self.as_token, asked)

    def commit_suggestion(self, pull: FakePullRequest, *comments: FakeReviewComment, title: str = "") -> str:
        """The button "Commit suggestion", for one or for several together."""
        with self.state.lock:
            return reviews.commit_suggestions(self.state, pull, self.as_token, comments, title)

    # Words

    def comment(self, on: FakePullRequest | FakeIssue, body: str) -> FakeComment:
        """Comment on a pull request or an issue."""
        with self.state.lock:
            repository, issue = self._issue(on)
            return issues.comment(self.state, repository, issue, self.as_token, body)

    def edit_comment(self, comment: FakeComment, body: str) -> None:
        """Change a comment, one's own or, with the right to write, somebody else's."""
        with self.state.lock:
            issues.edit_comment(self.state, self._issue(comment.issue)[0], comment, self.as_token, body)

    def open_issue(self, repository: HasRepository, title: str, body: str | None = None, labels: Sequence[str] = (), assignees: Sequence[FakePerson] = ()) -> FakeIssue:  # fmt: skip
        """Open an issue."""
        with self.state.lock:
            logins = [person.login for person in assignees]
            return issues.open_issue(self.state, repository.record, self.as_token, title, body, labels, logins)

    def label(self, on: FakePullRequest | FakeIssue, *names: str) -> None:
        """Put labels on."""
        with self.state.lock:
            repository, issue = self._issue(on)
            self._require_role(repository, "triage")
            issues.add_labels(self.state, repository, issue, self.as_token, names)

    def unlabel(self, on: FakePullRequest | FakeIssue, name: str) -> None:
        """Take a label off."""
        with self.state.lock:
            repository, issue = self._issue(on)
            self._require_role(repository, "triage")
            issues.remove_label(self.state, repository, issue, self.as_token, name)

    def close_issue(self, issue: FakeIssue, reason: str = "completed") -> None:
        """Close an issue."""
        with self.state.lock:
            issues.edit_issue(self.state, self._issue(issue)[0], issue, self.as_token, {"state": "closed", "state_reason": reason})

    def _issue(self, on: FakePullRequest | FakeIssue) -> tuple[FakeRepository, FakeIssue]:
        issue = on.issue if isinstance(on, FakePullRequest) else on
        for repository in self.state.repositories.values():
            if repository.issues.get(issue.number) is issue:
                return repository, issue
        raise KeyError(issue.number)

    def _require(self, repository: HasRepository, role: Role) -> FakeRepository:
        self._require_role(repository.record, role)
        return repository.record

    def _require_role(self, repository: FakeRepository, role: Role) -> None:
        if self.account.deleted or not self.state.has_role(repository, self.account, role):
            raise FakeRefusal(403, f"Permission to {repository.full_name} denied to {self.login}.")
