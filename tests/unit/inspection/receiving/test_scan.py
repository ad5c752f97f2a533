"""A post is the scanner's own, and its number is read as eyes and scanners mangle it."""

import pytest

from service_inspection.domain.receiving.rma import rma_key
from service_inspection.domain.receiving.scan import ClientEventReused, OtherWarehouse, warehouse_for
from shared.kernel.principal import Kind, Principal, Role
from tests.unit.inspection.builders import a_receipt

DEVICE = Principal(Kind.DEVICE, "dock1", frozenset({Role.DEVICE}), warehouse="SHA1")
PERSON = Principal(Kind.STAFF, "wang", frozenset({Role.WAREHOUSE}))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("R7KX-2M4Q", "R7KX2M4Q"),
        (" r7kx 2m4q ", "R7KX2M4Q"),
        ("RIL0-O1oi", "R1100101"),
        ("Ｒ７ＫＸ", "R7KX"),
        ("", None),
        ("--- ?", None),
        ("破损", None),
    ],
)
def test_a_number_is_one_number_however_it_is_written(written: str, key: str | None) -> None:
    """F01."""
    assert rma_key(written) == key


def test_the_same_id_with_other_contents_is_noticed() -> None:
    """I-20."""
    first = a_receipt("X", client_event_id="e", fingerprint="1")
    a_receipt("X", client_event_id="e", fingerprint="1").repeats(first)
    with pytest.raises(ClientEventReused):
        a_receipt("Y", client_event_id="e", fingerprint="2").repeats(first)


def test_a_bound_scanner_speaks_for_its_own_warehouse_and_a_person_for_any() -> None:
    """O01."""
    assert warehouse_for(DEVICE, None) == "SHA1"
    assert warehouse_for(DEVICE, "SHA1") == "SHA1"
    assert warehouse_for(PERSON, "PEK1") == "PEK1"
    assert warehouse_for(PERSON, None) is None
    with pytest.raises(OtherWarehouse):
        warehouse_for(DEVICE, "PEK1")
