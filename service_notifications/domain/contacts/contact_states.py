"""The states of a contact: whether a customer can be written to (R08, Z20)."""

from enum import StrEnum
from typing import Final

from shared.kernel.errors import Said
from shared.kernel.state_table import Act, State, StateTable, Trigger

PUT: Final = "PUT /v1/contacts/{customer_id}"


class ContactState(StrEnum):
    """Whether messages can leave for the customer."""

    UNKNOWN = "unknown"
    WITHOUT_ADDRESS = "without_address"
    REACHABLE = "reachable"


def _put(verb: str, leads_to: ContactState) -> Act:
    return Act(verb=verb, trigger=Trigger.OPERATION, by=PUT, leads_to=frozenset({leads_to.value}))


CONTACT_STATES: Final[StateTable] = {
    ContactState.UNKNOWN: State(
        means=Said(
            "Nobody has told how this customer is reached. Messages wait.", "尚未登记该客户的联系方式，消息等待中。"
        ),
        acts=(
            _put("tell the address", ContactState.REACHABLE),
            _put("tell language and name only", ContactState.WITHOUT_ADDRESS),
        ),
    ),
    ContactState.WITHOUT_ADDRESS: State(
        means=Said(
            "The customer is known without an e-mail address. Messages wait.", "客户已登记但没有邮箱，消息等待中。"
        ),
        acts=(_put("tell the address", ContactState.REACHABLE),),
    ),
    ContactState.REACHABLE: State(
        means=Said(
            "Messages leave for this address. Another address sends what has failed at this one.",
            "消息发往该邮箱。更改邮箱后，在原邮箱发送失败的消息会重新发送。",
        ),
        acts=(
            _put("correct the address", ContactState.REACHABLE),
            _put("remove the address", ContactState.WITHOUT_ADDRESS),
        ),
        end=True,
    ),
}
"""A contact owes nobody anything once the customer can be reached."""
