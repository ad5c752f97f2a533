"""A return follows the facts of other services about its goods, refunds and messages."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count

from service_requests.application.ports import UnitOfWork
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_units import pieces_of
from service_requests.domain.returns.unit import UNCOUNTED, ReturnUnit

ApplyFact = Callable[[Return, datetime], None]


async def follow(uow: UnitOfWork, return_id: str, tell: ApplyFact, *, at: datetime) -> None:
    """Apply one fact to one return. `NotFound`, `NotYet`; `IllegalMove` when the fact is impossible.

    The fact is dated by the moment when its service told it, never by a moment that is still to come.
    """
    return_ = await uow.returns.get(return_id)
    tell(return_, min(uow.happened_at or at, at))
    return_.noticed(at)
    if again := return_.units_without_claim():
        await _claim_again(uow, return_, again)


async def _claim_again(uow: UnitOfWork, return_: Return, again: Sequence[ReturnUnit]) -> None:
    """Give units that are held again a claim of their own (B14, Z23).

    Since the customer kept them, another return or a cancellation may have taken their numbers. Then they take the
    first free number; it is beyond the line where more pieces have arrived than are free. The goods are here, so they
    are counted in any case; what they are worth is for the guards of the refund.
    """
    held = await uow.units_held(return_.order.id)
    lots: dict[str, list[ReturnUnit]] = defaultdict(list)
    taken = {line_id: set(numbers) for line_id, numbers in held.items()}
    for unit in again:
        if unit.unit_no == 0:
            lots[unit.line_id].append(unit)
            continue
        numbers = taken.setdefault(unit.line_id, set())
        if unit.unit_no in numbers:
            unit.unit_no = next(number for number in count(1) if number not in numbers)
        numbers.add(unit.unit_no)
    if lots:
        counted, order = await uow.pieces_held(return_.order.id), await uow.orders.get(return_.order.id)
        for line_id, units in lots.items():
            line = order.line(line_id)
            bought = (0 if line is None else line.quantity) - len(held.get(line_id, ()))
            if counted.get(line_id, 0) + pieces_of(units) > bought:
                for unit in units:
                    unit.unit_no = UNCOUNTED
