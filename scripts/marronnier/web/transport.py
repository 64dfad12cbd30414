"""HTTP over a connection that the web opened: httpx2 makes and reads the messages, and never opens a socket itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl


def transport(connection: Any, tls: ssl.SSLContext | None) -> Any:
    """An httpx2 transport over one connection of ours: to an address that was checked, with the host's name in `Host` and in TLS."""
    import httpcore2
    import httpx2

    class Transport(httpx2.BaseTransport):
        def __init__(self) -> None:
            self._pool = httpcore2.ConnectionPool(ssl_context=tls, max_connections=1, retries=0, network_backend=connection)

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            url = request.url
            target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
            answer = self._pool.handle_request(
                httpcore2.Request(
                    request.method, target, headers=request.headers.raw, content=request.stream, extensions=request.extensions
                )
            )
            return httpx2.Response(answer.status, headers=answer.headers, stream=_AnswerStream(answer.stream), extensions=answer.extensions)

        def close(self) -> None:
            self._pool.close()

    class _AnswerStream(httpx2.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self._stream = stream

        def __iter__(self) -> Any:
            return iter(self._stream)

        def close(self) -> None:
            self._stream.close()

    return Transport()
