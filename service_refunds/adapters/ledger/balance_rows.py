"""The mapping of balances to rows, and the writes that open and change balances."""

from service_refunds.adapters.tables import balances
from service_refunds.domain.ledger.balance import Balance, BalanceChange, Kind
from shared.database.reader import Row
from shared.database.work import Add, Adjust, Remove


def balance_of_row(row: Row) -> Balance:
    """The balance in a row."""
    return Balance(Kind(row["kind"]), row["key"], row["cap_minor"], row["reserved_minor"], row["settled_minor"])


def add_balance(order: str, balance: Balance) -> Add:
    """The write that opens a balance."""
    return Add(
        balances,
        {
            "order_id": order,
            "kind": balance.kind.value,
            "key": balance.key,
            "cap_minor": balance.cap_minor,
            "reserved_minor": balance.reserved_minor,
            "settled_minor": balance.settled_minor,
        },
    )


def remove_balance(order: str, balance: Balance) -> Remove:
    """The write that removes a balance on which nothing rests."""
    return Remove(balances, {"order_id": order, "kind": balance.kind.value, "key": balance.key})


def adjust_balance(order: str, shift: BalanceChange) -> Adjust:
    """The write that changes a balance. The CHECK of the table refuses a change beyond the cap."""
    return Adjust(
        balances,
        {"order_id": order, "kind": shift.kind.value, "key": shift.key},
        {"cap_minor": shift.cap, "reserved_minor": shift.reserved, "settled_minor": shift.settled},
    )


def remove_unit(order: str, unit: str) -> Remove:
    """The write that lets a unit have another refund, after its refund was stopped."""
    return Remove(balances, {"order_id": order, "kind": Kind.UNIT.value, "key": unit})
