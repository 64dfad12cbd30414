"""Posts in two steps: a container is prepared, which nobody sees, and published when it is ready.

The container's id is kept in the ledger, so that an attempt whose answer was lost is settled by asking for its state, and an attempt that
found it not ready goes on with the same one. Nothing makes a second container while a first one may be published.

https://developers.facebook.com/docs/instagram-platform/content-publishing, https://developers.facebook.com/docs/threads/troubleshooting, seen 2026-11-27
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from marronnier.messages import _
from marronnier.networks.kit import outcomes
from marronnier.networks.kit.graph.client import GraphClient, identifier, node
from marronnier.networks.kit.graph.errors import SpentContainer
from marronnier.networks.kit.seam import Refused, SendRequest, Unknown, Wait

PATIENCE_SECONDS = 60.0
"""Seconds for all containers of one part to become ready within a run: less than is left before its claim ends."""
POLL_SECONDS = 5.0
LATER = timedelta(minutes=1)
"""When a container that was not ready is asked for again: the vendor's pages say once a minute."""
STATES = ("IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED")
"""EXPIRED: 24 hours went by, and it was not published."""


@dataclass(frozen=True, slots=True)
class ContainerSteps:
    """Where a network prepares and publishes, and how it tells a container's state."""

    create: str
    publish: str
    state_field: str
    error_field: str
    passing: Callable[[str], bool]
    """Whether a failure may pass when the same is prepared once more."""


class Containers:
    """The containers of one part, by the SHA-256 that each is kept under."""

    def __init__(self, client: GraphClient, steps: ContainerSteps, sending: SendRequest) -> None:
        self._client = client
        self._steps = steps
        self._sending = sending
        self._deadline = time.monotonic() + PATIENCE_SECONDS
        self.kept = dict(sending.uploads)

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Every Wait and Unknown takes the ids of these containers along, for the ledger."""
        try:
            yield
        except Wait as wait:
            raise Wait(str(wait), wait.until, uploads=self.kept) from wait
        except Unknown as unknown:
            raise Unknown(str(unknown), uploads=self.kept) from unknown

    def state(self, container: str) -> tuple[str, str]:
        """A container's state, one of STATES, and why it failed; empty where the server does not know it. Raises Locked or Wait."""
        fields = f"{self._steps.state_field},{self._steps.error_field}"
        told = self._client.get_if_there(node(container), fields=fields)
        if told is None:
            return "", ""
        state = told.get(self._steps.state_field)
        if state not in STATES:
            raise Wait(_("the server does not say whether {what} is ready", what=container))
        return str(state), outcomes.redact(told.get(self._steps.error_field), self._client.account.secrets.values())

    def ready(self, key: str, fields: Callable[[], Mapping[str, str]]) -> str:
        """The id of the container kept under a key once it is ready; one is made of `fields` where none is that may still be. Raises outcomes."""
        container, failed_before = self._kept(key)
        if not container:
            made = self._client.post(self._steps.create, fields(), publishes=False)
            container = self.kept[key] = identifier(made, publishes=False)
        state, why = self.state(container)
        while state in ("IN_PROGRESS", ""):
            if time.monotonic() + POLL_SECONDS > self._deadline:
                raise Wait(_("what was sent is still being prepared there"), self._sending.now + LATER if self._sending.now else None)
            time.sleep(POLL_SECONDS)
            state, why = self.state(container)
        if state == "ERROR":
            message = _("what was sent cannot be prepared there: {why}", why=why or "?")
            if self._steps.passing(why) and not failed_before:
                raise Wait(message, self._sending.now + LATER if self._sending.now else None)
            raise Refused(message)
        if state == "EXPIRED":
            del self.kept[key]
            raise Wait(_("what was prepared was not published in time"))
        return container

    def _kept(self, key: str) -> tuple[str, bool]:
        """The container of an earlier attempt that can still be published, and whether one failed. Raises Unknown when it is published."""
        container = self.kept.get(key, "")
        state = self.state(container)[0] if container else ""
        if state == "PUBLISHED":
            raise Unknown(_("what was prepared is already published: {what}", what=container))
        if state in ("IN_PROGRESS", "FINISHED"):
            return container, False
        self.kept.pop(key, None)
        return "", state == "ERROR"

    def publish(self, container: str) -> str:
        """The id of the post that a container became. Raises outcomes."""
        try:
            answer = self._client.post(self._steps.publish, {"creation_id": container}, publishes=True)
        except SpentContainer as spent:
            # Said of a new container, it may only come too early.
            if container in self._sending.uploads.values():
                self.kept = {}
            raise Wait(str(spent), self._sending.now + LATER if self._sending.now else None) from spent
        return identifier(answer, publishes=True)


def surely_not_out(containers: Containers, sending: SendRequest) -> bool | None:
    """Whether the container of the last attempt proves that this part is not out; None where there is none to ask. Raises Locked or Wait."""
    container = sending.uploads.get(sending.payload_sha256)
    state = containers.state(container)[0] if container else ""
    return state != "PUBLISHED" if state else None
