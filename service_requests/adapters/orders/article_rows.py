"""The mapping of an article to its row."""

from collections.abc import Sequence

from service_requests.adapters.tables import articles
from service_requests.domain.orders.article import Article
from shared.database.reader import Reader
from shared.database.work import Root, Write


class ArticleRows:
    thing = "article"

    async def load(self, reader: Reader, key: str) -> Article | None:
        rows = await reader.load(articles, "id", key)
        return Article(**{**rows[0], "goods": tuple(rows[0]["goods"])}) if rows else None

    def save(self, aggregate: Article) -> tuple[Root, Sequence[Write]]:
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "sku": aggregate.sku,
            "name": aggregate.name,
            "category": aggregate.category,
            "goods": list(aggregate.goods),
        }
        return Root(articles, aggregate.id, aggregate.version, values), ()
