"""Names that other systems read are the ones that were published: never another, never one less (K05)."""

from enum import Enum
from typing import Final

import pytest

from service_notifications.domain.reply import (
    case,
    finding,
    moments,
    playbook,
    promise_words,
    promises,
    required,
    signals,
)

SPELT: Final = (
    case.Channel,
    case.Clock,
    case.Evidence,
    case.Fault,
    case.Feeling,
    case.Party,
    case.Purpose,
    case.RefundState,
    finding.Critical,
    moments.How,
    playbook.Outcome,
    playbook.Remedy,
    playbook.Unit,
    promise_words.Action,
    promises.Mood,
    promises.Party,
    required.Letter,
    signals.Signal,
)
"""Kinds whose members are published by their own name."""
LETTERS: Final[dict[type[Enum], str]] = {finding.Kind: "D S H", signals.Force: "D S", playbook.Urgency: "0 1 2"}


@pytest.mark.parametrize("kind", SPELT)
def test_a_member_is_published_under_its_own_name(kind: type[Enum]) -> None:
    assert [member.value for member in kind] == [member.name.lower() for member in kind]


@pytest.mark.parametrize("kind", LETTERS)
def test_kinds_and_forces_are_published_as_letters(kind: type[Enum]) -> None:
    assert " ".join(str(member.value) for member in kind) == LETTERS[kind]
