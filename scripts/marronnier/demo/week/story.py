"""The week itself: what each person does on the fake GitHub, and the jobs that follow, told line by line as it happens.

Thursday 26 November to Wednesday 2 December 2026, on the brand's clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from marronnier.demo.github import FakeGitHub
from marronnier.demo.github.records import FakeIssue, FakePullRequest
from marronnier.demo.week.folder import note_begun
from marronnier.demo.week.record import WeekRecord
from marronnier.demo.week.workplace import RunCommand, Workplace, write_brand
from marronnier.messages import Trouble, _, day_and_hour, ngettext
from marronnier.model.forge_record import ForgeRecord

_WEEK = ("celle-qui-repare", "merci-aux-vitrines", "un-figuier-en-manteau", "sinterklaas-leest-voor")
_NEXT_WEEK = ("what-we-do-in-winter", "gereedschap-olien", "lecture-le-sapin")
_ANNOTATION = re.compile(r"^::(?:error|warning|notice) file=(?P<file>[^,\n]+),line=(?P<line>\d+).*?::(?P<text>.*)$", re.MULTILINE)
_HELD, _HELD_KEY = "un-figuier-en-manteau", "un-figuier-en-manteau@journal"


class TeamWeek:
    """A week that was played, while its fake GitHub still answers."""

    def __init__(self, place: Workplace, record: ForgeRecord) -> None:
        self.folder = place.folder
        self.record = record
        self.surroundings = place.reading
        """The environment in which commands see the pull requests of the fake GitHub."""


@contextmanager
def play_week(folder: Path, show_progress: Callable[[str], None], run_command: RunCommand) -> Iterator[TeamWeek]:
    """Play the week in a folder that is empty or not there. Inside the `with` the fake GitHub answers on loopback. Raises Trouble."""
    write_brand(folder)
    note_begun(folder)
    with FakeGitHub(folder / ".git" / "marronnier-github") as github:
        place = Workplace(folder, github, run_command)
        story = _Story(place, show_progress)
        story.play()
        yield TeamWeek(place, story.record.collect())


class _Story:
    """The week, day by day."""

    def __init__(self, place: Workplace, show_progress: Callable[[str], None]) -> None:
        self.place, self.show_progress = place, show_progress
        self.record = WeekRecord(place)
        self.people = place.people
        self.sent = 0

    def play(self) -> None:
        """Play all of it."""
        self._found()
        week = self._write_the_week()
        self._discuss(week)
        self._merge(week)
        self._change_policy()
        self._send("2026-11-29", "18:00")
        self._send("2026-11-30", "12:00")
        self._hold(week)
        self._propose_next_week()
        self._send("2026-12-01", "18:00")
        self.place.set_clock("2026-12-02", "09:00")
        self.place.update()

    # Telling

    def _at(self, day: str, clock: str) -> None:
        self.place.set_clock(day, clock)

    def _tell(self, told: str) -> None:
        """One line, with its day and hour."""
        self.show_progress(f"{day_and_hour(self.place.now, short=True)}  {told}")

    def _tell_more(self, told: str) -> None:
        """What follows from the line before, by itself."""
        self.show_progress(f"    {told}")

    def _tell_opened(self, pull: FakePullRequest, count: int) -> None:
        self._tell(
            ngettext(
                "{who} opens pull request #{number}: {count} post",
                "{who} opens pull request #{number}: {count} posts",
                count,
                who=self.place.name("communication"),
                number=pull.number,
            )
        )

    # Acts

    def _found(self) -> None:
        self._at("2026-11-25", "09:00")
        self.place.create()
        if not self.place.is_signed:
            self.show_progress(_("This machine has no ssh-keygen: approvals and the ledger are not signed, and every status repeats this."))
        self._tell(
            _("The calendar is on GitHub, as {repository}: a fake one, on this machine only", repository=self.place.repository.full_name)
        )

    def _write_the_week(self) -> FakePullRequest:
        """Four posts in one pull request; the hour of one is not written as it should be."""
        self._at("2026-11-26", "10:00")
        files = {self.place.path(post): self.place.text(post) for post in _WEEK}
        path = self.place.path(_WEEK[0])
        files[path] = files[path].replace("date: 2026-11-29 18:00", "date: 2026-11-29 18h")
        files[self.place.path(_HELD)] = self.place.text(_HELD).replace("Arrosez une fois par mois", "Arrosez une fois par semaine")
        author = self.people["communication"]
        pull = author.open_pull_request(
            self.place.repository, "semaine-49", files, title="Semaine 49", message="Semaine 49 : les posts",
            body="Les quatre posts jusqu’à mercredi. Le jardin relit le figuier ?",
        )  # fmt: skip
        author.ask(pull, self.people["presidence"], self.people["jardin"])
        self._tell_opened(pull, len(files))
        self._check(pull)
        return pull

    def _check(self, pull: FakePullRequest) -> None:
        """The two jobs that follow each change of a pull request: check and report."""
        checked = self.place.check(pull)
        found = [(f"{match['file']}:{match['line']}", _decoded(match["text"])) for match in _ANNOTATION.finditer(checked.output)]
        before = len(pull.review_comments)
        self.record.note_check(pull, found)
        self.place.github.advance(minutes=1)
        reported = self.place.report(pull)
        if reported.status:
            raise Trouble(reported.output.strip(), "")
        self.record.note_suggestions(pull)
        self._tell_more(
            ngettext("check: {count} finding, on its line", "check: {count} findings, on their lines", len(found))
            if found
            else _("check: nothing to correct")
        )
        if len(pull.review_comments) > before:
            self._tell_more(_("report: below the pull request, with a correction to take with one tap"))

    def _discuss(self, pull: FakePullRequest) -> None:
        """A suggestion is taken, changes are asked for, and two people approve."""
        self._at("2026-11-26", "10:20")
        suggested = next(comment for comment in pull.review_comments if "```suggestion" in comment.body)
        self.people["communication"].commit_suggestion(pull, suggested, title="Écrire l’heure comme les autres")
        self._tell(_("{who} takes the suggestion", who=self.place.name("communication")))
        self._check(pull)

        self._at("2026-11-26", "14:05")
        path = self.place.path(_HELD)
        lines = (self.place.repository.file(path, "semaine-49") or "").splitlines()
        line = next(number for number, text in enumerate(lines, 1) if "par semaine" in text)
        jardin = self.people["jardin"]
        jardin.comment_on_line(pull, path, line, "Une fois par **mois** : en hiver il dort, trop d’eau le noie.")
        jardin.request_changes(pull, "Le figuier va se noyer. Le reste est bon.")
        self._tell(_("{who} asks for changes", who=self.place.name("jardin")))
        self._check(pull)

        self._at("2026-11-26", "15:30")
        self.people["communication"].push(
            self.place.repository, "semaine-49", {path: self.place.text(_HELD)}, "Arroser le figuier une fois par mois"
        )
        self._tell(_("{who} corrects the post", who=self.place.name("communication")))
        self._check(pull)

        self._at("2026-11-26", "17:10")
        jardin.approve(pull, "Parfait.")
        self._tell(_("{who} approves", who=self.place.name("jardin")))
        self._at("2026-11-26", "18:45")
        self.people["presidence"].approve(pull, "Nos commerçants vont être contents.")
        self._tell(_("{who} approves: where partners are named, two must", who=self.place.name("presidence")))
        self._check(pull)

    def _merge(self, pull: FakePullRequest) -> None:
        self._at("2026-11-27", "09:00")
        self.people["bibliotheque"].merge(pull, "squash")
        self._tell(_("{who} merges pull request #{number}", who=self.place.name("bibliotheque"), number=pull.number))
        self._publish()

    def _publish(self) -> None:
        """The job that publishes: what went out is told, and where."""
        before = self.place.policies()
        result = self.place.publish()
        if result.status not in (0, 3):
            raise Trouble(result.output.strip(), "")
        self.place.update()
        if self.place.policies() > before > 0:
            self._tell_more(_("publish: the new policy is in force, by these reviews"))
            return
        channels = self.place.sent_since(self.sent)
        self.sent += len(channels)
        if channels:
            names = ", ".join(self.place.channel_label(channel) for channel in channels)
            self._tell_more(_("publish: out on {channels}, and the pull request hears where", channels=names))
        else:
            self._tell_more(_("publish: the reviews are read, nothing is due yet"))

    def _change_policy(self) -> None:
        """Who may approve changes as words do: by a review under the policy in force."""
        self._at("2026-11-27", "11:00")
        path = "brand/approvals.yml"
        before = self.place.repository.file(path) or ""
        after = before.replace("comite: [presidence, jardin, bibliotheque]", "comite: [presidence, jardin, bibliotheque, communication]")
        pull = self.people["presidence"].open_pull_request(
            self.place.repository, "comite", {path: after}, title="La communication rejoint le comité",
            body="Décidé mardi : la communication relit aussi ce qui parle de nos partenaires.",
        )  # fmt: skip
        self._tell(_("{who} opens pull request #{number}: who may approve", who=self.place.name("presidence"), number=pull.number))
        self._check(pull)
        self._at("2026-11-27", "15:20")
        self.people["bibliotheque"].approve(pull, "Comme convenu.")
        self._tell(_("{who} approves", who=self.place.name("bibliotheque")))
        self._at("2026-11-27", "16:00")
        self.people["jardin"].approve(pull)
        self._tell(_("{who} approves: what two people guard, two people change", who=self.place.name("jardin")))
        self._check(pull)
        self._at("2026-11-27", "16:10")
        self.people["presidence"].merge(pull, "squash")
        self._tell(_("{who} merges pull request #{number}", who=self.place.name("presidence"), number=pull.number))
        self._publish()

    def _send(self, day: str, clock: str) -> None:
        self._at(day, clock)
        self._tell(_("The hour of a post"))
        self._publish()

    def _hold(self, week: FakePullRequest) -> None:
        """A post is held by a comment; its owner hears of it in an issue, and lets it go by another comment."""
        self._at("2026-11-30", "19:30")
        self._comment("bibliotheque", week, f"On annonce 14 degrés demain : on attend le gel ?\n\n/hold {_HELD}")
        (issue,) = (issue for issue in self.place.repository.issues if issue.state == "open")
        self._tell_more(
            _("issue #{number} asks {who} to decide", number=issue.number, who=", ".join(self.place.called(one) for one in issue.assignees))
        )
        self._at("2026-12-01", "08:15")
        self._comment("jardin", issue, f"Il gèle jeudi. On le garde ce soir.\n\n/retry {_HELD_KEY}")
        if issue.state == "closed":
            self._tell_more(_("issue #{number} is closed by itself", number=issue.number))

    def _comment(self, login: str, on: FakePullRequest | FakeIssue, text: str) -> None:
        """A comment with a command, the two jobs that it starts, and the answer."""
        comment = self.people[login].comment(on, text)
        number = on.issue.number if isinstance(on, FakePullRequest) else on.number
        self._tell(_("{who} writes in #{number}: {command}", who=self.place.name(login), number=number, command=text.splitlines()[-1]))
        self.place.github.advance(minutes=1)
        self.place.answer(comment.id)
        self.place.update()
        answered = self.place.answer_to(comment)
        self._tell_more(_("comment: carried out, and answered") if "✓" in answered else _("comment: answered, and not carried out"))
        result = self.place.publish()
        if result.status not in (0, 3):
            raise Trouble(result.output.strip(), "")

    def _propose_next_week(self) -> None:
        """A pull request that waits; one of its posts gets another date by a comment."""
        self._at("2026-12-01", "10:00")
        files = {self.place.path(post): self.place.text(post) for post in _NEXT_WEEK}
        author = self.people["communication"]
        pull = author.open_pull_request(
            self.place.repository, "semaine-50", files, title="Semaine 50", message="Semaine 50 : les posts",
            body="Trois posts pour commencer. Il manque encore ceux de jeudi.",
        )  # fmt: skip
        author.ask(pull, self.people["jardin"])
        author.label(pull, "enhancement")
        self._tell_opened(pull, len(files))
        self._check(pull)
        self._at("2026-12-01", "11:40")
        self._comment("jardin", pull, f"Lundi on est tous à la veillée, mardi plutôt.\n\n/reschedule {_NEXT_WEEK[0]} 2026-12-08 12:15")
        self._check(pull)
        self._tell_more(_("pull request #{number} waits for a review: plan, status and the site show it as a proposal", number=pull.number))


def _decoded(text: str) -> str:
    """The sentence of an annotation, without the signs by which a log writes line ends."""
    return text.replace("%0A", "\n\n").replace("%0D", "").replace("%25", "%")
