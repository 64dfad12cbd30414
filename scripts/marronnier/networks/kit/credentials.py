"""Optional protocols of a network about its credentials: how a person gets them, how they are renewed, and which versions of its API end."""

from __future__ import annotations

import base64
import hashlib
import secrets as random_bytes
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from marronnier.model.brand import Channel
from marronnier.networks.kit.facts import Fact
from marronnier.networks.kit.seam import Account

if TYPE_CHECKING:
    from marronnier.web import Web

NOTICE = timedelta(days=14)
"""So long before credentials end people are told."""


@dataclass(frozen=True, slots=True)
class IssuedSecrets:
    """Secrets that a network gave just now. They are stored before they are used."""

    values: Mapping[str, str] = field(repr=False)
    """Under the names of SECRETS and OPTIONAL_SECRETS."""
    expires: datetime | None = None
    """When they end (aware); None where the network does not tell, or they have no end."""


@runtime_checkable
class Refreshes(Protocol):
    """A network that gives new secrets for those that are about to end."""

    SECRETS: tuple[str, ...]
    TOKEN_LIFE: Fact
    """Days that its secrets live from the moment they are given."""

    def is_refreshable(self, secrets: Mapping[str, str]) -> bool:
        """Whether these secrets are enough to be given new ones. Pure."""
        ...

    def refresh(self, account: Account, web: Web) -> IssuedSecrets:
        """New secrets in place of the account's. Raises Refused, Locked, or Wait where the old ones hold for now."""
        ...


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """An application that a network knows: the id it is asked with, and its secret."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """One request for a person's consent. Only the answer that has its `state` is this request's."""

    client: OAuthClient
    redirect: str
    """Where the network sends the person afterwards."""
    state: str = field(default_factory=lambda: random_bytes.token_urlsafe(24))
    verifier: str = field(default_factory=lambda: random_bytes.token_urlsafe(48), repr=False)
    """What proves, where the network asks for proof, that whoever redeems the code is who asked for it (PKCE, RFC 7636)."""

    @property
    def challenge(self) -> str:
        """The digest of the verifier, which may be shown: method S256."""
        return base64.urlsafe_b64encode(hashlib.sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@runtime_checkable
class AsksConsent(Protocol):
    """A network with a page where a person consents in a browser: OAuth."""

    REDIRECT: str
    """Where it sends the person: `http://127.0.0.1:{port}/`; an https address where it takes no other, which the person copies."""
    CLIENT_PAGE: str
    """The page where a person makes an application and writes REDIRECT in it; empty where the server makes one when it is asked."""

    def register_client(self, account: Account, redirect: str, web: Web) -> OAuthClient | None:
        """Make an application on the account's server; None where a person makes it on CLIENT_PAGE. Raises Refused, Locked, Wait."""
        ...

    def consent_address(self, request: ConsentRequest, channel: Channel) -> str:
        """The address of the page. Pure."""
        ...

    def redeem(self, code: str, request: ConsentRequest, account: Account, web: Web) -> IssuedSecrets:
        """The secrets for the code that the person came back with. Raises Refused, Locked, Wait."""
        ...


@runtime_checkable
class HasVersions(Protocol):
    """A network whose API has versions that end. `channels.yml: version` may name one."""

    VERSION: str
    """The version that is used where the channel names none."""

    def version_end(self, version: str) -> date | None:
        """The first day on which requests of a version may be refused; None for what is no version. Pure."""
        ...
