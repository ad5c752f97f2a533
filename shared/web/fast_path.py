"""A short way to the operations that take a desk, a JSON body and words of the path: most of them, all the hot ones.

FastAPI makes the routes, documents them, and answers whatever is not plainly right: what is no JSON, does not fit or
lacks a token has had no effect yet, and goes its way from the start. What is right goes to the same function with the
same values, without a stack of routers and a graph of dependencies in between, which cost more than most use cases do.
"""

import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastapi import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.kernel.errors import RetourError
from shared.web.call import JSON, WITH_BODY, AnyCall, call_of
from shared.web.problems import answer_error, instance_of, language_of
from shared.web.request_limits import replay
from shared.web.strict_json import StrictRequest


@dataclass(frozen=True, slots=True)
class FastRoute:
    """An operation, and the names under which it takes a desk and a body; all else it takes are words of the path."""

    route: APIRoute
    endpoint: Callable[..., Awaitable[Response]]
    call_of: str
    body: str | None
    model: type[BaseModel] | None

    @classmethod
    def to(cls, route: BaseRoute) -> Self | None:
        """The short way to a route; None when it takes something that only FastAPI can give."""
        if not isinstance(route, APIRoute) or not inspect.iscoroutinefunction(route.endpoint):
            return None
        takes = {name: each.annotation for name, each in inspect.signature(route.endpoint).parameters.items()}
        desks = [name for name, kind in takes.items() if kind == AnyCall]
        words = [name for name, kind in takes.items() if kind is str and name in route.param_convertors]
        bodies = [name for name, kind in takes.items() if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if len(desks) != 1 or len(bodies) > 1 or len(desks + words + bodies) != len(takes) or route.dependencies:
            return None
        body = bodies[0] if bodies else None
        return cls(route, route.endpoint, desks[0], body, takes[body] if body is not None else None)

    def reads(self, content_type: bytes) -> bool:
        """Whether a body said to be of this type is read here: without parameters, and without a `+json` of its own."""
        return self.model is None or content_type.lower() == JSON.encode()

    async def values(self, request: StrictRequest) -> dict[str, Any]:
        """What the operation is called with. Raises `RetourError` or `ValueError` when something is not right."""
        values = {**request.path_params, self.desk: await call_of(request)}
        if self.body is not None and self.model is not None:
            values[self.body] = self.model.model_validate(await request.json())
        return values


class FastPath:
    """Wraps an app, inside of what answers the unexpected. The first route that matches counts, short or not."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._ways: Mapping[tuple[str, int], list[tuple[APIRoute, FastRoute | None]]] = fast_routes(routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        way = self._way(scope) if scope["type"] == "http" else None
        if way is None:
            await self._app(scope, receive, send)
            return
        request = StrictRequest(scope, receive)
        if request.method in WITH_BODY:
            receive = replay(await request.body(), receive)
        try:
            values = await way.values(request)
        except (RetourError, ValueError, RecursionError):
            await self._app(scope, receive, send)
            return
        try:
            response = await way.endpoint(**values)
        except RetourError as error:
            response = answer_error(error, language_of(request.headers.get("accept-language")), instance_of(request))
        await response(scope, receive, send)

    def _way(self, scope: Scope) -> FastRoute | None:
        path = scope["path"]
        for route, way in self._ways.get((scope["method"], path.count("/")), ()):
            found = route.path_regex.match(path)
            if found is not None:
                if way is None or not way.reads(dict(scope["headers"]).get(b"content-type", b"")):
                    return None
                scope["route"], scope["path_params"] = route, found.groupdict()
                return way
        return None


def fast_routes(routes: Iterable[BaseRoute]) -> Mapping[tuple[str, int], list[tuple[APIRoute, FastRoute | None]]]:
    """Every route with its short way, in their order, by method and number of slashes."""
    found: dict[tuple[str, int], list[tuple[APIRoute, FastRoute | None]]] = defaultdict(list)
    for route in routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                found[method, route.path.count("/")].append((route, FastRoute.to(route)))
    return dict(found)
