"""Values that pages of several audiences read from the documents of services."""

from dataclasses import dataclass

Sentence = dict[str, str]
"""A sentence by language, as services send it."""


@dataclass(frozen=True, slots=True)
class PageAmount:
    """Money in minor units of an ISO 4217 currency."""

    amount_minor: int
    currency: str
