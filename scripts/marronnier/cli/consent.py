"""A person's consent in a browser: the address is opened, and whoever consented comes back to a port of this machine, or pastes where they came."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass

import click

from marronnier.cli import output
from marronnier.cli.typed_input import read_line, read_secret
from marronnier.messages import Trouble, _
from marronnier.networks.kit.credentials import AsksConsent, ConsentRequest, IssuedSecrets, OAuthClient
from marronnier.networks.kit.seam import Account, Locked, Refused, Unknown, Wait
from marronnier.web import Web

PATIENCE = 300.0
"""Seconds that somebody has to consent."""


@dataclass(frozen=True, slots=True)
class ConsentWalk:
    """One walk through a network's page of consent."""

    network: AsksConsent
    network_name: str
    account: Account
    """Without its secrets, which are yet to be given."""
    known: dict[str, str]
    """Secrets that are there already: an application's id and its secret."""
    web: Web
    port: int
    """The port of this machine that applications made by hand name."""
    paste: bool = False
    """Whether the browser is on another machine."""

    def ask(self) -> IssuedSecrets:
        """The secrets that the network gives. Raises Trouble."""
        try:
            return self._listen() if self._is_browser_here() else self._paste()
        except (Locked, Refused) as no:
            raise Trouble(_("{network} gave no token: {why}", network=self.network_name, why=no), _("Nothing was stored.")) from None
        except (Wait, Unknown) as wait:
            raise Trouble(
                _("{network} cannot be asked now: {why}", network=self.network_name, why=wait), _("Nothing was stored. Try again later.")
            ) from None

    def _is_browser_here(self) -> bool:
        """Whether a browser of this machine can be sent back to this machine."""
        has_screen = sys.platform in ("darwin", "win32") or any(os.environ.get(name) for name in ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY"))
        return not self.paste and self.network.REDIRECT.startswith("http://") and has_screen and not os.environ.get("SSH_CONNECTION")

    def _listen(self) -> IssuedSecrets:
        import webbrowser

        from marronnier.networks.kit import oauth
        from marronnier.web.redirect_listener import RedirectListener, Verdict

        heard: list[str | Refused] = []
        requests: list[ConsentRequest] = []
        thanks, other = _("Thank you: this page can be closed now."), _("This answer belongs to another request, and was left aside.")

        def judge(query: str) -> tuple[Verdict, str]:
            try:
                heard.append(oauth.read_redirect(f"/?{query}", requests[0]))
            except (oauth.OtherRequest, IndexError):
                return "other", other
            except Refused as refused:
                heard.append(refused)
            return "taken", thanks

        # A server that makes the application itself takes any port; one whose application a person made has its address.
        port = self.port if self.network.CLIENT_PAGE else 0
        try:
            listener = RedirectListener(port, judge)
        except OSError as error:
            raise Trouble(
                _("port {port} is taken", port=port),
                _("Choose another one with --port, and write its address in the application too; or add --paste."),
            ) from error
        try:
            request = self._request(self.network.REDIRECT.format(port=listener.port))
            requests.append(request)
            address = self._print_address(request)
            webbrowser.open(address)
            if not listener.wait(PATIENCE):
                raise Trouble(
                    _("Nobody came back within five minutes"), _("Run it again; add --paste where the browser is on another machine.")
                )
        finally:
            listener.close()
        code = heard[0]
        if isinstance(code, Refused):
            raise code
        return self.network.redeem(code, request, self.account, self.web)

    def _paste(self) -> IssuedSecrets:
        from marronnier.networks.kit import oauth

        request = self._request(self.network.REDIRECT.format(port=self.port))
        self._print_address(request)
        output.print_wrapped(
            _(
                "Whoever consented ends at a page that cannot be shown, and that is as it should be: copy its whole address from the browser."
            )
        )
        pasted = read_secret(_("Paste that address (it is not shown)"))
        try:
            code = oauth.read_redirect(pasted, request)
        except oauth.OtherRequest as other:
            raise Trouble(
                _("This address is refused: {why}", why=other), _("Run the command again, and use the address that it prints then.")
            ) from None
        return self.network.redeem(code, request, self.account, self.web)

    def _request(self, redirect: str) -> ConsentRequest:
        client = self.network.register_client(self.account, redirect, self.web)
        return ConsentRequest(client if client is not None else self._client_by_hand(redirect), redirect)

    def _client_by_hand(self, redirect: str) -> OAuthClient:
        """The application that a person made on the network's pages."""
        if not ("client_id" in self.known and "client_secret" in self.known):
            output.print_wrapped(
                _("Open {page}, make an application there as the page of {network} says, and write this redirect address in it: {redirect}", page=self.network.CLIENT_PAGE, network=self.network_name, redirect=redirect)
            )  # fmt: skip
        id = self.known.get("client_id") or read_line(_("The application's id"))
        return OAuthClient(id, self.known.get("client_secret") or read_secret(_("The application's secret (it is not shown)")))

    def _print_address(self, request: ConsentRequest) -> str:
        address = self.network.consent_address(request, self.account.channel)
        output.print_wrapped(_("Open this address in a browser, signed in as {account}:", account=self.account.channel.account or "?"))
        click.echo(f"  {output.escape_controls(address)}")
        return address
