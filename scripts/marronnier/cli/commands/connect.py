"""`marronnier connect`: walks a person through getting the credentials of a channel, tests them, and stores them. They are never printed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from marronnier.cli import output
from marronnier.cli.context import CommandContext, pass_command_context
from marronnier.messages import Trouble, _, format_day

if TYPE_CHECKING:
    from marronnier.model.brand import Channel
    from marronnier.networks.kit.credentials import IssuedSecrets
    from marronnier.networks.kit.seam import Account, AccountStatus, Network
    from marronnier.web import Web

PATH = "brand/channels.yml"
DEFAULT_PORT = 8412
"""The port of this machine that applications made by hand name."""


@click.command()
@click.argument("channel_name", metavar="CHANNEL")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help=_("The port of this machine at which a browser comes back."))  # fmt: skip
@click.option("--paste", is_flag=True, help=_("The browser is on another machine: paste the address at which it ends."))
@click.option("--by-hand", is_flag=True, help=_("Make the token on the network's own pages, and type it here."))
@pass_command_context
def command(context: CommandContext, channel_name: str, port: int, paste: bool, by_hand: bool) -> None:
    """Get the credentials of a channel, test them by reading alone, and store them in the file that MARRONNIER_SECRETS_FILE names, or on GitHub where MARRONNIER_SECRETS_TOKEN may write secrets. They are never printed."""
    from marronnier.cli.secret_place import secret_store
    from marronnier.networks.kit import renewal
    from marronnier.networks.kit.credentials import AsksConsent, IssuedSecrets
    from marronnier.networks.kit.seam import Account
    from marronnier.web import Web

    network, channel = _network_of(context, channel_name)
    if not network.SECRETS:
        click.echo(_("{channel} needs no credentials.", channel=channel_name))
        return
    names = _named_secrets(network, channel_name, channel)
    web = Web(loopback=context.brand.clock is not None)
    store = secret_store(context)
    account = Account(channel_name, channel, {})
    title = f"{channel_name}  {channel.account or channel.network}"
    output.print_line(output.coloured(output.escape_controls(title), "white", bold=True))
    if isinstance(network, AsksConsent) and not by_hand:
        if store is None:
            raise Trouble(
                _("Nothing here would keep what {network} gives, and it is never printed", network=_(network.NAME)),
                _("Name a file outside of this folder in MARRONNIER_SECRETS_FILE, or set MARRONNIER_SECRETS_TOKEN to a token of GitHub that may write this repository's secrets. With --by-hand, the token is made on the network's own pages."),
            )  # fmt: skip
        store.try_out(channel.env[name] for name in names)
        issued = _consent(network, account, _known_secrets(channel), web, port=port, paste=paste)
    else:
        if store is not None:
            store.try_out(channel.env[name] for name in names)
        issued = IssuedSecrets(_typed(network, channel, names))
    secrets = {name: value for name, value in issued.values.items() if name in names}
    tested = Account(channel_name, channel, secrets)
    _test(network, tested, web)
    variables = ", ".join(channel.env[name] for name in secrets)
    if store is None:
        output.print_wrapped(
            _("Now set it where the publisher reads it, under the name {variables}: on GitHub under Settings › Environments › publishing › Add environment secret, on a server in the file that MARRONNIER_SECRETS_FILE names.", variables=variables)
        )  # fmt: skip
        return
    renewal.keep(tested, network.SECRETS, issued, store)
    _print_note(_("stored: {variables} in {place}", variables=variables, place=store.place))
    if issued.expires is not None:
        _print_note(_("they end on {day}", day=format_day(issued.expires.date())))
    for name in sorted(issued.values.keys() - secrets.keys() - {"client_id", "client_secret"}):
        _print_note(
            _("{network} also gave a {name}, which was not kept: name it under `env:` in {path} and run this again to have it kept", network=_(network.NAME), name=name, path=PATH)
        )  # fmt: skip
    for name in (name for name in names if name not in secrets):
        _print_note(_("{network} gave no {name}: remove it from `env:` in {path}", network=_(network.NAME), name=name, path=PATH))


def _network_of(context: CommandContext, channel_name: str) -> tuple[Network, Channel]:
    """The channel and its network. Raises Trouble."""
    from marronnier import networks
    from marronnier.networks.kit.accounts import unreachable_reason

    channels = context.desk.channels.channels
    if PATH in context.desk.unreadable_settings:
        raise Trouble(_("{file} cannot be read", file=PATH), _("`marronnier check` says where and why."))
    if channel_name not in channels:
        raise Trouble(
            _("There is no channel {name}", name=channel_name),
            _("The channels are: {names}.", names=", ".join(channels)) if channels else _("Add one to {file}.", file=PATH),
            status=2,
        )
    channel = channels[channel_name]
    try:
        network = networks.get(channel.network)
    except networks.UnknownNetwork as unknown:
        raise Trouble(str(unknown)) from None
    if reason := unreachable_reason(context.brand, network.host(channel)):
        raise Trouble(reason)
    return network, channel


def _named_secrets(network: Network, channel_name: str, channel: Channel) -> tuple[str, ...]:
    """The secrets that the channel names variables for. Raises Trouble where it lacks one, or names one that is never given to a network."""
    from marronnier.model.where import is_reserved
    from marronnier.networks.kit.seam import TakesMoreSecrets

    more = tuple(name for name in network.OPTIONAL_SECRETS if name in channel.env) if isinstance(network, TakesMoreSecrets) else ()
    names = (*network.SECRETS, *more)
    if any(name not in channel.env or is_reserved(channel.env[name]) for name in names):
        fallback = {name: f"{channel_name}_{name}".replace("-", "_").replace(".", "_").upper() for name in names}
        named = {name: fallback[name] if is_reserved(channel.env.get(name, "")) else channel.env[name] for name in names}
        line = ", ".join(f"{name}: {variable}" for name, variable in named.items())
        raise Trouble(
            _("{path} does not say under which names the secrets of {channel} stand", path=PATH, channel=channel_name),
            _("Write `env: {{{line}}}` under {channel}, and run this again.", line=line, channel=channel_name),
        )
    return names


def _known_secrets(channel: Channel) -> dict[str, str]:
    """The application's id and secret, where the channel names them and they are set. Raises Trouble."""
    from marronnier.model.where import is_reserved
    from marronnier.networks.kit.secret_stores import with_secrets_file

    values = with_secrets_file(os.environ)
    named = ((name, channel.env.get(name, "")) for name in ("client_id", "client_secret"))
    return {name: value for name, variable in named if not is_reserved(variable) and (value := values.get(variable, "").strip())}


def _consent(network: Network, account: Account, known: dict[str, str], web: Web, *, port: int, paste: bool) -> IssuedSecrets:
    """What the network gives once its account's owner consented. Raises Trouble."""
    from marronnier.cli.consent import ConsentWalk
    from marronnier.networks.kit.credentials import AsksConsent

    assert isinstance(network, AsksConsent)
    return ConsentWalk(network, _(network.NAME), account, known, web, port, paste).ask()


def _typed(network: Network, channel: Channel, names: tuple[str, ...]) -> Mapping[str, str]:
    """What a person made on the network's own pages, and types here."""
    from marronnier import networks
    from marronnier.cli.typed_input import read_secret
    from marronnier.text.plain_text import to_plain_text

    for number, step in enumerate(networks.setup_steps(channel.network), 1):
        first, *others = to_plain_text(step.partition(". ")[2]).split("\n")
        output.print_wrapped(f"{number}. {first.strip()}", hanging=3)
        for line in filter(str.strip, others):
            output.print_wrapped(line.strip(), indent=3, hanging=2 if line.startswith("• ") else 0)
    return {name: read_secret(_("{variable}: its {name} (not shown)", variable=channel.env[name], name=name)) for name in names}


def _test(network: Network, account: Account, web: Web) -> None:
    """Ask the server whether the credentials work and whose they are, by reading alone. Raises Trouble where they are not to be kept."""
    from marronnier.networks.kit.seam import Examines, Identifies, Locked, Refused, Unknown, Wait

    name, kept = _(network.NAME), _("Nothing was stored.")
    status: AccountStatus
    try:
        if isinstance(network, Examines):
            status = network.examine(account, web)
        elif isinstance(network, Identifies):
            status = network.identify(account, web)
        else:
            _print_note(_("{network} offers no way to test them", network=name))
            return
    except (Locked, Refused) as no:
        raise Trouble(_("{network} does not take these credentials: {why}", network=name, why=no), kept) from None
    except (Wait, Unknown) as wait:
        raise Trouble(_("{network} cannot be asked now: {why}", network=name, why=wait), f"{kept} {_('Try again later.')}") from None
    if not status.is_channel_account:
        raise Trouble(
            _("the credentials belong to {account}, and {path} names {named}", account=status.account or "?", path=PATH, named=account.channel.account),
            f"{kept} {_('Sign in there as {named} and run this again, or name {account} in {path}.', named=account.channel.account, account=status.account or '?', path=PATH)}",
        )  # fmt: skip
    _print_note(_("the credentials work, and belong to {account}", account=status.account), good=True)
    if status.missing_scopes:
        _print_note(_("they do not allow {scopes}", scopes=", ".join(status.missing_scopes)))
    for remark in status.remarks:
        _print_note(remark)


def _print_note(text: str, *, good: bool = False) -> None:
    output.print_line(output.coloured("  ✓ " if good else "  · ", "green" if good else "cyan") + output.escape_controls(text))
