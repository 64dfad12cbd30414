"""Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, seen 2026-11-27.

Errors: https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks, seen 2026-11-27; `no_service`, `no_team` and
`invalid_token` from one source alone, https://routeforms.com.
"""

from __future__ import annotations

import hashlib
import re
from urllib.parse import urlsplit

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.model.publication import Delivery
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.seam import Account, Locked, SendRequest, Unknown
from marronnier.networks.kit.slack.client import slack_place
from marronnier.web import Web

DEFAULT_HOST = "hooks.slack.com"
_PATH = re.compile(r"/(?:services|workflows|triggers)/[\w/-]{20,255}")
_LOCKED = re.compile(r"action_prohibited|channel_not_found|channel_is_archived|no_service|no_team|invalid_token|team_disabled")


def host_of(channel: Channel) -> str:
    """The server, without its port."""
    return (channel.host or DEFAULT_HOST).partition(":")[0]


def send_to_webhook(sending: SendRequest, account: Account, web: Web) -> Delivery:
    """Send one message. Slack tells no more than `ok`: the id is ours, and the address that of the channel. Raises Refused, Locked, Wait, Unknown."""
    place = slack_place(account.channel, account.channel_name)
    wire = {name: value for name, value in sending.part.wire.items() if name not in ("lang", "visibility")}
    answer = outcomes.request(web, "POST", _address(account), publishes=True, json=wire)
    said = outcomes.redact(answer.body[:200].decode("utf-8", "replace"), account.secrets.values())
    if 400 <= answer.status < 500 and _LOCKED.search(said):
        raise Locked(_("Slack refuses it: {said}", said=said))
    if answer.status in (404, 410):
        raise Locked(_("the webhook of {channel} is not there any more: make another one", channel=account.channel_name))
    outcomes.raise_for_answer(answer, sending.now, publishes=True, reason=said if answer.status == 400 else "")
    if answer.body.strip() != b"ok":
        raise Unknown(_("Slack did not answer `ok`: look there whether the message is out"))
    again = f"\n{sending.again}" if sending.again else ""
    id = hashlib.sha256(f"{sending.key}\n{sending.number}\n{sending.payload_sha256}{again}".encode()).hexdigest()[:16]
    return Delivery(id, f"{place.url}#{id}")


def _address(account: Account) -> str:
    """The webhook's address. Raises Locked where it is of another host than the one that was approved."""
    address = account.secrets["webhook"].strip()
    parts = urlsplit(address)
    where = account.channel.host or DEFAULT_HOST
    scheme = "http" if host_of(account.channel) in ("localhost", "127.0.0.1") else "https"
    if (parts.scheme, parts.netloc) != (scheme, where) or not _PATH.fullmatch(parts.path):
        raise Locked(
            _(
                "the webhook of {channel} is no address `https://{host}/services/…`: copy it again on Slack",
                channel=account.channel_name,
                host=where,
            )
        )
    return address
