"""The facts of a return that later events, which carry only ids, need for a message in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from service_notifications.domain.messages.content import MessageItem
from shared.kernel.errors import Language, NotYet
from shared.kernel.piece_range import PieceRange

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class KnownReturn:
    """The customer and the language of a return. After the approval also the return number and the names
    of the units. A unit may be a lot, of which later events name a part (Z13).
    """

    id: str
    customer_id: str
    language: Language
    rma: str | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The return number. `NotYet` before the approval is known here."""
        if self.rma is None:
            raise NotYet(f"approval of {self.id}")
        return self.rma

    def items(self, units: Iterable[str]) -> tuple[MessageItem, ...]:
        """The names of these units, in the order of the approval. `NotYet` for a unit that is not known here."""
        known = {PieceRange.of(unit).base: unit for unit in self.names}
        pieces: Counter[str] = Counter()
        for part in map(PieceRange.of, sorted(set(units))):
            whole = known.get(part.base)
            if whole is None or not part.within(PieceRange.of(whole)):
                raise NotYet(f"approval of {part}")
            pieces[whole] += part.count
        counts: Counter[str] = Counter()
        for unit, name in self.names.items():
            if unit in pieces:
                counts[name] += pieces[unit]
        return tuple(MessageItem(name, quantity) for name, quantity in counts.items())
