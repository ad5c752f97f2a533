"""Answers of the gateway's own routes: an encoded model that no cache may store."""

from typing import Any, Final

from fastapi import Response
from pydantic import BaseModel

from gateway.application.ports import Recognised
from shared.web.actions import CALLER

NO_STORE: Final = {"Cache-Control": "no-store"}


def answer(model: type[BaseModel], found: Any, status: int = 200, *, reader: Recognised | None = None) -> Response:
    """The answer, encoded by its model. For a `reader` the objects name what he may do with them."""
    context = None if reader is None else {CALLER: reader.principal}
    body = model.model_validate(found, from_attributes=True, context=context).model_dump_json()
    return Response(body, status, NO_STORE, "application/json")
