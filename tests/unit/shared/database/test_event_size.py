"""Z13: an event that nobody could read is refused where it would be told, and nothing is changed."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from shared.contracts.envelope import BODY_LIMIT, Envelope, Origin
from shared.contracts.events import InspectionReceived
from shared.contracts.events.inspection import ReceivedUnit
from shared.database.repository import EventTooLarge, OutboxWriter, Published, Repository
from shared.database.work import Work
from shared.runtime.clock import new_id, now


@dataclass
class Thing:
    id: str = "ret_1"
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=lambda: ["told"])


class Rows:
    thing = "thing"

    async def load(self, reader: Any, key: str) -> None:
        return None

    def save(self, aggregate: Thing) -> Any:
        return "root", ()


def collected(units: int, line_id: str = "L1") -> Work:
    """The work of a use case that tells of so many units."""
    told = InspectionReceived(
        return_id="ret_1",
        receipt_id="rcp_1",
        warehouse="W",
        units=tuple(ReceivedUnit(unit_id=f"unit_{number:026}", line_id=line_id) for number in range(units)),
        complete=True,
        inspect_by=now(),
    )
    writer = OutboxWriter("inspection", lambda _, __: Published(told, "ret_1"), now, new_id)
    repository: Repository[Any] = Repository(None, Rows())  # type: ignore[arg-type]
    repository.add(Thing())
    return writer.collect(Work(), Origin("staff:s"), [repository])


def test_an_event_that_fits_is_told() -> None:
    work = collected(10_000)
    body = work.outbox[0].body
    assert Envelope.decode(body.encode()).type == "inspection.received.v1"


@pytest.mark.parametrize(("units", "line_id"), [(20_000, "L1"), (8_000, "行" * 30)])
def test_an_event_that_is_too_large_is_refused_at_its_source(units: int, line_id: str) -> None:
    """By its bytes: text outside ASCII has more bytes than characters."""
    with pytest.raises(EventTooLarge) as refused:
        collected(units, line_id)
    assert refused.value.facts["event"] == "inspection.received.v1"
    assert refused.value.facts["size"] > BODY_LIMIT
    assert "smaller steps" in refused.value.say("en")
