"""Use cases of articles: a storefront tells once what a policy needs to know about goods (A17)."""

from dataclasses import dataclass
from typing import Self

from service_requests.application.ports import UnitOfWork
from service_requests.domain.orders.article import Article
from shared.kernel.written import same_code


@dataclass(frozen=True, slots=True)
class ArticleValues:
    """The new values of an article."""

    sku: str
    name: str | None
    category: str | None
    goods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """An article as it is after the present transaction. `version` is its ETag."""

    sku: str
    name: str | None
    category: str | None
    goods: tuple[str, ...]
    version: int

    @classmethod
    def of(cls, article: Article) -> Self:
        """The view of an article that was just loaded or changed."""
        return cls(
            sku=article.sku,
            name=article.name,
            category=article.category,
            goods=article.goods,
            version=article.version + bool(article.events),
        )


async def put_article(uow: UnitOfWork, wanted: ArticleValues) -> ArticleView:
    """Replace what is known about an article, or begin to know it. Orders that came in before stay as they are."""
    key = same_code(wanted.sku)
    article = await uow.articles.find(key)
    if article is None:
        article = Article(id=key)
        uow.articles.add(article)
    article.change(sku=wanted.sku, name=wanted.name, category=wanted.category, goods=wanted.goods)
    return ArticleView.of(article)
