"""What callers see of the next steps of a return (E01, R08)."""

from datetime import date, datetime
from typing import Literal, Self, cast

from service_requests.domain.returns.progress.matter import Side
from service_requests.domain.returns.progress.next_step import open_steps
from service_requests.domain.returns.return_ import Return
from service_requests.entrypoints.eligibility.assessment_views import Sentence
from shared.web.fields import Output

MatterName = Literal[
    "decide",
    "judge",
    "ship",
    "arrive",
    "inspect",
    "calculate",
    "refund_failed",
    "refund_doubted",
    "pay",
    "not_told",
    "tell",
    "remainder",
    "answer",
    "stray",
]


class NextOut(Output):
    """What is next, who does it, by when; `day` where the promise is a day, as people there write it.

    `overdue`: the time has passed, and that is on record. `units` are the units concerned; none where it concerns the
    whole return.
    """

    matter: MatterName
    what: Sentence
    who: Side
    by: datetime | None
    day: date | None
    overdue: bool
    units: list[str]

    @classmethod
    def all(cls, return_: Return) -> list[Self]:
        """The next step of everything that is open, the most urgent first; nothing when nothing is open."""
        return [
            cls(
                matter=cast("MatterName", step.matter.value),
                what=Sentence.of(step.what),
                who=step.who,
                by=step.by,
                day=step.day,
                overdue=step.overdue,
                units=list(step.units),
            )
            for step in open_steps(return_)
        ]
