"""A team that talks on a fake GitHub: comments with commands, and the two jobs that answer them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from click.testing import CliRunner

from marronnier.cli import marronnier
from marronnier.conversation.comment_commands import CommentReport, CommentRun
from marronnier.demo.github import FakePerson
from marronnier.demo.github.records import FakeComment, FakeIssue, FakePullRequest
from marronnier.model.history import History
from people import Town
from reviewing import BRAND_ON_GITHUB, NOW, PATH, POST, TODAY, Hub, make_template

WORKFLOWS = {
    ".github/workflows/publish.yml": "name: publish\non:\n  workflow_dispatch:\n    inputs:\n      command: {default: publish}\n      comment: {default: ''}\njobs: {}\n",
    ".github/workflows/check.yml": "name: check\non:\n  pull_request:\n  workflow_dispatch:\njobs: {}\n",
}
COMMENT_JOB = {"contents": "read", "pull_requests": "write", "issues": "write", "actions": "write"}
PUBLISHING_JOB = {"contents": "write", "pull_requests": "write", "issues": "write", "actions": "write"}


def template_with_workflows(town: Town, folder: Path, files: Mapping[str, str] | None = None, *, lang: str = "en") -> Path:
    """A brand whose workflows can be started; what is said on the forge is said in its language."""
    brand = {"brand/brand.yml": BRAND_ON_GITHUB["brand/brand.yml"].replace("lang: fr", f"lang: {lang}")}
    return make_template(town, folder, {**WORKFLOWS, **brand, **(files or {})})


class TalkingHub(Hub):
    """A repository where people give commands in comments."""

    @contextmanager
    def in_job(self, permissions: Mapping[str, str], *, holds_key: bool) -> Iterator[None]:
        """Act in a job with these permissions: with the publisher's key, or without any secret."""
        token = self.team.job(permissions)
        before, self.surroundings = self.surroundings, {**self.surroundings, "GITHUB_TOKEN": token}
        try:
            with self.being("publisher" if holds_key else "ines"):
                yield
        finally:
            self.surroundings = before

    def ask(self, comment: FakeComment, now: datetime = NOW) -> CommentReport:
        """The job without secrets."""
        with self.in_job(COMMENT_JOB, holds_key=False):
            return CommentRun(self.repo, now).ask(comment.id)

    def act(self, comment: FakeComment, now: datetime = NOW) -> CommentReport:
        """The job that publishes."""
        with self.in_job(PUBLISHING_JOB, holds_key=True):
            return CommentRun(self.repo, now).carry_out(comment.id)

    def both(self, comment: FakeComment, now: datetime = NOW) -> str:
        """Both jobs one after the other, as the workflows run them; the answer."""
        if self.ask(comment, now).is_asked:
            self.act(comment, now)
        return self.answer(comment)

    def tell(self, comment: FakeComment, now: datetime = NOW) -> str:
        """What the job that publishes answers to a comment."""
        self.act(comment, now)
        return self.answer(comment)

    def answers(self, comment: FakeComment) -> list[str]:
        """What was answered to a comment."""
        return [each.body for each in comment.issue.comments if each.body.startswith(f"<!-- marronnier:answer comment={comment.id} ")]

    def answer(self, comment: FakeComment) -> str:
        """The one answer to a comment, without its hidden line; empty where there is none."""
        found = self.answers(comment)
        assert len(found) <= 1
        return found[0].partition("\n")[2] if found else ""

    def publish(self, now: str = TODAY, *options: str) -> str:
        """A run of the publisher, as its job runs it; what it printed."""
        with self.in_job(PUBLISHING_JOB, holds_key=True):
            done = CliRunner().invoke(marronnier, ["-C", str(self.folder), "--now", now, "publish", *options])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.output

    def history(self, key: str) -> History:
        """What the ledger has of a publication."""
        return self.situation().ledger.history(key)

    def merged_post(self, text: str = POST, path: str = PATH, branch: str = "portes", by: FakePerson | None = None) -> FakePullRequest:
        """A post that Inès wrote, Karim or somebody else approved, and Omar merged."""
        pull = self.ines.open_pull_request(self.team, branch, {path: text}, title="Portes ouvertes")
        (by or self.karim).approve(pull)
        self.omar.merge(pull, "squash")
        return pull

    def issues_of(self, kind: str) -> list[FakeIssue]:
        """Our issues of a kind, open or closed."""
        return [issue for issue in self.team.issues if (issue.body or "").startswith(f"<!-- marronnier:{kind} ")]


def active_pieces(text: str) -> list[str]:
    """What a forge would make something of: everything outside code that is more than words and our own numbers."""
    from markdown_it import MarkdownIt

    found = []
    for token in MarkdownIt("commonmark").parse(text):
        if token.type == "html_block":
            found.append(token.content)
        for child in token.children or ():
            if child.type in ("html_inline", "image", "link_open"):
                found.append(child.content or str(child.attrs))
            elif child.type == "text" and ("@" in child.content or "::" in child.content or "fixes" in child.content):
                found.append(child.content)
    return found
