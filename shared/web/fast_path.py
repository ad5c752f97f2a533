"""A fast path for operations that take a call, a JSON body and words of the path, and nothing in the query.

FastAPI makes the routes and documents them. It also answers every request that is not valid: such a request has had no
effect yet, and FastAPI handles it from the start. A valid request goes to the same function with the same values. The
fast path skips FastAPI's routers and dependency graph, which cost more CPU than most use cases.
"""

import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from fastapi import Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.kernel.errors import RetourError
from shared.web.call import JSON, WITH_BODY, AnyCall, call_of
from shared.web.problems import answer_error, instance_of, language_of
from shared.web.request_limits import replay
from shared.web.strict_json import StrictRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class FastRoute:
    """An operation, and the names of its call and body parameters; its other parameters are words of the path.

    Parameters of the query have their defaults here, because a request with a query goes to FastAPI.
    """

    route: APIRoute
    endpoint: Callable[..., Awaitable[Response]]
    call: str
    body: str | None
    model: type[BaseModel] | None
    queried: Mapping[str, FieldInfo]

    @classmethod
    def to(cls, route: BaseRoute) -> Self | None:
        """The fast route for a route; None when the endpoint has a parameter that only FastAPI can give."""
        if not isinstance(route, APIRoute) or not inspect.iscoroutinefunction(route.endpoint):
            return None
        takes = {name: each.annotation for name, each in inspect.signature(route.endpoint).parameters.items()}
        calls = [name for name, kind in takes.items() if kind == AnyCall]
        words = [name for name, kind in takes.items() if kind is str and name in route.param_convertors]
        bodies = [name for name, kind in takes.items() if isinstance(kind, type) and issubclass(kind, BaseModel)]
        fields = {each.name: each.field_info for each in route.dependant.query_params}
        queried = {name: field for name, field in fields.items() if not field.is_required()}
        known = [*calls, *words, *bodies, *queried]
        if len(calls) != 1 or len(bodies) > 1 or len(known) != len(takes) or route.dependencies:
            return None
        body = bodies[0] if bodies else None
        return cls(
            route=route,
            endpoint=route.endpoint,
            call=calls[0],
            body=body,
            model=takes[body] if body is not None else None,
            queried=queried,
        )

    def reads(self, content_type: bytes) -> bool:
        """Whether a body of this media type is read here: `application/json` without parameters or `+json`."""
        return self.model is None or content_type.lower() == JSON.encode()

    async def values(self, request: StrictRequest) -> dict[str, Any]:
        """The values for the operation. `RetourError` or `ValueError` when the request is not valid."""
        values = {**request.path_params, self.call: await call_of(request)}
        values |= {name: field.get_default(call_default_factory=True) for name, field in self.queried.items()}
        if self.body is not None and self.model is not None:
            values[self.body] = self.model.model_validate(await request.json())
        return values


class FastPath:
    """Wraps an app, inside the layer that answers unexpected errors. The first route that matches counts.

    `long` names routes, by method and path, that must not use the fast path, which reads bodies as a whole.
    """

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], long: Collection[tuple[str, str]] = ()) -> None:
        self._app = app
        self._routes: Mapping[tuple[str, int], list[tuple[APIRoute, FastRoute | None]]] = fast_routes(routes, long)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        fast = self._fast_route(scope) if scope["type"] == "http" else None
        if fast is None:
            await self._app(scope, receive, send)
            return
        request = StrictRequest(scope, receive)
        if request.method in WITH_BODY:
            receive = replay(await request.body(), receive)
        try:
            values = await fast.values(request)
        except (RetourError, ValueError, RecursionError):
            await self._app(scope, receive, send)
            return
        try:
            response = await fast.endpoint(**values)
        except RetourError as error:
            response = answer_error(error, language_of(request.headers.get("accept-language")), instance_of(request))
        await response(scope, receive, send)

    def _fast_route(self, scope: Scope) -> FastRoute | None:
        path = scope["path"]
        for route, fast in self._routes.get((scope["method"], path.count("/")), ()):
            found = route.path_regex.match(path)
            if found is not None:
                if (
                    fast is None
                    or scope["query_string"]
                    or not fast.reads(dict(scope["headers"]).get(b"content-type", b""))
                ):
                    return None
                scope["route"], scope["path_params"] = route, found.groupdict()
                return fast
        return None


def fast_routes(
    routes: Iterable[BaseRoute], long: Collection[tuple[str, str]] = ()
) -> Mapping[tuple[str, int], list[tuple[APIRoute, FastRoute | None]]]:
    """Every route with its fast route, in their order, by method and number of slashes."""
    found: dict[tuple[str, int], list[tuple[APIRoute, FastRoute | None]]] = defaultdict(list)
    for route in routes:
        if isinstance(route, APIRoute):
            for method in route.methods or ():
                way = None if (method, route.path) in long else FastRoute.to(route)
                found[method, route.path.count("/")].append((route, way))
    return dict(found)
