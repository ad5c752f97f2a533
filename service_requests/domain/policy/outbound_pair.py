"""What becomes of the freight of the way out: with the whole order, with a part (H04). Some pairs cannot be kept."""

from collections.abc import Iterator, Mapping
from typing import Final

from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.policy_problem import PolicyProblem
from service_requests.domain.policy.vocabulary import OutboundFreight
from shared.kernel.errors import Said

WHOLE: Final[Mapping[OutboundFreight, Said]] = {
    OutboundFreight.FULL: Said("all of it goes back with the whole order", "整单退回的，全额退还"),
    OutboundFreight.STANDARD_ONLY: Said(
        "the price of standard delivery goes back with the whole order", "整单退回的，按标准配送费用退还"
    ),
    OutboundFreight.NONE: Said("nothing of it goes back", "不予退还"),
}
PART: Final[Mapping[OutboundFreight, Said]] = {
    OutboundFreight.PROPORTIONAL: Said(
        "{whole}, and with a part of the order its share by price", "{whole}；部分退回的，按价款比例退还"
    ),
    OutboundFreight.LAST_ITEM: Said(
        "{whole}, even when the goods come back one after the other", "{whole}；分批退回的，在最后一件退回时退还"
    ),
    OutboundFreight.NONE: Said(
        "{whole}, and nothing of it while a part of the order stays with you", "{whole}；仍有商品未退回时，不予退还"
    ),
}


def say_outbound(whole: OutboundFreight, part: OutboundFreight) -> Said:
    """Both cases in one sentence without its end."""
    all_of_it = WHOLE.get(whole, WHOLE[OutboundFreight.FULL])
    if whole is OutboundFreight.NONE:
        return all_of_it
    said = PART.get(part, PART[OutboundFreight.LAST_ITEM])
    return Said(said.en.format(whole=all_of_it.en), said.zh.format(whole=all_of_it.zh))


_ODD_PART: Final = Said(
    "With a part of the order the freight goes back by share, with the last piece, or not at all.",
    "部分退回时，发货运费只能按比例退还、在最后一件退回时退还或不退还。",
)
_MORE: Final = Said(
    "A part of the order cannot get back more than the whole order does.", "部分退回所退运费不得多于整单退回。"
)


def outbound_problems(policy: Policy) -> Iterator[PolicyProblem]:
    """Rows that no refund could keep to (Z12)."""
    for place, row in enumerate(policy.outbound):
        if row.part not in PART:
            yield PolicyProblem(("outbound", place, "part"), "H04", _ODD_PART)
        elif row.whole is OutboundFreight.NONE and row.part is not OutboundFreight.NONE:
            yield PolicyProblem(("outbound", place, "part"), "H04", _MORE)
