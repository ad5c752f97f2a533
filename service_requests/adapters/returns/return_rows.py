"""The rows of a return: its state as one document, its claims of units, and its timeline."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from service_requests.adapters.returns.stored_return import read_state, written
from service_requests.adapters.tables import (
    line_claims,
    return_notes,
    return_parcels,
    return_steps,
    return_tags,
    returns,
    unit_claims,
)
from service_requests.domain.returns.events import Noted, ReturnEvent, Shipped, Tagged
from service_requests.domain.returns.progress.return_promises import ending_first
from service_requests.domain.returns.progress.service_norms import DEFAULT_NORMS, ServiceNorms
from service_requests.domain.returns.return_ import Return
from service_requests.domain.returns.timeline import step_of
from service_requests.domain.returns.unit import UNCOUNTED
from shared.database.reader import Reader
from shared.database.types import Written
from shared.database.work import Add, Adjust, Put, Remove, Root, Write
from shared.kernel.ids import is_id
from shared.kernel.piece_range import PieceRange
from shared.kernel.written import same_number


class ReturnRows:
    """The mapper of returns. `actor` is the caller of the change; `norms` set the deadlines of what begins."""

    thing = "return"

    def __init__(self, actor: str, norms: ServiceNorms = DEFAULT_NORMS) -> None:
        self._actor = actor
        self._norms = norms

    async def load(self, reader: Reader, key: str) -> Return | None:
        rows = await reader.load(returns, "id", key) if is_id(key, "ret") else ()
        return read(rows[0], self._norms) if rows else None

    def save(self, aggregate: Return) -> tuple[Root, Sequence[Write]]:
        running = aggregate.running_promises
        deadline = ending_first(running)
        writes = [*_claims(aggregate), *self._story(aggregate), *_annotations(aggregate), *_parcels(aggregate)]
        values = {
            "id": aggregate.id,
            "version": aggregate.version + 1,
            "sequence": aggregate.sequence,
            "status": aggregate.status.value,
            "rma": aggregate.rma,
            "order_id": aggregate.order.id,
            "customer_id": aggregate.order.customer_id,
            "state": Written(written(aggregate, held=_held(aggregate), steps=_steps(aggregate))),
            "created_at": aggregate.created_at,
            "updated_at": aggregate.updated_at,
            "due_at": aggregate.promises.next_look(running),
            "external_reference": aggregate.annotations.external_reference,
            "storefront": aggregate.order.storefront or None,
            "promised_at": None if deadline is None else deadline.ends_at,
        }
        return Root(returns, aggregate.id, aggregate.version, values), writes

    def _story(self, aggregate: Return) -> Iterable[Write]:
        for number, event in enumerate(aggregate.events, aggregate.steps + 1):
            step = step_of(cast("ReturnEvent", event), number, self._actor)
            yield Add(
                return_steps,
                {
                    "return_id": aggregate.id,
                    "number": step.number,
                    "code": step.code,
                    "says": step.says._asdict(),
                    "staff": None if step.staff is None else step.staff._asdict(),
                    "actor": step.by,
                    "at": step.at,
                },
            )


def _claims(aggregate: Return) -> Iterable[Write]:
    """The changes of the tables of claims: a held unit claims its number; another unit releases the number.

    Pieces without a number are counted by line (Z13).
    """
    counted: Counter[str] = Counter()
    lines = {PieceRange.of(unit.id).base: unit.line_id for unit in aggregate.units if not unit.unit_no}
    for name in aggregate.held if lines else ():
        unit_range = PieceRange.of(name)
        if unit_range.base in lines:
            counted[lines[unit_range.base]] -= unit_range.count
    for unit in aggregate.units:
        if unit.unit_no == UNCOUNTED:
            continue
        if not unit.unit_no:
            counted[unit.line_id] += unit.quantity if unit.holds_unit else 0
            continue
        key = {"order_id": aggregate.order.id, "line_id": unit.line_id, "unit_no": unit.unit_no}
        if unit.holds_unit and unit.id not in aggregate.held:
            yield Add(unit_claims, {**key, "return_id": aggregate.id, "unit_id": unit.id})
        elif unit.id in aggregate.held and not unit.holds_unit:
            yield Remove(unit_claims, key)
    for line_id, pieces in counted.items():
        if pieces:
            yield Adjust(line_claims, {"order_id": aggregate.order.id, "line_id": line_id}, {"claimed": pieces})


def _annotations(aggregate: Return) -> Iterable[Write]:
    """The rows of tags and notes that were added or removed."""
    for event in aggregate.events:
        if isinstance(event, Tagged):
            yield from (Remove(return_tags, {"tag": tag, "return_id": aggregate.id}) for tag in event.removed)
            yield from (Put(return_tags, {"tag": tag, "return_id": aggregate.id}) for tag in event.added)
        elif isinstance(event, Noted):
            note = {"number": event.number, "text": event.text, "by": event.by, "at": event.at}
            yield Add(return_notes, {"return_id": aggregate.id, **note})


def _parcels(aggregate: Return) -> Iterable[Write]:
    """The rows by which a return is found by the number of its parcel."""
    for event in aggregate.events:
        if isinstance(event, Shipped):
            number = same_number(event.tracking_number)
            yield Put(return_parcels, {"tracking_number": number, "return_id": aggregate.id})


def _held(aggregate: Return) -> tuple[str, ...]:
    """The units that have a claim. Those that are not counted have none to release."""
    return tuple(unit.id for unit in aggregate.units if unit.holds_unit and unit.unit_no != UNCOUNTED)


def _steps(aggregate: Return) -> int:
    return aggregate.steps + len(aggregate.events)


def after_save(aggregate: Return) -> None:
    """Update the aggregate after its rows were saved."""
    aggregate.held, aggregate.steps = _held(aggregate), _steps(aggregate)


def read(row: Mapping[str, Any], norms: ServiceNorms = DEFAULT_NORMS) -> Return:
    """The return of a row."""
    storefront = row.get("storefront") or ""
    return read_state(
        row["state"], version=row["version"], sequence=row["sequence"], storefront=storefront, norms=norms
    )
