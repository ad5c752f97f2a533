"""A parcel that a customer has announced, by which goods without an RMA find their return (F04, Z21)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnouncedParcel:
    """One parcel of one return. `tracking_key` is the number as it is compared."""

    id: str
    return_id: str
    carrier: str
    tracking_number: str
    tracking_key: str
    announced_at: datetime | None


def return_in(parcels: Iterable[AnnouncedParcel]) -> str | None:
    """The one return that has announced the parcel; None when there is none, or more than one."""
    returns = {parcel.return_id for parcel in parcels}
    return returns.pop() if len(returns) == 1 else None
