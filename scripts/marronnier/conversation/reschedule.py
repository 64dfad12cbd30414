"""`/reschedule`: another date for a post of a pull request, written as a commit on its branch by whoever asked."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from marronnier import desk as desks
from marronnier.conversation.command_syntax import CommentCommand
from marronnier.conversation.marked_text import lines_block
from marronnier.conversation.outcome import Outcome
from marronnier.desk import post_parser
from marronnier.desk.commit_tree import CommitTree
from marronnier.files import document, line_fixes
from marronnier.forge import Comment, Conversations, Forge, ForgeTrouble, ProposedBranch
from marronnier.git import Repo
from marronnier.messages import _, day_with_weekday
from marronnier.model.brand import Brand
from marronnier.model.finding import Fix
from marronnier.model.post import FrontMatter, Post
from marronnier.model.scalars import WrittenDate, zone_or_utc
from marronnier.text.markdown_code import code_span
from marronnier.timetable import local_time

END_OF_DAY = time(23, 59)
"""For a day without an hour: a channel may have an hour of its own."""
CHECK = "check.yml"
"""The workflow that checks a branch: the push of a job starts none."""

_VALUE = re.compile(r"""(?P<key>\s*["']?(?:date|slot)["']?\s*(?P<mark>[:=])\s*)(?P<value>.*?)(?P<end>\s+\#.*|\s*)""")


class Rescheduling:
    """Gives posts of one pull request another date."""

    def __init__(self, repo: Repo, forge: Forge, conversations: Conversations, brand: Brand, now: datetime) -> None:
        self.repo = repo
        self.forge = forge
        self.conversations = conversations
        self.brand = brand
        self.now = now
        self._unreadable: Sequence[str] = ()
        """Posts of the pull request that cannot be read."""

    def carry_out(self, command: CommentCommand, comment: Comment) -> Outcome:
        """Write the date on the branch, or suggest it where nothing of ours may write. Raises ForgeTrouble, GitError."""
        pull = self.conversations.pull_request(comment.thread)
        if pull is None:
            return Outcome.refused(_("A post gets another date in the pull request that brings it."))
        if not pull.is_open:
            return Outcome.refused(
                _("This pull request is closed."), _("Change the date in a new pull request; `/hold` stops what is not sent yet.")
            )
        try:
            at = local_time.resolve(WrittenDate.parse(command.text), zone_or_utc(self.brand.zone), END_OF_DAY)
        except local_time.Unresolvable as unresolvable:
            return Outcome.refused(str(unresolvable))
        if at < self.now - timedelta(minutes=1):
            return Outcome.refused(_("{date} is past.", date=command.text))
        posts = self._posts(pull)
        if posts is None:
            return Outcome.refused(_("The commits of this pull request cannot be fetched."), _("Try again in a moment."))
        named = {post_id: post for post_id, post in posts.items() if command.subject in ("", post_id)}
        if not named and self._unreadable:
            paths = ", ".join(code_span(path) for path in self._unreadable)
            return Outcome(False, _("This cannot be read as a post: {paths}. The check says what to correct.", paths=paths))
        if not named:
            name = code_span(command.subject)
            return Outcome(
                False, _("This pull request changes no post {name}.", name=name) if name else _("This pull request changes no post.")
            )
        if len(named) > 1:
            return Outcome(False, "\n".join((_("This pull request changes several posts. Say which:"), lines_block(f"/reschedule {post_id} {command.text}" for post_id in named))))  # fmt: skip
        return self._move(next(iter(named.values())), command.text, pull, comment)

    def _posts(self, pull: ProposedBranch) -> dict[str, Post] | None:
        """The posts that a pull request changes, as its head has them, by id; None where its commits are not here."""
        if not self.conversations.fetch(pull):
            return None
        default = self.repo.default_commit()
        base = self.repo.try_text("merge-base", default, pull.head) if default else None
        if base is None:
            return None
        changed = self.repo.run("diff", "--name-only", "-z", "--no-renames", "--end-of-options", base, pull.head).decode("utf-8", "replace")
        tree = CommitTree(self.repo, pull.head)
        paths = [path.removeprefix(self.repo.prefix) for path in changed.split("\0") if path.startswith(self.repo.prefix)]
        posts = {path: desks.read_post(tree, path, self.brand) for path in paths if post_parser.is_post_path(path) and tree.exists(path)}
        self._unreadable = [path for path, post in posts.items() if post is None]
        return {post.id: post for post in posts.values() if post is not None}

    def _move(self, post: Post, date: str, pull: ProposedBranch, comment: Comment) -> Outcome:
        path = f"{self.repo.prefix}{post.path}"
        data = self.repo.read(f"{pull.head}:{path}") or b""
        fix = _fix_of(post, data.decode("utf-8"), date)
        after = line_fixes.apply_fixes(data.decode("utf-8"), [fix]).encode() if fix is not None else data
        if fix is not None and not _has_date(post, after, date, self.brand):
            fix = None
        if fix is None:
            why = _("The line of the date in {path} has a form that only people change.", path=post.path)
            both = _("Write `date: {date}` there, and take `slot` out.", date=date)
            return Outcome.refused(why, both if post.front.slot is not None else _("Write `date: {date}` there.", date=date))
        others = (
            _("The dates under `for:` stay as they are.") if any(own.date or own.slot for own in (post.front.for_ or {}).values()) else ""
        )
        before = self._before_own_commit(comment, post.path, pull)
        is_done = before is not None
        if after == data and not is_done:
            return Outcome(True, _("{post} has that date already.", post=code_span(post.id)))
        if pull.is_fork:
            where = code_span(f"{post.path}:{fix.line}")
            told = _("The branch is in a fork, where only its author writes. The line {where} would be:", where=where)
            return Outcome(False, "\n\n".join(filter(None, (told, lines_block(fix.after.split("\n")), others))))
        assert comment.by is not None
        if not is_done and (why := self._commit(post, path, after, date, pull, comment)):
            return Outcome.refused(why, _("Write the command in a new comment."))
        moved = _(
            "{post} moves: {before} → {after}.",
            post=code_span(post.id),
            before=_when((before or post).front, self.brand),
            after=_date_in_words(WrittenDate.parse(date), self.brand),
        )
        counts = _("It is a commit of yours: your own approval of it does not count any more.")
        return Outcome(True, "\n".join(filter(None, (moved, counts, others, self._start_check(pull)))))

    def _commit(self, post: Post, path: str, content: bytes, date: str, pull: ProposedBranch, comment: Comment) -> str:
        """Write the commit; why it could not be, where somebody else changed the branch meanwhile.

        Where the answer is lost, or another job was quicker, looking at the branch tells. Raises ForgeTrouble.
        """
        assert comment.by is not None
        before = self.repo.shared_reader().object_id(f"{pull.head}:{path}") or ""
        title = _("Move {post} to {date}", post=post.id, date=_date_in_words(WrittenDate.parse(date), self.brand))
        message = f"{title}\n\n{_asked_for(comment)}"
        try:
            self.conversations.commit_file(pull, path, before, content, message, comment.by)
        except ForgeTrouble as error:
            may_be_there = error.may_have_happened or error.kind == "refused"
            newest = self.conversations.pull_request(pull.number) if may_be_there else None
            is_there = newest is not None and self.conversations.fetch(newest) and self.repo.read(f"{newest.head}:{path}") == content
            if not is_there and newest is not None and newest.head != pull.head and error.kind == "refused":
                return _("Somebody else changed the branch in the same moment: the date was not written.")
            if not is_there:
                raise
        return ""

    def _before_own_commit(self, comment: Comment, path: str, pull: ProposedBranch) -> Post | None:
        """The post as it was before it was moved for this comment, by a job that may not have answered it; None where none did.

        Another date that somebody gave it since is not overruled.
        """
        place = f":(top,literal){self.repo.prefix}{path}"
        asked = ("--extended-regexp", f"--grep=^{_asked_for(comment)}$")
        parents = self.repo.try_text("log", "-1", "--format=%P", *asked, "--end-of-options", pull.head, "--", place) or ""
        return desks.read_post(CommitTree(self.repo, parents.split()[0]), path, self.brand) if parents else None

    def _start_check(self, pull: ProposedBranch) -> str:
        """Have the branch checked; a sentence where that cannot be done."""
        try:
            self.forge.dispatch(CHECK, {}, branch=pull.branch)
        except ForgeTrouble:
            return _("The check does not start by itself for this commit: close the pull request and open it again, or push to its branch.")
        return ""


def _asked_for(comment: Comment) -> str:
    """The trailer of a commit that says for which comment it was made."""
    return f"Asked-in-comment: {comment.id}"


def _when(front: FrontMatter, brand: Brand) -> str:
    """When a post goes out as it is written, for people."""
    if front.slot is not None:
        return _("the next free slot") if front.slot == "next" else _("the slot {name}", name=code_span(front.slot))
    return _date_in_words(front.date, brand) if front.date is not None else _("no date")


def _date_in_words(date: WrittenDate, brand: Brand) -> str:
    """A written date with its weekday, in the brand's zone."""
    if date.day is None:
        return _("as soon as it is approved")
    if date.clock is None:
        return day_with_weekday(date.day)
    zone = zone_or_utc(brand.zone)
    try:
        at = local_time.resolve(date, zone, END_OF_DAY).astimezone(zone)
    except local_time.Unresolvable:
        return code_span(date.text)
    return _("{day} {hour}", day=day_with_weekday(at.date()), hour=f"{at:%H:%M}")


def _fix_of(post: Post, text: str, date: str) -> Fix | None:
    """The change of the one line that holds the date; None where there is no such line."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    for key in ("date", "slot"):
        if (key,) not in post.places:
            continue
        number = post.places[(key,)][0]
        before = lines[number - 1] if number <= len(lines) else ""
        match = _VALUE.fullmatch(before)
        if match is None:
            return None
        start = match["key"].replace("slot", "date", 1) if key == "slot" else match["key"]
        value = f'"{date}"' if match["mark"] == "=" else date
        return Fix(number, before, f"{start}{value}{match['end']}")
    if lines[0].strip() == "---":
        return Fix(1, lines[0], f"{lines[0]}\ndate: {date}")
    return None


def _has_date(post: Post, data: bytes, date: str, brand: Brand) -> bool:
    """Whether a file, read anew, is the post with that date and nothing else changed."""
    read = post_parser.parse_post(document.parse_markdown(post.path, data), hashlib.sha256(data).hexdigest(), brand.foreign_keys)[0]
    if read is None or read.front.date is None or read.front.date.text != date or read.front.slot is not None:
        return False
    unmoved = [name for name in type(read.front).fields if name not in ("date", "slot")]
    texts = [variant.text for variant in read.variants] == [variant.text for variant in post.variants]
    return texts and read.id == post.id and all(getattr(read.front, name) == getattr(post.front, name) for name in unmoved)
