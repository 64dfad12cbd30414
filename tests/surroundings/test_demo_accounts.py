"""The accounts of the demo: each takes what its network sends, tells where it is, shows it to people, and remembers it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from marronnier import desk, networks, start
from marronnier.demo import accounts
from marronnier.demo.accounts import local_accounts
from marronnier.desk import Desk
from marronnier.files import WorkTree
from marronnier.model.brand import Channel
from marronnier.model.publication import Publication
from marronnier.networks.kit.seam import Account, Identifies, ReadsBack, SendRequest
from marronnier.web import Web
from networks.posts import drawn, picture, publication

ON_THIS_MACHINE = sorted(module.name for module in pkgutil.iter_modules(accounts.__path__) if module.name in networks.names())
WEB = Web(loopback=True)


@pytest.fixture(scope="module")
def example() -> Desk:
    return desk.load(WorkTree(start.EXAMPLE))


@contextmanager
def account_of(network: str, example: Desk, folder: Path) -> Iterator[tuple[Account, Any]]:
    """The example's account on a network, at any free port, and its server."""
    name, channel = next((name, channel) for name, channel in example.channels.channels.items() if channel.network == network)
    server = importlib.import_module(f"{accounts.__name__}.{network}").SERVER(folder, channel.account)
    with server.running(0):
        moved = Channel(**{**{field: getattr(channel, field) for field in channel.fields}, "host": server.host})
        yield Account(name, moved, dict.fromkeys(channel.env, "demo")), server


def said_by(network: str, account: Account) -> Publication:
    """A post with a picture, in the words of a channel."""
    own = {name: getattr(account.channel, name) for name in ("account", "host")}
    media = (picture("arbre.png", "Un arbre"),)
    return publication(network, "On plante.\n.\nÀ samedi & dimanche", channel=own, account=own["account"], title="On plante", media=media)


@pytest.mark.parametrize("network", ON_THIS_MACHINE)
def test_an_account_takes_what_its_network_sends(network: str, example: Desk, tmp_path: Path) -> None:
    with account_of(network, example, tmp_path / "there") as (account, server):
        net = networks.get(network)
        if isinstance(net, Identifies):
            assert net.identify(account, WEB).is_channel_account
        said = said_by(network, account)
        payload = net.compose(said)
        public = _public_site(server)
        sending = SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, (), read_picture=drawn, public_address=public)
        delivery = net.send(sending, account, WEB)
        if isinstance(net, ReadsBack):
            assert net.still_there(delivery, payload.parts[0], account, WEB) is True
        if network == "newsletter":
            return
        if delivery.url.startswith(f"http://{server.host}/"):
            page = WEB.request("GET", delivery.url)
            assert page.status == 200
            assert "À samedi &amp; dimanche" in page.body.decode()
    again = type(server)(tmp_path / "there", server.account)
    assert [posted.id for posted in again.posted] == [delivery.id]


def test_a_mail_is_kept_as_it_was_sent(example: Desk, tmp_path: Path) -> None:
    from email import message_from_bytes, policy

    with account_of("newsletter", example, tmp_path) as (account, _server):
        net = networks.get("newsletter")
        said = said_by("newsletter", account)
        payload = net.compose(said)
        net.send(SendRequest(said.key, 0, 1, payload.parts[0], payload.sha256, (), read_picture=drawn), account, WEB)
    mail = message_from_bytes((tmp_path / "0001.eml").read_bytes(), policy=policy.default)
    assert str(mail["Subject"]) == "On plante"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "À samedi & dimanche" in body.get_content(), "a line with a single dot does not end a mail"


def test_an_address_that_somebody_has_is_another_one(example: Desk, tmp_path: Path) -> None:
    channels = {name: channel for name, channel in example.channels.channels.items() if channel.network == "mastodon"}
    (written,) = (channel.host for channel in channels.values())
    with local_accounts(tmp_path / "one", channels) as first, local_accounts(tmp_path / "two", channels) as second:
        assert second.moved_text(f"host: {written}") not in (f"host: {written}", first.moved_text(f"host: {written}"))
        assert set(first.secrets) == {variable for channel in channels.values() for variable in channel.env.values()}


def _public_site(server: Any) -> Any:
    """A public site on which every picture stands at once: the account's own server shows what it keeps."""
    from marronnier import sandbox
    from marronnier.demo.accounts.server import AccountServer, Posted
    from marronnier.networks.kit.graph.instagram_facts import FACTS

    def address(sha256: str, ending: str) -> str:
        made = sandbox.prepare(drawn(picture("arbre.png", "")), FACTS.pictures)
        assert isinstance(server, AccountServer)
        assert made.sha256 == sha256
        server.keep_file("public", made.data)
        server.posted.append(Posted("public", "", ("public",)))
        return f"http://{server.host}/files/public"

    return address
