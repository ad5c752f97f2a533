"""What is kept of a return so that later events, which carry only ids, can be told in words."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from service_notifications.domain.messages.content import MessageItem
from shared.kernel.errors import Language, NotYet

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class KnownReturn:
    """Whose it is, the language it was asked for in, and, once approved, its number and its units' names."""

    id: str
    customer_id: str
    language: Language
    rma: str | None = None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        """The return number; `NotYet` before the approval is known here."""
        if self.rma is None:
            raise NotYet(f"approval of {self.id}")
        return self.rma

    def items(self, units: Iterable[str]) -> tuple[MessageItem, ...]:
        """These units by name, in the order of the approval; `NotYet` when one is not known here."""
        wanted = set(units)
        unknown = wanted - self.names.keys()
        if unknown:
            raise NotYet(f"approval of {min(unknown)}")
        counts = Counter(name for unit, name in self.names.items() if unit in wanted)
        return tuple(MessageItem(name, quantity) for name, quantity in counts.items())
