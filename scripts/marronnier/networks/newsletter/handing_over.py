"""A session with the mail server, and what each of its answers means: the post must change, the settings must, it waits, or nobody knows.

Codes of RFC 5321, 4.2.3, and RFC 4954, 6, as Apache Commons Net and chiark's list of SMTP replies give them, seen 2026-11-27.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from marronnier.mail import MailLost, MailRefused, MailSession, MailStage
from marronnier.messages import N_, _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, AccountStatus, Locked, Refused, Unknown, Wait, WrongAddress
from marronnier.networks.newsletter.route import TLS_PORT, MailRoute, server
from marronnier.web import AddressNotAllowed, NotSent, Web

WITHIN = 60.0
"""Seconds from the connection to the end of the message."""
RETRY_AFTER = timedelta(minutes=15)
"""How long a mail waits that was put off: a server that greylists wants some minutes between two attempts (RFC 5321, 4.5.4.1)."""

_STAGES: dict[MailStage, str] = {
    "connect": N_("when it was greeted"),
    "tls": N_("when TLS was to begin"),
    "login": N_("to the login"),
    "sender": N_("to the sender"),
    "recipient": N_("to the list's address"),
    "content": N_("to the mail"),
    "end": N_("to the mail"),
}


def hand_over(content: bytes, route: MailRoute, account: Account, web: Web, now: datetime | None) -> None:
    """Hand a mail to the account's server, once. Raises Refused, Locked, Wait or Unknown."""
    with _answers_as_outcomes(account, now):
        session = _logged_in(account, web)
        try:
            session.submit(route.sender, route.list, content)
        finally:
            session.end()


def check_login(account: Account, web: Web) -> AccountStatus:
    """Log in and leave. Raises Locked or Wait."""
    route = MailRoute.of(account.channel)
    with _answers_as_outcomes(account, None):
        session = _logged_in(account, web)
        size = session.features.get("SIZE", "")
        session.end()
    remarks = [_("its server takes mails to {list} and does not tell whether a moderator holds them", list=route.list)]
    if size.isdigit() and int(size):
        remarks.append(_("its server takes mails of {most} bytes; the list may take less", most=int(size)))
    return AccountStatus(account.channel.account, is_channel_account=True, remarks=tuple(remarks))


def _logged_in(account: Account, web: Web) -> MailSession:
    host, port = server(account.channel)
    is_secure = port == TLS_PORT
    line = web.connect(host, port, tls=is_secure, within=WITHIN)
    session = MailSession(line, host, is_secure=is_secure, may_be_plain=web.loopback)
    try:
        session.begin()
        session.log_in(account.secrets["user"], account.secrets["password"])
    except Exception:
        session.end()
        raise
    return session


@contextmanager
def _answers_as_outcomes(account: Account, now: datetime | None) -> Iterator[None]:
    """Raises the outcome in place of what a session raises."""
    later = now + RETRY_AFTER if now else None
    try:
        yield
        return
    except AddressNotAllowed as error:
        outcome: Exception = WrongAddress(str(error), later)
    except NotSent as error:
        outcome = Wait(str(error), later)
    except MailLost as lost:
        # Before the dot there is no message; behind it the server may have taken it (RFC 1047).
        outcome = Unknown(lost.said) if lost.stage == "end" else Wait(lost.said, later)
    except MailRefused as refused:
        outcome = _refusal(refused, account, later)
    # Raised outside the `except`: what a session held, a printed traceback would show.
    raise outcome


def _refusal(refused: MailRefused, account: Account, later: datetime | None) -> Exception:
    if refused.code:
        said = outcomes.redact(refused.said.replace("\n", " "), account.secrets.values())
        message = _("the mail server answered {status} {when}: {said}", status=refused.code, when=_(_STAGES[refused.stage]), said=said)
    else:
        message = refused.said
    # A full mailbox is told by 552 too, and is for now (RFC 5321, 4.5.3.1.10).
    if 400 <= refused.code < 500 or (refused.code == 552 and refused.stage == "recipient"):
        return Wait(message, later)
    if refused.stage in ("content", "end") or refused.code == 552:
        return Refused(message)
    return Locked(message)
