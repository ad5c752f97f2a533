"""Routes of articles: what a policy needs to know about goods, told once for each SKU (A17)."""

from typing import Annotated, Final

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict, Field, JsonValue

from service_requests.application.orders import article as use_cases
from service_requests.application.orders.article import ArticleValues
from service_requests.application.queries import Queries
from service_requests.domain.policy.vocabulary import Goods
from service_requests.entrypoints.orders.order_shapes import Kind
from shared.web.call import AnyCall
from shared.web.fields import Input, Name, Output, Token
from shared.web.version_headers import CHANGED, SHOWN

Sku = Annotated[Token, Path(description="As in the lines of orders; case does not matter.", examples=["MUG-BLUE"])]

EXAMPLE: Final[dict[str, JsonValue]] = {"name": "Mug, with your name", "category": "mugs", "goods": ["made_to_order"]}


class ArticleIn(Input):
    """All that is known about an article; what is left out is forgotten.

    A line of an order that does not say its category or its kinds of goods gets them from its article when it comes in.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    name: Name | None = None
    category: Token | None = None
    goods: list[Kind] = Field(default_factory=list, max_length=16)


class ArticleOut(Output):
    """An article; `version` is its ETag."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"sku": "MUG-BLUE", **EXAMPLE, "version": 1}]})

    sku: str
    name: str | None
    category: str | None
    goods: list[Goods]
    version: int


def routes(queries: Queries) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1/articles", tags=["orders"])

    @router.put("/{sku}", response_model=ArticleOut, summary="Say what an article is", **CHANGED)
    async def put_article(call: AnyCall, sku: Sku, body: ArticleIn) -> Response:
        goods = tuple(sorted({each.value for each in body.goods}))
        wanted = ArticleValues(sku, body.name, body.category, goods)
        return await call.execute(lambda uow: use_cases.put_article(uow, wanted), ArticleOut)

    @router.get("/{sku}", response_model=ArticleOut, summary="What an article is", **SHOWN)
    async def see_article(call: AnyCall, sku: Sku) -> Response:
        return await call.read(queries.article(sku), ArticleOut)

    return router
