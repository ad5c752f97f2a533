"""Names that other systems read are the ones that were published: never another, never one less (K05)."""

from enum import Enum
from typing import Final

import pytest

from service_notifications.domain.care.listening import promise, promise_patterns, signal
from service_notifications.domain.care.playbooks import playbook
from service_notifications.domain.care.reply_check import finding, reply_case
from service_notifications.domain.care.text import stated_moment
from service_notifications.domain.messages import required_content

SPELT: Final = (
    reply_case.ReplyChannel,
    reply_case.DeadlineKind,
    reply_case.Evidence,
    reply_case.Fault,
    reply_case.Feeling,
    reply_case.Speaker,
    reply_case.Purpose,
    reply_case.RefundState,
    finding.CriticalError,
    stated_moment.DueSource,
    playbook.DefaultOutcome,
    playbook.Remedy,
    playbook.TimeUnit,
    promise_patterns.PromisedAction,
    promise.PromiseModality,
    promise.PromiseParty,
    required_content.NoticeKind,
    signal.Signal,
)
"""Kinds whose members are published by their own name."""
LETTERS: Final[dict[type[Enum], str]] = {
    finding.FindingKind: "D S H",
    signal.SignalEffect: "D S",
    playbook.Urgency: "0 1 2",
}


@pytest.mark.parametrize("kind", SPELT)
def test_a_member_is_published_under_its_own_name(kind: type[Enum]) -> None:
    assert [member.value for member in kind] == [member.name.lower() for member in kind]


@pytest.mark.parametrize("kind", LETTERS)
def test_kinds_and_forces_are_published_as_letters(kind: type[Enum]) -> None:
    assert " ".join(str(member.value) for member in kind) == LETTERS[kind]
