"""An article of the shops: what a policy needs to know about goods, told once instead of with each order (A17)."""

from dataclasses import dataclass, field, replace

from service_requests.domain.orders.order import Order
from service_requests.domain.orders.order_part import OrderLine


@dataclass(frozen=True, slots=True)
class ArticleChanged:
    """A storefront has told something new about the article."""


@dataclass(slots=True, kw_only=True)
class Article:
    """One article. `id` is the SKU in the form in which SKUs are compared, `sku` the SKU as it was last written.

    `goods` are kinds that a law or a policy may exclude from a return without a reason.
    """

    id: str
    sku: str = ""
    name: str | None = None
    category: str | None = None
    goods: tuple[str, ...] = ()
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def change(self, *, sku: str, name: str | None, category: str | None, goods: tuple[str, ...]) -> None:
        """Replace everything that is known. Equal values change nothing."""
        wanted = (sku, name, category, goods)
        if self.version and wanted == (self.sku, self.name, self.category, self.goods):
            return
        self.sku, self.name, self.category, self.goods = wanted
        self.events.append(ArticleChanged())

    def complete(self, line: OrderLine) -> OrderLine:
        """The line with what it does not say itself."""
        return replace(line, category=line.category or self.category, goods=line.goods or self.goods)


def is_silent(line: OrderLine) -> bool:
    """Whether the line leaves something to its article."""
    return line.category is None or not line.goods


def as_told_before(order: Order, known: Order) -> Order:
    """The order with what its articles said when it came in first, so that the same push is the same order."""
    before = {line.line_id: line for line in known.lines}
    return replace(
        order,
        lines=tuple(
            replace(
                line,
                category=line.category or before[line.line_id].category,
                goods=line.goods or before[line.line_id].goods,
            )
            if line.line_id in before
            else line
            for line in order.lines
        ),
    )
