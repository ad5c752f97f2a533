"""What the page of the returns policy reads of the policy service's document."""

from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from gateway.entrypoints.pages.page_values import PageAmount, Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeView:
    """The periods and the freight for orders of one place."""

    code: str
    window_days: int
    statutory: bool
    fault_days: int
    fault_look_days: int
    ship_days: int
    return_freight: PageAmount | None = None


@dataclass(frozen=True, slots=True)
class PolicyReason:
    """A reason for a return, and who pays for sending back."""

    says: Sentence
    freight_payer: str


@dataclass(frozen=True, slots=True)
class PolicySection:
    """A part of the policy with its heading."""

    heading: Sentence
    sentences: list[Sentence]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """The published policy."""

    version: str
    sha256: str
    effective_from: str
    title: Sentence
    regimes: list[RegimeView]
    reasons: list[PolicyReason]
    sections: list[PolicySection]


POLICY: Final = TypeAdapter(PolicyView)
