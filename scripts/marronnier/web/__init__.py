"""HTTP requests to public hosts, limited in time and size. No redirect is followed, no request is repeated, no secret is logged.

Secrets travel in headers and bodies only. No `repr`, error or log of this module holds either, nor the body of an answer.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from marronnier import __version__
from marronnier.messages import _

if TYPE_CHECKING:
    import ssl

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Iterable[str]]
"""A function from a host and a port to the host's numeric addresses. Raises OSError when it has none."""

CONNECT_TIMEOUT = 10.0
"""Seconds to make a connection."""
TIMEOUT = 30.0
"""Seconds for the whole exchange: name look-up, connection, request and answer."""
MAX_BYTES = 2_000_000
"""The most bytes of an answer, decompressed."""

_ADDRESSES_TRIED = 4
_CHUNK = 65_536
_NOT_IN_A_URL = re.compile(r"[\x00-\x20\x7f-\xa0\\\u2028\u2029\ufeff]")
_NOT_IN_A_HEADER = re.compile(r"[^\t\x20-\x7e]")
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "240.0.0.0/4"),
        *("::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "5f00::/16", "fec0::/10", "3fff::/20"),
    )
)
"""Networks that `is_global` of some Python versions takes for public.

https://www.iana.org/assignments/iana-ipv6-special-registry, seen 2026-11-25.
"""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that a NAT64 gateway turns into the IPv4 address in their last 32 bits (RFC 6052)."""


class NotSent(Exception):
    """Nothing was sent: the address was refused or unknown, or no connection was made."""


class AnswerLost(Exception):
    """The request may have arrived, and no complete answer came back: it was cut off, too large or too slow."""


class InvalidAnswer(Exception):
    """The answer has another form than expected, such as HTML instead of JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer to one request."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Header values by name in lower case; several values of one name are joined by a comma."""
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """The body parsed as JSON. Raises InvalidAnswer when it is not JSON."""
        import json

        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        # Raised outside the `except`: an error of the JSON module holds the whole body.
        kind = kind if re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", kind) else ""
        raise InvalidAnswer(
            _("the server answered {status} with {kind} instead of JSON", status=self.status, kind=kind or _("something else"))
        )


class Web:
    """HTTP as one brand may use it: to public hosts over HTTPS, or under a clock to loopback addresses only, over HTTP too."""

    def __init__(self, *, loopback: bool = False, resolve: Resolve | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.loopback = loopback
        """Whether only loopback addresses may be reached, as for a brand under a clock."""
        self._resolve = resolve or _resolve_with_system
        self._tls = tls

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        form: Mapping[str, str | Sequence[str]] | None = None,
        files: Mapping[str, tuple[str, bytes | IO[bytes], str]] | None = None,
        body: bytes | IO[bytes] | None = None,
        most: int = MAX_BYTES,
        within: float = TIMEOUT,
        into: IO[bytes] | None = None,
    ) -> Answer:
        """Send one request and return the answer. A redirect is an answer like any other.

        `files` are `{field: (file name, bytes, type)}`, sent with `form`; `most` is in bytes, `within` in seconds. A file in place of
        bytes is read piece by piece while it is sent. `into`: where the body of an answer 200 is written, which the answer then lacks.
        Raises NotSent when nothing was sent, AnswerLost when the request may have arrived.
        """
        if body is not None and not isinstance(body, bytes):
            headers = {**(headers or {}), "Content-Length": str(_bytes_left(body))}
        answer = self._request(
            method, url, headers or {}, {"json": json, "data": form, "files": files, "content": body}, most, within, into
        )
        # A printed traceback may show the variables of its frames.
        del headers, json, form, files, body, url
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: Mapping[str, Any],
        most: int,
        within: float,
        into: IO[bytes] | None,
    ) -> Answer | NotSent | AnswerLost:
        """The answer, or the error as a value: a library's error, which holds the whole request, is then never chained to it."""
        import httpx2

        from marronnier.web.transport import transport

        _silence_library_logs()
        if why := _request_problem(url, headers):
            return NotSent(why)
        deadline = time.monotonic() + within
        connection = WebConnection(self, deadline)
        try:
            request = httpx2.Request(
                method, url, headers={**_OWN_HEADERS, **headers}, **{name: value for name, value in content.items() if value is not None}
            )
            if why := self._scheme_problem(request.url):
                return AddressNotAllowed(why)
            with httpx2.Client(
                transport=transport(connection, self.tls_context() if request.url.scheme == "https" else None),
                trust_env=False,
                follow_redirects=False,
                timeout=within,
            ) as client:
                return _read_answer(client, request, most, deadline, into)
        except _TooLong:
            return AnswerLost(_("the answer was longer than {most} bytes", most=most))
        except _Unreachable as unreachable:
            return type(unreachable)(str(unreachable))
        except Exception as error:  # noqa: BLE001 - of any error of a library, only whether something was sent matters
            kind = type(error).__name__
            slow = time.monotonic() >= deadline or "Timeout" in kind
        if not connection.has_written:
            return NotSent(_("the connection failed ({kind})", kind=kind))
        return AnswerLost(
            _("there was no complete answer within {seconds} seconds", seconds=round(within))
            if slow
            else _("the connection broke ({kind})", kind=kind)
        )

    def connect(self, host: str, port: int, *, tls: bool, within: float = TIMEOUT) -> WebConnection:
        """A connection for another protocol than HTTP, to an address that may be reached; with `tls` its certificate is checked.

        It ends `within` seconds from now. Raises NotSent.
        """
        connection = WebConnection(self, time.monotonic() + within)
        try:
            connection.connect_tcp(host, port)
            if tls:
                connection.secure(host)
        except OSError:
            connection.close()
            raise NotSent(_("the connection failed ({kind})", kind="TimeoutError")) from None
        except NotSent:
            connection.close()
            raise
        return connection

    def _scheme_problem(self, url: Any) -> str:
        """Why a URL with that scheme, user or host is not requested; empty when it is."""
        if url.userinfo or not url.host:
            return _("an address with a user name is not requested") if url.userinfo else _("the address has no host")
        if url.scheme == "https" or (url.scheme == "http" and self.loopback):
            return ""
        return _("only https addresses are requested, not {scheme}", scheme=url.scheme or "?")

    def tls_context(self) -> ssl.SSLContext:
        """TLS with the certificate authorities of this machine, whatever the environment's variables say."""
        if self._tls is None:
            import httpx2

            self._tls = httpx2.create_ssl_context(trust_env=False)
        return self._tls

    def resolve_allowed(self, host: str, port: int, seconds: float) -> list[Address]:
        """A host's addresses, looked up once. Raises _Unreachable when it has none, or one that may not be reached."""
        try:
            addresses = [ipaddress.ip_address(host.strip("[]"))]
        except ValueError:
            addresses = [ipaddress.ip_address(text) for text in _resolve_within(lambda: list(self._resolve(host, port)), seconds)]
        if not addresses:
            raise _Unreachable(_("{host} has no address", host=host))
        for address in addresses:
            if not self._may_reach(address):
                if self.loopback:
                    raise _Unreachable(_("this is a demo with a fixed date, and {host} is not on this machine", host=host))
                raise AddressNotAllowed(_("{host} is at {address}, which is not a public address", host=host, address=address))
        return addresses[:_ADDRESSES_TRIED]

    def _may_reach(self, address: Address) -> bool:
        inner = _embedded_ipv4(address)
        if self.loopback:
            return inner.is_loopback
        return inner.is_global and not inner.is_multicast and not inner.is_reserved and not any(inner in network for network in _NOT_PUBLIC)


_OWN_HEADERS = {"User-Agent": f"marronnier/{__version__}", "Accept-Encoding": "gzip", "Accept": "application/json", "Connection": "close"}


def _bytes_left(file: IO[bytes]) -> int:
    at = file.tell()
    size = file.seek(0, 2) - at
    file.seek(at)
    return size


class _Unreachable(NotSent):
    """The host has no address that may be reached, or does not take a connection."""


class AddressNotAllowed(_Unreachable):
    """The address may never be asked, however long one waits: another must be written."""


class _TooLong(Exception):
    """The answer is longer than the limit."""


def _embedded_ipv4(address: Address) -> Address:
    """The IPv4 address embedded in an IPv6 address; any other address as it is."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour or address
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def _resolve_with_system(host: str, port: int) -> list[str]:
    return list(dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def _resolve_within(resolve: Callable[[], list[str]], seconds: float) -> list[str]:
    """The addresses that a look-up finds within that time; the system's own look-up has no timeout."""
    addresses: list[str] = []

    def run() -> None:
        try:
            addresses.extend(resolve())
        except (OSError, ValueError):
            pass

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(min(seconds, CONNECT_TIMEOUT))
    return list(addresses)


def _request_problem(url: str, headers: Mapping[str, str]) -> str:
    """Why a request of that URL with these headers is not sent; empty when it is."""
    if _NOT_IN_A_URL.search(url):
        return _("the address contains a space or a character that is not allowed in an address")
    bad = next((name for name, value in headers.items() if _NOT_IN_A_HEADER.search(value)), None)
    return _("the value of the header {name} contains a line break or a character that is not allowed in a header", name=bad) if bad else ""


def _silence_library_logs() -> None:
    """Silence the libraries that log requests and answers, whatever the log level."""
    import logging

    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _read_answer(client: Any, request: Any, most: int, deadline: float, into: IO[bytes] | None) -> Answer | AnswerLost:
    """Send the request and read its answer in chunks, up to the limits of size and time."""
    response = client.send(request, stream=True)
    try:
        if response.headers.get("content-encoding", "identity").strip().lower() not in ("identity", "gzip", ""):
            return AnswerLost(_("the answer is compressed in a way that was not requested"))
        if int(response.headers.get("content-length", "0")) > most:
            raise _TooLong
        chunks: list[bytes] = []
        size, keep = 0, into.write if into is not None and response.status_code == 200 else chunks.append
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > most:
                raise _TooLong
            if time.monotonic() > deadline:
                return AnswerLost(_("the answer was too slow"))
            keep(chunk)
        return Answer(response.status_code, {name.lower(): value for name, value in response.headers.items()}, b"".join(chunks))
    finally:
        response.close()


class WebConnection:
    """One connection, to an address that was checked, which ends at the deadline however slowly the server answers."""

    def __init__(self, web: Web, deadline: float) -> None:
        self.web = web
        self.deadline = deadline
        self.has_written = False
        """Whether a byte of the request may have left."""
        self._socket: socket.socket | None = None

    def seconds_left(self) -> float:
        """Seconds until the deadline. Raises TimeoutError when it has passed."""
        if (seconds := self.deadline - time.monotonic()) <= 0:
            raise TimeoutError
        return seconds

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, **_options: Any) -> WebConnection:
        """Connect to the first of the host's addresses that takes a connection."""
        for address in self.web.resolve_allowed(host, port, self.seconds_left()):
            try:
                self._socket = socket.create_connection((str(address), port), min(self.seconds_left(), CONNECT_TIMEOUT))
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError:
                continue
            return self
        raise _Unreachable(_("{host} refuses the connection", host=host))

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> WebConnection:
        """Start TLS on the connection and check the certificate for that host name."""
        import ssl

        assert self._socket is not None
        self._socket.settimeout(min(self.seconds_left(), CONNECT_TIMEOUT))
        try:
            self._socket = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError:
            raise _Unreachable(_("the certificate of {host} is not one this machine trusts", host=server_hostname)) from None
        except OSError:
            raise _Unreachable(_("{host} does not use TLS correctly", host=server_hostname)) from None
        return self

    def secure(self, host: str) -> None:
        """Start TLS and check the certificate, with the authorities of this machine. Raises NotSent."""
        self.start_tls(self.web.tls_context(), host)

    def read(self, most: int, timeout: float | None = None) -> bytes:
        """The next bytes that arrive before the deadline."""
        assert self._socket is not None
        self._socket.settimeout(self.seconds_left())
        return self._socket.recv(most)

    def write(self, data: bytes, timeout: float | None = None) -> None:
        """Send all bytes before the deadline. A server that stops reading may still have sent an answer, which is read next."""
        import httpcore2

        assert self._socket is not None
        view = memoryview(data)
        self.has_written = True
        while view:
            self._socket.settimeout(self.seconds_left())
            try:
                view = view[self._socket.send(view[:_CHUNK]) :]
            except ConnectionError:
                raise httpcore2.WriteError from None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()

    def get_extra_info(self, name: str) -> Any:
        return None
