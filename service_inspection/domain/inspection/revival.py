"""Goods of a cancelled return that came all the same: a person takes them as a return, or takes that back (Z23)."""

from service_inspection.domain.inspection.question import Question
from service_inspection.domain.inspection.unit import Unit, UnitState
from service_inspection.domain.inspection.unit_names import by_article, first_names
from shared.kernel.piece_range import units_by_name


def revive(units: list[Unit], question: Question, sign: int) -> tuple[str, ...]:
    """Expect the cancelled units again that the question is about (`sign` +1), or cancel them again (-1).

    The names of the units. `IllegalMove` where a person has decided about a unit: that decision is taken back first.
    """
    names = question.units
    if sign > 0:
        cancelled = [unit for unit in by_article(units).get(question.sku, ()) if unit.state is UnitState.CANCELLED]
        names = first_names(cancelled, question.quantity)
    for unit in (unit for parts in units_by_name(units, names).values() for unit in parts):
        if sign > 0:
            unit.move("revive")
            continue
        if unit.state is not UnitState.EXPECTED:
            unit.move("recall")
        unit.forget_arrival()
        unit.move("cancel")
    return names
