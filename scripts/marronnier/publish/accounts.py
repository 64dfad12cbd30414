"""The account of a channel, with proof that its credentials are that account's: asked once a run, before anything is sent or looked for."""

from __future__ import annotations

from marronnier import networks
from marronnier.messages import _
from marronnier.model.publication import Publication
from marronnier.networks.kit.seam import Account, Identifies, Locked, Refused, Unknown, Wait
from marronnier.publish.run import Run


def checked_account(publication: Publication, run: Run) -> Account:
    """The channel's account with its secrets. Raises Locked when they belong to another account, Wait when the server cannot be asked now.

    The first answer of a run holds for all of it: a server that is down is not asked again for each publication.
    """
    name = publication.channel_name
    account = Account(name, publication.channel, run.secrets(name))
    if name not in run.identified:
        run.identified[name] = _identity_error(account, run)
    error = run.identified[name]
    if error is not None:
        raise error
    return account


def _identity_error(account: Account, run: Run) -> Locked | Wait | None:
    """Why nothing may be sent with these credentials; None when they are the channel's own, or its network has no accounts."""
    network = networks.get(account.channel.network)
    if not isinstance(network, Identifies):
        return None
    try:
        status = network.identify(account, run.web)
    except (Locked, Wait) as error:
        return error
    except Refused as refused:
        # No post has been judged yet: what the server refuses is the credentials.
        return Locked(str(refused))
    except Unknown as unknown:
        return Wait(str(unknown))
    if status.is_channel_account:
        return None
    return Locked(
        _(
            "the credentials belong to {account}, and brand/channels.yml names {named}: nothing is sent",
            account=status.account or "?",
            named=account.channel.account,
        )
    )
