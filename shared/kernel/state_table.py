"""A table of the states of one thing: what may happen in each state, who or what does it, and where it leads (R08).

The tables of moves say what is allowed. A table of states adds who acts, by which operation, until when, and what
happens without anybody. A state is a dead end when no chain of acts leads from it to an end (Z20 to Z24).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.kernel.errors import Said


class Trigger(StrEnum):
    """What makes an act happen."""

    OPERATION = "operation"
    """A person or a system calls an operation of the public interface."""
    EVENT = "event"
    """An event of another service arrives."""
    CLOCK = "clock"
    """A job of the service does it by itself when its time has come."""
    PROVIDER = "provider"
    """A provider outside, such as a mail server or a payment provider, answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One way out of a state.

    `by` names the operation (`POST /v1/returns/{return_id}/cancellation`), the type of the event, the job or the
    provider. `leads_to` are the states that can follow; the state itself may be one of them. `until` says until when
    the act is possible or when it happens, where there is such a moment.
    """

    verb: str
    trigger: Trigger
    by: str
    leads_to: frozenset[str]
    until: Said | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One state. An `end` owes nobody anything; acts can still lead out of it, such as goods that arrive late."""

    means: Said
    acts: tuple[Act, ...] = ()
    end: bool = False


StateTable = Mapping[str, State]
"""The states of one thing, by the value of its enumeration."""


def dead_ends(table: StateTable) -> frozenset[str]:
    """The states from which no chain of acts leads to an end.

    A chain holds operations and jobs only. Events of other services and answers of providers may never come, so every
    open state needs an operation or a job of its own.
    """
    alive = {name for name, state in table.items() if state.end}
    while True:
        more = {
            name
            for name, state in table.items()
            if name not in alive
            and any(act.leads_to & alive for act in state.acts if act.trigger in (Trigger.OPERATION, Trigger.CLOCK))
        }
        if not more:
            return frozenset(table) - alive
        alive |= more
