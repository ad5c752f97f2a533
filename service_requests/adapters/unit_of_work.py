"""The unit of work of this service: its repositories over the shared structure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select

from service_requests.adapters.orders.article_rows import ArticleRows
from service_requests.adapters.orders.order_fact_rows import OrderFactRows
from service_requests.adapters.orders.order_rows import OrderRows, read
from service_requests.adapters.orders.shop_rows import ShopRows
from service_requests.adapters.policy.publication_rows import PublicationRows
from service_requests.adapters.policy.rulebook_source import SqlRulebookSource
from service_requests.adapters.returns.return_rows import ReturnRows, after_save
from service_requests.adapters.tables import line_claims, orders, returns, unit_claims
from service_requests.domain.orders.order import Order
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.domain.returns.progress.service_norms import DEFAULT_NORMS, ServiceNorms
from service_requests.domain.returns.return_ import Return
from shared.contracts.envelope import Origin
from shared.database.reader import Reader
from shared.database.repository import AggregateCache, OutboxWriter, Repository
from shared.database.work import Add, Adjust, Work

_NAMED = select(orders).where(orders.c.storefront == bindparam("storefront"), orders.c.number == bindparam("number"))


class RequestsUnitOfWork:
    def __init__(
        self,
        reader: Reader,
        outbox_writer: OutboxWriter,
        origin: Origin,
        cache: AggregateCache[Return],
        rulebooks: SqlRulebookSource,
        *,
        norms: ServiceNorms,
    ) -> None:
        self._reader = reader
        self._rulebooks = rulebooks
        self._outbox_writer = outbox_writer
        self.origin = origin
        self.norms = norms
        self.work = Work()
        self.orders = Repository(reader, OrderRows())
        self.articles = Repository(reader, ArticleRows())
        self.facts = Repository(reader, OrderFactRows())
        self.returns = Repository(reader, ReturnRows(origin.actor, norms), cache)
        self.publications = Repository(reader, PublicationRows())
        self.shops = Repository(reader, ShopRows())
        self.parts = (self.orders, self.articles, self.facts, self.returns, self.publications, self.shops)

    @property
    def happened_at(self) -> datetime | None:
        return self.origin.at

    async def rulebook(self) -> Rulebook:
        return await self._rulebooks.rules()

    async def order_by_number(self, storefront: str, number: str) -> Order | None:
        rows = await self._reader.rows(_NAMED, storefront=storefront, number=number)
        return read(rows[0]) if rows else None

    async def units_held(self, order_id: str) -> Mapping[str, frozenset[int]]:
        held: dict[str, set[int]] = defaultdict(set)
        for row in await self._reader.load(unit_claims, "order_id", order_id):
            held[row["line_id"]].add(row["unit_no"])
        return {line_id: frozenset(numbers) for line_id, numbers in held.items()}

    async def pieces_held(self, order_id: str) -> Mapping[str, int]:
        rows = await self._reader.load(line_claims, "order_id", order_id)
        return {row["line_id"]: row["claimed"] for row in rows}

    async def returns_of(self, order_id: str) -> Sequence[str]:
        return [row["id"] for row in await self._reader.load(returns, "order_id", order_id)]

    def claim(self, order_id: str, line_id: str, numbers: Sequence[int], by: str) -> None:
        for number in numbers:
            key = {"order_id": order_id, "line_id": line_id, "unit_no": number}
            self.work.writes.append(Add(unit_claims, {**key, "return_id": by, "unit_id": by}))

    def open_count(self, order_id: str, line_id: str, most: int) -> None:
        values = {"order_id": order_id, "line_id": line_id, "most": most, "claimed": 0}
        self.work.writes.append(Add(line_claims, values))

    def count(self, order_id: str, line_id: str, pieces: int) -> None:
        key = {"order_id": order_id, "line_id": line_id}
        self.work.writes.append(Adjust(line_claims, key, {"claimed": pieces}))

    def collect(self) -> Work:
        return self._outbox_writer.collect(self.work, self.origin, self.parts)


@dataclass(frozen=True, slots=True)
class RequestsUnits:
    """Opens units of work."""

    reader: Reader
    outbox_writer: OutboxWriter
    rulebooks: SqlRulebookSource
    norms: ServiceNorms = DEFAULT_NORMS
    cache: AggregateCache[Return] = field(default_factory=lambda: AggregateCache(after_save))

    def begin(self, origin: Origin) -> RequestsUnitOfWork:
        """A new unit of work."""
        return RequestsUnitOfWork(self.reader, self.outbox_writer, origin, self.cache, self.rulebooks, norms=self.norms)
