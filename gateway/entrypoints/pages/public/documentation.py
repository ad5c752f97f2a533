"""The API's documents: OpenAPI as it was generated, Swagger UI from our own files, every problem code explained."""

from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic_core import from_json

from gateway.entrypoints.identity.admission import Anybody
from gateway.entrypoints.pages.page_renderer import PageRenderer

STATIC: Final = Path(__file__).parents[3] / "static"
AN_HOUR: Final = {"Cache-Control": "public, max-age=3600"}


def document_routes() -> APIRouter:
    """`GET /v1/openapi.json`."""
    router = APIRouter(prefix="/v1", tags=["documentation"])
    document = (STATIC / "openapi.json").read_bytes()

    @router.get("/openapi.json", summary="This document", response_model=dict[str, Any])
    async def see_openapi(_nobody: Anybody) -> Response:
        return Response(document, 200, AN_HOUR, "application/json")

    return router


def page_routes(renderer: PageRenderer) -> APIRouter:
    """`/docs` and `/docs/problems`."""
    router = APIRouter(include_in_schema=False)
    problems = from_json((STATIC / "problems.json").read_bytes())

    @router.get("/docs")
    async def see_docs(request: Request) -> Response:
        return renderer.page(request, "public/docs.html", None)

    @router.get("/docs/problems")
    async def see_problems(request: Request) -> Response:
        return renderer.page(request, "public/problems.html", None, problems=problems)

    return router
