"""The comment in the pull request that brought a post: where each of its publications landed. One a pull request, updated as they go out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial

from marronnier.conversation import own_comments
from marronnier.conversation.attempts import attempt_all
from marronnier.conversation.marked_text import MOST_CHARACTERS, MOST_SHOWN, fields_of, joined, link, told_of
from marronnier.forge import Conversations
from marronnier.git import GitError, Repo
from marronnier.messages import _, format_instant
from marronnier.model.plan import Plan, PlanLine
from marronnier.proofs.situation_loader import CommittedSituation
from marronnier.text.markdown_code import code_span, plain_or_code, shortened

SENT = "sent"
RECENT = timedelta(hours=6)
"""How long after a publication went out a run looks whether its pull request was told: what one run could not write the next ones do."""


class SentComments:
    """The comments in pull requests whose posts went out lately."""

    def __init__(self, repo: Repo, conversations: Conversations, situation: CommittedSituation, planned: Plan) -> None:
        self.repo = repo
        self.conversations = conversations
        self.situation = situation
        self.lines: dict[str, list[PlanLine]] = {}
        for line in planned.lines:
            if not line.proposal:
                self.lines.setdefault(line.publication.post.id, []).append(line)
        self._pulls: dict[str, int] = {}

    def update(self) -> None:
        """Write or update the comments. Raises ForgeTrouble, where the next run goes on."""
        posts: dict[int, list[str]] = {}
        for post_id in self.lines:
            if self._went_out_lately(post_id) and (number := self._pull_of(post_id)):
                posts.setdefault(number, []).append(post_id)
        attempt_all(partial(self._tell, number, of_pull) for number, of_pull in sorted(posts.items()))

    def _tell(self, number: int, post_ids: Sequence[str]) -> None:
        """Write or update the comment of one pull request."""
        told = [post_id for post_id in self._told(number) if post_id in self.lines and self._pull_of(post_id) == number]
        all_posts = sorted({*post_ids, *told})
        # A name that is cut off names no post, and is left alone.
        posts = ",".join(all_posts)[: MOST_CHARACTERS // 2]
        text = joined(self._pieces(all_posts), MOST_CHARACTERS - len(posts))
        own_comments.keep_one(self.conversations, number, SENT, text, {}, extra={"posts": posts})

    def _went_out_lately(self, post_id: str) -> bool:
        since = self.situation.now - RECENT
        histories = (line.history for line in self.lines[post_id] if line.history is not None)
        return any(event.name == "sent" and event.at >= since for history in histories for event in history.events)

    def _told(self, number: int) -> Sequence[str]:
        """The posts of which our comment tells already."""
        found = own_comments.ours(self.conversations, number, SENT)
        return (fields_of(SENT, found[0].text) or {}).get("posts", "").split(",") if found else ()

    def _pull_of(self, post_id: str) -> int:
        """The pull request that brought the words of a post that went out; 0 where none did."""
        if post_id not in self._pulls:
            line = next((line for line in self.lines[post_id] if line.history is not None and line.history.seal is not None), None)
            seal = line.history.seal if line is not None and line.history is not None else None
            commit = self._last_change(post_id, seal.commit if seal is not None and seal.commit else self.situation.commit)
            numbers = self.conversations.merged_by(commit) if commit else ()
            self._pulls[post_id] = max(numbers, default=0)
        return self._pulls[post_id]

    def _last_change(self, post_id: str, tip: str) -> str:
        """The commit of the default branch's own line that last changed the file of a post; empty where git does not tell."""
        path = f":(literal){self.lines[post_id][0].publication.post.path}"
        try:
            return self.repo.text("log", "-1", "--first-parent", "--format=%H", "--end-of-options", tip, "--", path)
        except GitError:
            return ""

    def _pieces(self, post_ids: Sequence[str]) -> Iterator[str]:
        yield _("Where it landed:")
        for post_id in post_ids:
            lines: Mapping[str, PlanLine] = {line.key: line for line in self.lines[post_id]}
            items = "\n".join(
                told_of(code_span(line.publication.channel_name), self._place(line)) for line in lines.values() if self._is_told_of(line)
            )
            yield f"{code_span(shortened(next(iter(lines.values())).publication.post.title, MOST_SHOWN))}\n\n{items}"

    def _is_told_of(self, line: PlanLine) -> bool:
        """Not of each later occurrence of a repeat, nor of what is over."""
        return line.state not in ("idea", "past") and (line.publication.occurrence is None or self._has_receipt(line))

    def _has_receipt(self, line: PlanLine) -> bool:
        return line.history is not None and line.history.receipt is not None

    def _address(self, url: str) -> str:
        """Where people see it. The brand's own feed gives a path, whose site is where the brand says."""
        if not url.startswith("/"):
            return link(url) if url else ""
        site = self.situation.desk.brand.site_url.rstrip("/")
        return link(f"{site}{url}") if site else _("on the brand's own site, at {path}", path=code_span(url))

    def _place(self, line: PlanLine) -> str:
        if self._has_receipt(line) and line.state in ("sent", "edited"):
            assert line.history is not None
            receipt = line.history.receipt
            assert receipt is not None
            when = format_instant(self.situation.local(receipt.at))
            return " · ".join(filter(None, (self._address(receipt.url), when)))
        if line.shown_state == "needs you":
            return _("needs somebody: {why}", why=plain_or_code(line.why))
        at = line.instant.at
        return _("still to come, {when}", when=format_instant(self.situation.local(at))) if at is not None else _("still to come")
