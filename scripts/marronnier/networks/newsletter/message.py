"""The mail as it goes to the server: headers, the words as plain text and as HTML, and the pictures."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from marronnier.networks.kit.sealed_media import clean_picture
from marronnier.networks.kit.seam import SendRequest
from marronnier.networks.newsletter.route import MailRoute, content_id

MAX_PICTURE_BYTES = 2_000_000
MAX_PICTURE_SIDE = 1600


def message_id(sending: SendRequest, route: MailRoute) -> str:
    """The Message-ID, the same at each attempt: made of the publication's key and its payload, which the ledger holds before the first byte."""
    # What a person decided to send again is another mail.
    again = f"\n{sending.again}" if sending.again else ""
    digest = hashlib.sha256(f"{sending.key}\n{sending.payload_sha256}{again}".encode()).hexdigest()
    return f"{digest[:40]}@{route.domain}"


def as_bytes(sending: SendRequest, route: MailRoute, id: str, approved: str = "") -> bytes:
    """The whole mail, with lines that end with CR LF and are shorter than 998 bytes. Raises Refused for a picture that cannot be sent, Wait where none can be opened now.

    It has no `List-…`, `Precedence` or `Auto-Submitted` of its own: those are the list's, and with them Mailman would not tell the sender
    that a moderator holds the mail (Mailman's source, app/replybot.py and rules/loop.py, seen 2026-11-27).
    """
    wire = sending.part.wire
    mail = EmailMessage(policy=policy.SMTP)
    mail["From"] = Address(route.name, addr_spec=route.sender)
    mail["To"] = Address(addr_spec=route.list)
    mail["Subject"] = str(wire.get("subject", ""))
    mail["Date"] = format_datetime(sending.now or datetime.now(UTC))
    mail["Message-ID"] = f"<{id}>"
    if wire.get("keywords"):
        mail["Keywords"] = ", ".join(wire["keywords"])
    if approved:
        mail["Approved"] = approved
    mail.set_content(str(wire.get("text", "")), cte="quoted-printable")
    mail.add_alternative(str(wire["html"]), subtype="html", cte="quoted-printable")
    _add_pictures(mail, sending)
    if wire.get("language"):
        mail["Content-Language"] = str(wire["language"])
    # Two attempts hand over the same bytes; no line of quoted-printable or base64 begins with `=_`.
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        part.set_boundary(f"=_{id.partition('@')[0]}_{number}")
    return mail.as_bytes()


def _add_pictures(mail: Any, sending: SendRequest) -> None:
    """Put the pictures beside the HTML that shows them, without their metadata."""
    html = mail.get_payload()[-1]
    for number, picture in enumerate(sending.part.media, 1):
        clean = clean_picture(sending, picture, max_bytes=MAX_PICTURE_BYTES, max_side=MAX_PICTURE_SIDE)
        kind, _slash, subtype = clean.mime.partition("/")
        html.add_related(
            clean.data, kind, subtype, cid=f"<{content_id(picture.sha256)}>", disposition="inline", filename=f"{number}.{subtype}"
        )
