"""The publisher of a repository, for a holder: it looks at origin, runs, gives heartbeats, and has a successor started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from marronnier import desk as desks
from marronnier import forge as forges
from marronnier import publish
from marronnier.desk.commit_tree import CommitTree
from marronnier.git import GitError, Repo, origin
from marronnier.ledger import heartbeats, last_error_line
from marronnier.ledger.heartbeats import Heartbeat
from marronnier.messages import Trouble, _
from marronnier.publish import freeze
from marronnier.publish.channels_of_job import mark_of_job
from marronnier.publish.clock import ClockReading
from marronnier.publish.default_branch import LOOK_TIMEOUT, heads_of, unanswered_reason
from marronnier.publish.gate import Gate
from marronnier.publish.holder import OriginLook
from marronnier.publish.report import RunReport
from marronnier.publish.run import boot_seconds, run_name
from marronnier.publish.timepiece import Timepiece

LEDGER = "refs/heads/ledger"


class RepositoryPublisher:
    """What a holder works with, in one clone."""

    def __init__(
        self,
        repo: Repo,
        timepiece: Timepiece,
        surroundings: Mapping[str, str],
        *,
        release_brakes: bool = False,
        trust_clock: bool = False,
        workflow: str = "",
        rehearses: bool = False,
    ) -> None:
        self.repo = repo
        self.timepiece = timepiece
        self.surroundings = surroundings
        self.name = ".".join(filter(None, (run_name(surroundings), mark_of_job(surroundings))))
        self.release_brakes, self.trust_clock = release_brakes, trust_clock
        """Said by a person for what is due now: for the first run, and no later one."""
        self.workflow = workflow
        """The workflow that a successor runs; empty for the one that runs now."""
        self.rehearses = rehearses
        """Whether the hour was given by a person, so that it goes on although the brand's clock is fixed."""
        self._known: tuple[Heartbeat, ...] = ()
        self._head = ""

    def look(self, now: datetime) -> OriginLook:
        """One question to origin: its heads, its heartbeats and its clock. Nothing is fetched. Without an origin, this clone's own."""
        repo = self.repo
        if not repo.has_remote():
            self._known, self._head = heartbeats.known(repo), repo.commit_id(LEDGER) or ""
            return OriginLook(heads_of(repo, repo.default_commit() or "", self._head), self._known)
        clock, name = ClockReading(now, boot_seconds()), repo.default_branch()
        branch = f"refs/heads/{name}"
        asked = boot_seconds()
        try:
            answer = origin.list_references(repo, branch, LEDGER, "HEAD", f"{heartbeats.PREFIX}*", timeout=LOOK_TIMEOUT)
        except GitError as error:
            return OriginLook(stopped=unanswered_reason(error))
        self._known, self._head = heartbeats.read(answer.references), answer.references.get(LEDGER, "")
        wrong = clock.skew_reason(answer.date, asked, boot_seconds()) if answer.date is not None else ""
        heads = (answer.default_branch or name, answer.references.get(branch, ""), self._head)
        return OriginLook(heads, self._known, wrong, tells_time=answer.date is not None)

    def publish(self, gate: Gate | None) -> RunReport:
        """One run, as of the instant of a gate, else as of now. Raises Trouble, GitError, OSError."""
        started = boot_seconds()
        now = self.timepiece.now()
        ahead = timedelta() if gate is None else gate.at - now
        try:
            reading = publish.read_origin(self.repo)
            if not reading.stopped and (why := self._fixed_clock_reason()):
                return RunReport((), why)
            return publish.run(
                self.repo,
                now + ahead,
                surroundings=self.surroundings,
                release_brakes=self.release_brakes,
                trust_clock=self.trust_clock,
                started=started + ahead.total_seconds(),
                origin=reading,
                gate=gate,
                is_told_to_end=self.timepiece.is_told_to_end,
            )
        finally:
            self.release_brakes = self.trust_clock = False
            # Nothing of git stays open while this process sleeps.
            self.repo.close()

    def beat(self, heartbeat: Heartbeat) -> str:
        """Give a heartbeat. Where origin takes none, other holders do not know of this one, and nothing else is lost.

        A run that is frozen for as long as it lives waits for nothing: nobody may rely on it.
        """
        if self.surroundings.get(freeze.VARIABLE, "").strip():
            heartbeat = replace(heartbeat, until=heartbeat.at)
        return heartbeats.beat(self.repo, heartbeat, self._head, self._known) if self._head else ""

    def start_successor(self) -> str:
        """Have the forge start the workflow once more; why it did not, or empty."""
        try:
            forges.open(self.repo).dispatch(self.workflow, {})
        except Trouble as trouble:
            return f"{trouble.message.rstrip('.')}. {trouble.next}".strip()
        except GitError as error:
            return last_error_line(error)
        return ""

    def _fixed_clock_reason(self) -> str:
        """Why there is nothing to wait for: the committed brand lives at a fixed date. Empty where time goes on."""
        if self.rehearses:
            return ""
        brand = desks.load(CommitTree(self.repo, forges.open(self.repo).default_branch().commit), only="brand/brand.yml").brand
        return (
            _("brand/brand.yml fixes the clock, so no hour ever comes: take `clock` out, or run `marronnier publish`")
            if brand.clock
            else ""
        )
