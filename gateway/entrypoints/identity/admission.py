"""Admits callers of the gateway's own operations: each is recognised once, admitted or refused, and recorded."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from gateway.application.errors import not_allowed
from gateway.application.ports import Recognised, Recognition, SeenRequest
from gateway.domain.identity.gateway_operation import GATEWAY_OPERATIONS, GatewayOperation
from gateway.domain.identity.unknown_caller import UnknownCaller
from shared.kernel.errors import RetourError, Unauthenticated

TABLE: Final = {(operation.method, operation.path): operation for operation in GATEWAY_OPERATIONS}


@dataclass(frozen=True, slots=True)
class Admission:
    """The parts that admit callers: recognition, counting, and the record of refusals.

    `look` runs before a secret is looked up: `TooManyRequests` for an address that sent too many unknown secrets.
    `count` counts a known caller, or an unknown one by purpose (Z37).
    """

    recognition: Recognition
    look: Callable[[Request, str], None]
    count: Callable[[Request, Recognised | UnknownCaller], None]
    note: Callable[[Request, GatewayOperation, RetourError, Recognised | None], None]


async def admitted(request: Request) -> Recognised | None:
    """The caller of this route; None at a public route. `Unauthenticated`, `Forbidden`, `TooManyRequests`."""
    operation = TABLE[request.method, request.scope["route"].path]
    admission: Admission = request.app.state.admission
    visit = visit_of(request)
    if visit.fault is not None:
        raise visit.fault
    if operation.public:
        admission.count(request, operation.purpose)
        return None
    secret = visit.secret or ""
    admission.look(request, secret)
    try:
        caller = await admission.recognition.recognise(secret)
    except Unauthenticated as error:
        admission.count(request, UnknownCaller.who_sent(secret))
        admission.note(request, operation, error, None)
        raise
    admission.count(request, caller)
    if not operation.admits(caller.principal):
        refused = not_allowed(caller.principal, operation.scope)
        admission.note(request, operation, refused, caller)
        raise refused
    return caller


def visit_of(request: Request) -> SeenRequest:
    """The facts of this request that the forwarder has read."""
    visit: SeenRequest = request.state.incoming
    return visit


def _somebody(caller: Annotated[Recognised | None, Depends(admitted)]) -> Recognised:
    if caller is None:
        raise Unauthenticated
    return caller


Caller = Annotated[Recognised, Depends(_somebody)]
Anybody = Annotated[Recognised | None, Depends(admitted)]
