"""Large quantities: which orders have so many pieces that their pieces are counted and not numbered (Z13).

The pieces of a small order have numbers, and a return claims the numbers of its units. A number for each piece of a
wholesale order would be ten thousand rows. There the pieces of a line that returns hold are one sum, which the database
keeps below the quantity of the line.
"""

from collections.abc import Sequence
from typing import Final

from service_requests.domain.orders.order import Order

MOST_SINGLE_PIECES: Final = 50
"""The most pieces of one line that have numbers, and the most in one line of a return that are units of their own."""
MOST_SINGLE_UNITS: Final = 200
"""The same for all lines together."""


def is_wholesale(order: Order) -> bool:
    """Whether the pieces of this order are counted and not numbered."""
    quantities = [line.quantity for line in order.lines]
    return max(quantities, default=0) > MOST_SINGLE_PIECES or sum(quantities) > MOST_SINGLE_UNITS


def comes_as_lot(quantity: int, quantities: Sequence[int]) -> bool:
    """Whether so many pieces in one line of a return are a lot. `quantities` are those of all its lines."""
    return quantity > MOST_SINGLE_PIECES or (quantity > 1 and sum(quantities) > MOST_SINGLE_UNITS)
