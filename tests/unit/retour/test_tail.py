"""One line for each event."""

import io

import pytest
from rich.console import Console

from retour.tail import Shown, summary

EVENT = {
    "type": "refund.settled.v1",
    "time": "2026-11-24T09:30:00.123456Z",
    "subject": "rfd_1",
    "sequence": 2,
    "correlationid": "ret_1",
    "data": {"amount": {"amount_minor": 12345, "currency": "EUR"}, "return_id": "ret_1"},
}


def test_a_summary_names_type_subject_return_and_amount() -> None:
    said = summary(EVENT).plain
    for part in ("refund.settled.v1", "rfd_1#2", "(ret_1)", "EUR 123.45"):
        assert part in said


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [
        ("*", True),
        ("refund.*", True),
        ("refund.settled", True),
        ("refund.settled.v1", True),
        ("*.settled", True),
        ("return.*", False),
        ("refund.settled.v2", False),
    ],
)
def test_a_pattern_takes_the_type_with_or_without_its_version(pattern: str, seen: bool) -> None:
    paper = io.StringIO()
    Shown(pattern, Console(file=paper), as_json=False).show(EVENT)
    assert bool(paper.getvalue()) is seen


def test_an_event_of_an_unknown_form_is_shown_too() -> None:
    assert "?" in summary({}).plain
