"""What is told on the forge after a run of the publisher. Nothing that goes wrong here changes what was sent, or the run's outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from marronnier import forge as forges
from marronnier import plan
from marronnier.conversation.brand_language import in_brand_language
from marronnier.conversation.credential_issues import CredentialsDay
from marronnier.conversation.person_issues import PersonIssues
from marronnier.conversation.sent_comment import SentComments
from marronnier.forge import ForgeTrouble
from marronnier.git import GitError, Repo
from marronnier.messages import Trouble, _
from marronnier.proofs.situation_loader import load_situation
from marronnier.publish import freeze


def tell(repo: Repo, now: datetime, surroundings: Mapping[str, str]) -> Sequence[str]:
    """Update the pull requests and the issues; for each that failed, one sentence for people."""
    try:
        with in_brand_language(repo):
            return tuple(_tell(repo, now, surroundings))
    except GitError as error:
        return (_failure(_("Nothing was told on the forge"), error),)


def tell_credentials(day: CredentialsDay) -> Iterator[str]:
    """Renew and tell, once a day, what ends soon; a sentence for people about each, and about what failed."""
    try:
        with in_brand_language(day.repo):
            yield from tuple(day.tell())
    except Exception as error:  # noqa: BLE001 - side work can never fail a publication
        yield _failure(_("What ends soon was not looked after"), error)


def _tell(repo: Repo, now: datetime, surroundings: Mapping[str, str]) -> Iterator[str]:
    try:
        if not forges.open(repo).has_conversations:
            return
        situation = load_situation(repo, now, proposals=False, fetch=False, all_posts=False)
        conversations = situation.evidence.forge.conversations(situation.evidence.repository)
    except Exception as error:  # noqa: BLE001 - side work can never fail a publication
        yield _failure(_("Nothing was told on the forge"), error)
        return
    if conversations is None or not situation.ledger.exists:
        return
    planned = plan.make(situation)
    freeze_reason = freeze.FreezeReader(repo, surroundings)
    issues = PersonIssues(conversations, situation, planned, is_frozen=lambda: bool(freeze_reason()))
    works: tuple[tuple[str, Callable[[], None]], ...] = (
        (_("The pull requests were not told what went out"), SentComments(repo, conversations, situation, planned).update),
        (
            _("The issues about what needs a person are not up to date"),
            issues.update,
        ),
    )
    for what, work in works:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - as above
            yield _failure(what, error)


def _failure(what: str, error: Exception) -> str:
    """One sentence: what was not done, and why. The next run does it."""
    if isinstance(error, ForgeTrouble | Trouble):
        why = error.message
    else:
        why = str(error) if isinstance(error, GitError) else type(error).__name__
    return _("{what}: {why}. The next run tries it again.", what=what, why=" ".join(why.split()))
