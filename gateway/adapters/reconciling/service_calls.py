"""Calls the operators' operations of the services through the gateway's own transports."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from pydantic_core import from_json, to_json

from gateway.adapters.edge.forwarding import Upstreams
from gateway.adapters.edge.transport import Collected, Outgoing
from shared.contracts.operations import Service
from shared.kernel.errors import Unavailable
from shared.kernel.principal import Kind, Principal, Role
from shared.web.internal_token import SealedRequest

RECONCILER: Final = Principal(
    Kind.SYSTEM,
    "reconciler",
    frozenset({Role.OPERATOR}),
    frozenset({"operations:read", "operations:write"}),
)
GOOD: Final = 200


class ServiceCalls:
    """See the module."""

    def __init__(self, upstreams: Upstreams) -> None:
        self._upstreams = upstreams

    async def get(self, service: str, path: str, **query: str) -> Any:
        return await self._call("GET", service, path, urlencode(query).encode(), b"")

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        return await self._call("POST", service, path, b"", to_json(body))

    async def _call(self, method: str, service: str, path: str, query: bytes, body: bytes) -> Any:
        target = f"/v1/operations/{service}/{quote(path)}".encode("ascii")
        call = SealedRequest(method, target, query, body)
        transport, token = self._upstreams.way(Service(service), RECONCILER, call)
        headers = [(b"accept-language", b"en"), token]
        if body:
            headers.append((b"content-type", b"application/json"))
        request = Outgoing(method=method, path=target, query=query, headers=headers, body=body, repeatable=True)
        answer = Collected()
        await transport.send(request, answer)
        if answer.status != GOOD:
            raise Unavailable(f"{service} ({answer.status} for {method} {path})")
        return from_json(answer.content)
