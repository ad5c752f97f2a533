"""Carriers as people write them (Z36)."""

import pytest

from service_requests.domain.orders.carrier import CARRIERS, carrier_named, same_tracking


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SF Express", "SF Express"),
        ("sf-express", "SF Express"),
        ("顺丰速运", "SF Express"),
        ("顺丰", "SF Express"),
        ("D.H.L.", "DHL"),
        ("Fed Ex", "FedEx"),
        ("royal mail", "Royal Mail"),
        ("Österreichische Post", "Österreichische Post"),
        ("my brother-in-law", "my brother-in-law"),
    ],
)
def test_a_known_carrier_gets_its_usual_name_and_another_keeps_its_own(text: str, name: str) -> None:
    """Z36."""
    assert carrier_named(text) == name


def test_no_name_means_two_carriers() -> None:
    """Z36: the table is unambiguous."""
    for usual, names in CARRIERS.items():
        assert {carrier_named(name) for name in (usual, *names)} == {usual}


def test_two_writings_of_a_tracking_number_are_one() -> None:
    """Z36: numbers of before are kept with their hyphens."""
    assert same_tracking("1Z-999-AA1", "1Z 999 aa1")
    assert not same_tracking("1Z999AA1", "1Z999AA2")
