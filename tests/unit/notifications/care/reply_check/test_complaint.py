"""Checks of complaints (K1 to K4, ISO 10002)."""

from dataclasses import replace
from typing import Final

import pytest

from service_notifications.domain.care.reply_check.reply_case import (
    ComplaintAssessment,
    ComplaintFacts,
    Purpose,
)
from tests.norms.contexts import a_case
from tests.unit.notifications.care.reply_check.one_check import (
    ZH,
    closing,
    lacks,
    words,
)

COMPLAINT: Final = ComplaintFacts(
    number="C-2031", remedy_wanted="refund", assessment=ComplaintAssessment("high", False, "low", "one", False)
)


def test_a_complaint_is_acknowledged_with_its_number() -> None:
    """K1, K09."""
    receipt = {"purpose": Purpose.COMPLAINT_RECEIPT}
    assert words("K1", a_case("投诉编号C-2031。", ZH, complaint=COMPLAINT, **receipt)) == []
    assert words("K1", a_case("已收到。", ZH, complaint=COMPLAINT, **receipt)) == [""]
    assert words("K1", a_case("C-2031", ZH, complaint=replace(COMPLAINT, remedy_wanted=None), **receipt)) == [""]
    assert lacks("K1", a_case("已收到。", ZH, **receipt)) == ["complaint.number"]


@pytest.mark.parametrize("name", ["severity", "safety", "complexity", "impact", "immediate"])
def test_a_complaint_is_assessed_before_it_is_answered(name: str) -> None:
    """K2, K09."""
    assert words("K2", a_case("好的。", ZH, complaint=COMPLAINT)) == []
    gap = replace(COMPLAINT, assessment=replace(COMPLAINT.assessment, **{name: None}))
    assert words("K2", a_case("好的。", ZH, complaint=gap)) == [""]
    assert words("K2", a_case("好的。", ZH, complaint=gap, purpose=Purpose.COMPLAINT_RECEIPT)) == []


def test_a_decision_gives_reasons_and_outside_remedies() -> None:
    """K3, K09."""
    decision = {"purpose": Purpose.COMPLAINT_DECISION}
    assert words("K3", a_case("因为超期，不能退。您可拨打12315。", ZH, **decision)) == []
    assert words("K3", a_case("不能退。", ZH, **decision)) == ["", ""]
    assert words("K3", a_case("不能退。", ZH)) == []


def test_a_complaint_closes_accepted_or_exhausted_with_its_lesson() -> None:
    """K4, K09."""
    accepted = replace(COMPLAINT, accepted=True, improvement="label")
    assert words("K4", closing("再见。", complaint=accepted)) == []
    assert words("K4", closing("再见。", complaint=replace(accepted, accepted=False))) == [""]
    assert words("K4", closing("再见。", complaint=replace(accepted, accepted=False, exhausted=True))) == []
    assert words("K4", closing("再见。", complaint=replace(accepted, improvement=None))) == [""]
    assert words("K4", a_case("好的。", ZH, complaint=COMPLAINT)) == []
