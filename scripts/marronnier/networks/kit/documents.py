"""Documents on their way to a network: PDFs, sent as they are."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from marronnier.messages import Trouble, _
from marronnier.model.publication import Picture, Words
from marronnier.networks.kit.facts import DocumentLimits
from marronnier.networks.kit.sealed_media import open_sealed
from marronnier.networks.kit.seam import Refused, SendRequest, Wait

DOCUMENT_TYPE = "application/pdf"


def document_refusal(words: Words, *, alone: bool = True) -> str:
    """Why a post is no document, or holds more than one where a message takes it `alone`; empty when neither is so."""
    documents = [one for one in words.all_media if one.is_document]
    if words.format == "document" and not documents:
        return _("`format: document` is one PDF under `media:`")
    return _("a message takes one document, and nothing beside it") if alone and documents and len(words.all_media) > 1 else ""


def refuse_second_file(media: tuple[Picture, ...]) -> None:
    """Raises Refused where a message has two documents, or a document and pictures: the network takes one document alone."""
    if len(media) > 1 and any(one.is_document for one in media):
        raise Refused(_("a message takes one document, and nothing beside it"))


def file_name(document: Picture) -> str:
    """The name of a document's file, which readers see: letters of ASCII, digits, `.`, `_` and `-`."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", posixpath.basename(document.path))


@contextmanager
def open_document(sending: SendRequest, document: Picture, limits: DocumentLimits) -> Iterator[tuple[IO[bytes], int]]:
    """A sealed document, opened, and its size in bytes.

    Raises Refused for one that nobody could open, or that the network surely does not take, and Wait. What nobody read in the network's own
    pages refuses nothing here.
    """
    from marronnier import sandbox

    with open_sealed(sending, document) as file:
        try:
            info = sandbox.inspect_file(Path(file.name), document.path)
        except Trouble as trouble:
            raise Wait(str(trouble)) from trouble
        why = sandbox.describe_problem(info.problem) if info.problem else ""
        why = why or (sandbox.describe_problem("other-kind") if info.category != "document" else "")
        size = limits.size
        if not why and size is not None and size.mark == "primary" and info.size > size.value:
            why = _("it has {size} bytes, and at most {most} are taken", size=info.size, most=size.value)
        if why:
            raise Refused(_("{path} cannot be sent: {why}", path=document.path, why=why))
        file.seek(0)
        yield file, info.size
