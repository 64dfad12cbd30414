"""The account of a channel, with proof that its credentials are that account's: asked once a run, before anything is sent or looked for."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from marronnier import networks
from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.plan import PlanLine
from marronnier.model.publication import Publication
from marronnier.model.where import Where
from marronnier.networks.kit.seam import Account, Identifies, Locked, Refused, Unknown, Wait
from marronnier.publish.run import Run, boot_seconds


def checked_account(publication: Publication, run: Run) -> Account:
    """The channel's account with its secrets. Raises Locked when they belong to another account, Wait when the server cannot be asked now
    or tells another time than this run's clock.

    The first answer of a run holds for all of it: a server that is down is not asked again for each publication.
    """
    return checked_channel(publication.channel_name, publication.channel, run)


def checked_channel(name: str, channel: Channel, run: Run) -> Account:
    """As `checked_account`, for a channel of which no publication is at hand."""
    account = Account(name, channel, run.secrets(name))
    if name not in run.identified:
        run.identified[name] = _identity_error(account, run)
    error = run.identified[name]
    if error is not None:
        raise error
    if run.wrong_clock_reason:
        raise Wait(run.wrong_clock_reason)
    return account


def wrong_clock_reason(lines: Iterable[PlanLine], run: Run) -> str:
    """Why this run's clock is wrong, as the servers of what it would send or look for tell; empty when one agrees, or none tells the time.

    Asks whose account it is, which is asked before anything is sent anyway.
    """
    if run.skew_reason is None:
        return ""
    for line in lines:
        history = line.history
        seal = history.seal if history is not None else None
        is_due = line.state == "due" or line.retried or (history is not None and history.unsettled is not None)
        # A channel that moved since then gets no secret, not even to say whose it is.
        if line.proposal or not is_due or seal is None or seal.where not in (None, Where.of(line.publication.channel)):
            continue
        with suppress(Locked, Wait):
            checked_account(line.publication, run)
    return run.wrong_clock_reason


def _identity_error(account: Account, run: Run) -> Locked | Wait | None:
    """Why nothing may be sent with these credentials; None when they are the channel's own, or its network has no accounts."""
    network = networks.get(account.channel.network)
    if not isinstance(network, Identifies):
        return None
    asked = boot_seconds()
    try:
        status = network.identify(account, run.web)
    except (Locked, Wait) as error:
        return error
    except Refused as refused:
        # No post has been judged yet: what the server refuses is the credentials.
        return Locked(str(refused))
    except Unknown as unknown:
        return Wait(str(unknown))
    if run.skew_reason is not None and status.server_time is not None:
        run.clocks[account.channel_name] = run.skew_reason(status.server_time, asked)
    if status.is_channel_account:
        return None
    return Locked(
        _(
            "the credentials belong to {account}, and brand/channels.yml names {named}: nothing is sent",
            account=status.account or "?",
            named=account.channel.account,
        )
    )
