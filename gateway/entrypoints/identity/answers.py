"""Answers of the gateway's own routes: an encoded model that no cache may store."""

from typing import Any, Final

from fastapi import Response
from pydantic import BaseModel

NO_STORE: Final = {"Cache-Control": "no-store"}


def answer(model: type[BaseModel], found: Any, status: int = 200) -> Response:
    """The answer, encoded by its model."""
    body = model.model_validate(found, from_attributes=True).model_dump_json()
    return Response(body, status, NO_STORE, "application/json")
