"""The next step of a return, who takes it, and by when: never None while something is open (R08, R2.1, E01)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service_requests.domain.returns.progress.matter import NEXT, Matter, Side
from service_requests.domain.returns.progress.open_matters import OpenMatter, ReturnParts, is_overdue, open_matters
from shared.kernel.errors import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """The next step of one matter; `by` is its deadline, `day` the last day of a deadline that is a day.

    `overdue`: the deadline has passed, and that is on record. `units` are the units concerned.
    """

    matter: Matter
    what: Said
    who: Side
    by: datetime | None
    day: date | None
    overdue: bool
    units: tuple[str, ...]


def next_step(of: ReturnParts) -> NextStep | None:
    """The most urgent step; None only when nothing is open, before and after the end of the return."""
    steps = open_steps(of)
    return steps[0] if steps else None


def open_steps(of: ReturnParts) -> Sequence[NextStep]:
    """The next step of every open matter, the most urgent first."""
    return [_step(of, matter) for matter in open_matters(of)]


def _step(of: ReturnParts, open_matter: OpenMatter) -> NextStep:
    act = NEXT[open_matter.matter]
    return NextStep(
        matter=open_matter.matter,
        what=act.what,
        who=act.who,
        by=open_matter.by,
        day=open_matter.day,
        overdue=is_overdue(of, open_matter),
        units=open_matter.units,
    )
