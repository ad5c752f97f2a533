"""A client's way to a service without a gateway: who asks is in the headers, the seal is put on as the gateway does."""

from typing import Any

import httpx2

from shared.web.internal_token import InternalTokens, SealedRequest


class Sealing(httpx2.ASGITransport):
    """Seals every request whose `Authorization` is a bare internal token."""

    def __init__(self, app: Any, tokens: InternalTokens) -> None:
        super().__init__(app=app)
        self._tokens = tokens

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """See `httpx2`."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            path, _, query = request.url.raw_path.partition(b"?")
            call = SealedRequest(request.method, path, query, await request.aread())
            request.headers["authorization"] = f"Bearer {self._tokens.seal(token, call)}"
        return await super().handle_async_request(request)
