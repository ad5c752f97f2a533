"""The states of a finding: who acts, by which operation, and where it leads (R04, R08)."""

from typing import Final

from gateway.domain.reconciling.finding import FindingState
from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger

_SEEN_AGAIN: Final = Act(
    verb="find",
    trigger=Trigger.CLOCK,
    by="reconcile",
    leads_to=frozenset({FindingState.OPEN}),
    until=Said("once an hour", "每小时一次"),
)

FINDING_STATES: Final[StateTable] = {
    FindingState.OPEN: State(
        means=Said("Two services disagree about a return.", "两个服务对某一退货的记录不一致。"),
        acts=(
            Act(
                verb="end",
                trigger=Trigger.CLOCK,
                by="reconcile",
                leads_to=frozenset({FindingState.ENDED}),
                until=Said("within an hour after they agree", "双方一致后一小时内"),
            ),
            Act(
                verb="dismiss",
                trigger=Trigger.OPERATION,
                by="POST /v1/operations/findings/{finding_id}/dismissal",
                leads_to=frozenset({FindingState.DISMISSED}),
            ),
        ),
    ),
    FindingState.ENDED: State(
        means=Said("The services agree again.", "双方已恢复一致。"), acts=(_SEEN_AGAIN,), end=True
    ),
    FindingState.DISMISSED: State(
        means=Said("A person has looked, and says why it may stay.", "已由人工查看并说明可保留的原因。"), end=True
    ),
}
