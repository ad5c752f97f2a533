"""The state of a return as its row keeps it: flat, under the names of the first day.

A name in `StoredReturn` is the name in stored rows. The aggregate may call a part otherwise or move it elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter

from service_requests.domain.eligibility.assessment import Basis, Instructions, RecordedReason, RefundChoices, Times
from service_requests.domain.eligibility.case_of_order import Goodwill
from service_requests.domain.eligibility.money.right_limit import RightOfLine
from service_requests.domain.returns.annotations import Annotations
from service_requests.domain.returns.known_refund import KnownRefunds, Refund
from service_requests.domain.returns.order_facts import OrderFacts
from service_requests.domain.returns.progress.open_question import OpenQuestion
from service_requests.domain.returns.progress.return_promises import ReturnPromises
from service_requests.domain.returns.progress.service_norms import DEFAULT_NORMS, ServiceNorms
from service_requests.domain.returns.recorded_decision import RecordedDecision
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.return_line import ReturnLine
from service_requests.domain.returns.return_review import ReturnReview
from service_requests.domain.returns.return_status import Ending
from service_requests.domain.returns.shipment import Shipment, Shipments
from service_requests.domain.returns.unit import ReturnUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReturn:
    """The column `state`. Fields with a default may be missing in old rows."""

    id: str
    order_id: str
    order_number: str
    customer_id: str
    language: str
    regime: str
    currency: str
    channel: str
    policy: str
    lines: tuple[ReturnLine, ...]
    units: list[ReturnUnit]
    whole_order: bool
    created_at: datetime
    updated_at: datetime
    rma: str | None = None
    instructions: Instructions | None = None
    ruling: RecordedDecision | None = None
    referral: tuple[RecordedReason, ...] = ()
    missing: tuple[str, ...] = ()
    basis: Basis | None = None
    kindness: Goodwill | None = None
    warn_at: tuple[datetime, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    decide_by: datetime | None = None
    ship_until: datetime | None = None
    times: Times | None = None
    inspect_by: datetime | None = None
    overdue: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()
    ending: Ending | None = None
    held: tuple[str, ...] = ()
    steps: int = 0
    choices: RefundChoices | None = None
    money_told: tuple[RecordedReason, ...] = ()
    known_facts: int = 0
    metadata: Mapping[str, str] = field(default_factory=dict)
    external_reference: str | None = None
    tags: tuple[str, ...] = ()
    note_count: int = 0
    rights: tuple[RightOfLine | None, ...] = ()
    untold_by: datetime | None = None
    questions: tuple[OpenQuestion, ...] = ()


LEFT_OUT: Final = (
    "choices", "money_told", "known_facts", "metadata", "external_reference", "tags", "note_count", "rights",
    "untold_by", "questions",
)  # fmt: skip
"""Fields that younger rows have, and only where they say something."""


_STORED = TypeAdapter(StoredReturn)


def written(aggregate: Return, *, held: tuple[str, ...], steps: int) -> str:
    """The text of the column `state`, with the claims and the timeline as they are after saving."""
    order, review, promises = aggregate.order, aggregate.review, aggregate.promises
    notes = aggregate.annotations
    stored = StoredReturn(
        id=aggregate.id,
        order_id=order.id,
        order_number=order.number,
        customer_id=order.customer_id,
        language=order.language,
        regime=order.regime,
        currency=order.currency,
        channel=aggregate.channel,
        policy=aggregate.policy,
        lines=aggregate.lines,
        units=aggregate.units,
        whole_order=aggregate.whole_order,
        created_at=aggregate.created_at,
        updated_at=aggregate.updated_at,
        rma=aggregate.rma,
        instructions=aggregate.shipments.instructions,
        ruling=review.ruling,
        referral=review.referral,
        missing=review.missing,
        basis=review.basis,
        kindness=review.goodwill,
        warn_at=promises.warn_at,
        shipments=tuple(aggregate.shipments.announced),
        refunds=tuple(aggregate.refunds.known),
        decide_by=promises.decide_by,
        ship_until=promises.ship_until,
        times=promises.times,
        inspect_by=promises.inspect_by,
        overdue=tuple(promises.overdue),
        untold=tuple(aggregate.refunds.untold),
        ending=aggregate.ending,
        held=held,
        steps=steps,
        choices=promises.choices,
        money_told=promises.told,
        known_facts=order.known_facts,
        metadata=notes.metadata,
        external_reference=notes.external_reference,
        tags=notes.tags,
        note_count=notes.note_count,
        rights=promises.rights,
        untold_by=aggregate.refunds.untold_by,
        questions=tuple(aggregate.questions),
    )
    return _STORED.dump_json(stored, exclude=_unsaid(aggregate, stored)).decode()


def _unsaid(aggregate: Return, stored: StoredReturn) -> Any:
    """Fields from after the first day that say nothing, so that rows stay as they were."""
    unsaid: dict[str, Any] = {name: True for name in LEFT_OUT if not getattr(stored, name)}
    for part, things, names in (
        ("units", aggregate.units, ("was_accepted",)),
        ("units", aggregate.units, ("by",)),
        ("refunds", stored.refunds, ("remainder_minor", "remainder_closed")),
        ("refunds", stored.refunds, ("tell_by",)),
        ("shipments", stored.shipments, ("units",)),
        ("lines", aggregate.lines, ("worth_minor",)),
    ):
        if not any(getattr(thing, names[0]) for thing in things):
            unsaid.setdefault(part, {"__all__": set()})["__all__"].update(names)
    return unsaid


def read_state(
    state: Any, *, version: int, sequence: int, storefront: str = "", norms: ServiceNorms = DEFAULT_NORMS
) -> Return:
    """The return in the column `state`; `storefront` has a column of its own."""
    stored = _STORED.validate_python(state)
    return Return(
        id=stored.id,
        order=OrderFacts(
            id=stored.order_id,
            number=stored.order_number,
            customer_id=stored.customer_id,
            language=stored.language,
            regime=stored.regime,
            currency=stored.currency,
            storefront=storefront,
            known_facts=stored.known_facts,
        ),
        channel=stored.channel,
        policy=stored.policy,
        lines=stored.lines,
        units=stored.units,
        whole_order=stored.whole_order,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
        rma=stored.rma,
        review=ReturnReview(
            basis=stored.basis,
            referral=stored.referral,
            missing=stored.missing,
            goodwill=stored.kindness,
            ruling=stored.ruling,
        ),
        shipments=Shipments(instructions=stored.instructions, announced=list(stored.shipments)),
        refunds=KnownRefunds(known=list(stored.refunds), untold=list(stored.untold), untold_by=stored.untold_by),
        promises=ReturnPromises(
            decide_by=stored.decide_by,
            warn_at=stored.warn_at,
            ship_until=stored.ship_until,
            times=stored.times,
            inspect_by=stored.inspect_by,
            choices=stored.choices,
            told=stored.money_told,
            rights=stored.rights,
            overdue=list(stored.overdue),
        ),
        annotations=Annotations(
            metadata=dict(stored.metadata),
            external_reference=stored.external_reference,
            tags=stored.tags,
            note_count=stored.note_count,
        ),
        questions=list(stored.questions),
        ending=stored.ending,
        held=stored.held,
        steps=stored.steps,
        norms=norms,
        version=version,
        sequence=sequence,
    )
