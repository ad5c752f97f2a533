"""Values that events of several services share."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Text = Annotated[str, StringConstraints(max_length=500)]
Told = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
"""What a member of staff has written for the customer to read."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Minor = Annotated[int, Field(ge=-(10**15), le=10**15)]
Count = Annotated[int, Field(ge=1, le=10_000)]
LotSize = Annotated[Count | None, Field(exclude_if=lambda pieces: pieces is None)]
"""The pieces of a lot; one piece says nothing, so that its events are as they were (Z13)."""


def is_absent(value: object) -> bool:
    """Whether an optional field says nothing; it is then left out, so that events stay as they were."""
    return value is None or value == ()


class EventPart(BaseModel):
    """A piece of an event: frozen, unknown fields ignored, known ones strict."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Amount(EventPart):
    """Money on the wire: minor units of an ISO 4217 currency."""

    amount_minor: Minor
    currency: Currency


class Wording(EventPart):
    """A sentence of ours in both languages."""

    en: Text
    zh: Text


class Regime(StrEnum):
    """Whose law the sale is under."""

    CN = "CN"
    EU = "EU"
    UK = "UK"
    US = "US"


class Fault(StrEnum):
    """Who answers for the reason of a return."""

    MERCHANT = "merchant"
    CARRIER = "carrier"
    CUSTOMER = "customer"


class TenderOrder(StrEnum):
    """Which payment of an order is given back first."""

    PROPORTIONAL = "proportional"
    CARD_FIRST = "card_first"
    CREDIT_FIRST = "credit_first"
    LIFO = "lifo"
    FIFO = "fifo"


class TenderKind(StrEnum):
    """Means of payment."""

    CARD = "card"
    WALLET = "wallet"
    BANK_TRANSFER = "bank_transfer"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
