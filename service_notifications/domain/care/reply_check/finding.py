"""The results of a check: findings, and checks that could not be judged. Every text is in both languages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from service_notifications.domain.care.text.folded_text import Span
from shared.kernel.errors import Said

if TYPE_CHECKING:
    from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply


class FindingKind(StrEnum):
    """What a check can prove: D is deterministic, S is advice for a person, H is scored by one."""

    DETERMINISTIC = "D"
    SIGNAL = "S"
    HUMAN = "H"


class CriticalError(StrEnum):
    """Errors of which one fails the contact (6.3), by whom they harm."""

    CUSTOMER = "customer"
    COMPLIANCE = "compliance"
    BUSINESS = "business"


NOWHERE: Final = (-1, -1)
"""The place of something that is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What a check found: the place in `plain` (`NOWHERE` for something absent), the reason, and a better wording."""

    says: Said
    better: Said
    start: int = NOWHERE[0]
    end: int = NOWHERE[1]
    kind: FindingKind | None = None
    critical: CriticalError | None = None


@dataclass(frozen=True, slots=True)
class UnknownFact:
    """A check that cannot be judged, and the missing fact (the name of a field of the case)."""

    fact: str


CheckResults = Iterator[Violation | UnknownFact]


def always_applies(reply: "AnalysedReply") -> bool:  # noqa: ARG001
    """A check that concerns every reply."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A row of the table: id, clause, kind of proof, whether the check is a gate, and the function that judges."""

    id: str
    clause: str
    kind: FindingKind
    rule: Said
    judge: Callable[["AnalysedReply"], CheckResults]
    gate: bool = False
    applies: Callable[["AnalysedReply"], bool] = always_applies


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One error of a reply. `span` counts in the original text and is None for something absent."""

    check: str
    clause: str
    kind: FindingKind
    gate: bool
    span: Span | None
    words: str
    says: Said
    better: Said
    critical: CriticalError | None
    from_template: bool


@dataclass(frozen=True, slots=True)
class UnjudgedCheck:
    """A check that cannot be judged without a fact."""

    check: str
    fact: str
    says: Said


WHY_UNJUDGED: Final = Said("The case does not say {fact}.", "案例未提供 {fact}，无法判断。")
