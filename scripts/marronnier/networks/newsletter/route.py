"""From which mailbox to which list a newsletter goes, and by which server, as `brand/channels.yml` says it."""

from __future__ import annotations

import re
from typing import NamedTuple

from marronnier.messages import _
from marronnier.model.brand import Channel
from marronnier.networks.kit.seam import Locked

TLS_PORT = 465
"""The port where TLS comes first. RFC 8314, 7.3."""

_WORD = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}"
_ADDRESS = rf"{_WORD}(?:\.{_WORD}){{0,31}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{1,63}}){{0,31}}"
"""Words between single dots: RFC 5322, 3.2.3 and 3.4.1."""
_ROUTE = re.compile(
    rf"(?:(?P<name>[^<>\x00-\x1f\x7f]{{1,200}}?)\s*<(?P<named>{_ADDRESS})>|(?P<sender>{_ADDRESS}))\s+to\s+(?P<list>{_ADDRESS})"
)


class MailRoute(NamedTuple):
    """From whom a mail comes, and to which list it goes."""

    name: str
    """The sender's name; empty without one."""
    sender: str
    list: str

    @classmethod
    def of(cls, channel: Channel) -> MailRoute:
        """The route in `account:`. Raises Locked for any other text."""
        match = _ROUTE.fullmatch(channel.account.strip())
        if match is None:
            raise Locked(
                _(
                    "`account: {account}` names no mailbox and list; write it like `Jardin <jardin@example.org> to nouvelles@lists.example.org`",
                    account=channel.account,
                )
            )
        return cls((match["name"] or "").strip(' "'), match["named"] or match["sender"], match["list"])

    @property
    def domain(self) -> str:
        """The domain of the sender's mailbox."""
        return self.sender.rpartition("@")[2]


def server(channel: Channel) -> tuple[str, int]:
    """The mail server and its port. Raises Locked where `host:` names none."""
    host, _colon, port = channel.host.partition(":")
    if not host:
        raise Locked(_("name the mail server in brand/channels.yml: `host: smtp.example.org`, or with its port `smtp.example.org:587`"))
    return host, int(port or TLS_PORT)


def content_id(sha256: str) -> str:
    """The name of a picture within its mail (RFC 2392)."""
    return f"{sha256[:32]}@marronnier"
