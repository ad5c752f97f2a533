"""The errors of the verbs of a return."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from shared.kernel.errors import IllegalMove, Language, Malformed, Refused, RetourError, Said


class Situation(StrEnum):
    """Why a verb is not possible, as far as the caller can do something about it."""

    IN_REVIEW = "in_review"
    DECIDED = "decided"
    ARRIVED = "arrived"
    ENDED = "ended"
    NAMED = "named"


ADVICE: Final[Mapping[tuple[str, Situation], Said]] = {
    ("cancel", Situation.IN_REVIEW): Said(
        "We are still looking at this request, so it can only be cancelled as a whole. Leave the units out.",
        "申请正在审核，目前只能整单取消。请勿指定商品。",
    ),
    ("cancel", Situation.ARRIVED): Said(
        "These goods have reached us or are decided, so they cannot be cancelled. Goods that are still "
        "with you can be. If you want goods back that are with us, write to us; an agent answers.",
        "这些商品已到达我们处或已有处理结果，无法取消；仍在您手中的商品可以取消。如需取回已寄到的商品，请联系客服。",
    ),
    ("cancel", Situation.ENDED): Said(
        "This return is over; nothing of it is left to cancel. For other goods, ask for a new return.",
        "本次退货已结束，没有可取消的商品。如需退回其他商品，请提交新的申请。",
    ),
    ("ship", Situation.IN_REVIEW): Said(
        "We are still looking at this request. Please send nothing before we have approved it.",
        "申请正在审核，请在我们同意之前暂不寄出。",
    ),
    ("ship", Situation.ARRIVED): Said(
        "Nothing of this return is left to send: everything has arrived, or stays with you.",
        "本次退货没有待寄出的商品：均已到达，或由您保留。",
    ),
    ("ship", Situation.ENDED): Said(
        "This return is over. Please ask for a new return before you send goods. If a parcel is on its way already, "
        "it is received, and you are told what becomes of it.",
        "本次退货已结束，寄出商品前请提交新的申请。如包裹已在途中，我们会照常收货并告知您处理结果。",
    ),
    ("ship", Situation.NAMED): Said(
        "One of these units is in another parcel already, has arrived, or stays with you. Leave it out.",
        "所指商品中有的已在其他包裹中、已到达或由您保留，请将其移除。",
    ),
    ("approve", Situation.DECIDED): Said(
        "This request has been decided. A refused customer can object, or ask for a new return.",
        "该申请已有审核结果。如未获同意，消费者可提出异议或提交新的申请。",
    ),
    ("refuse", Situation.DECIDED): Said(
        "This request has been decided. An approved return can be cancelled while its goods are with the customer.",
        "该申请已有审核结果。已同意的退货，商品仍在消费者手中时可以取消。",
    ),
    ("lapse", Situation.ARRIVED): Said("Nothing of this return waits to be sent.", "本次退货没有待寄出的商品。"),
    ("extend", Situation.ENDED): Said(
        "Nothing of this return waits for that deadline. `open` of the return lists what waits.",
        "本次退货没有等待该期限的事项。退货单的 `open` 列出未结事项。",
    ),
    ("receive", Situation.IN_REVIEW): Said(
        "Goods of a request that is not approved cannot be counted for it.", "申请尚未同意，无法计入收货。"
    ),
}
"""By verb and situation: what the caller can do instead. No names of states (Z24)."""


class NotPossibleNow(IllegalMove):
    """The verb does not fit the present situation; the text says what can be done instead."""

    def __init__(self, verb: str, situation: Situation, *, pointer: str | None = None) -> None:
        self.verb, self.situation = verb, situation
        RetourError.__init__(self, pointer=pointer)

    def say(self, language: Language) -> str:
        """What can be done instead."""
        return ADVICE[self.verb, self.situation].to(language)


class DeadlineNotLater(Malformed):
    """An extension moves a deadline to a later day, and not too far."""

    code = "extension_out_of_bounds"
    title = Said("The new deadline does not fit", "新期限无效")
    detail = Said(
        "The new last day is after {present}, and at most {days} days from today.",
        "新的最后一日须晚于 {present}，且自今日起不超过 {days} 天。",
    )


class TooFewToCancel(Refused):
    """Fewer pieces can stay with the customer than were named."""

    code = "too_few_to_cancel"
    title = Said("So many pieces cannot be cancelled", "可取消的数量不足")
    detail = Said(
        "{possible} piece(s) can still be cancelled; the others have reached us or are decided.",
        "目前可取消 {possible} 件，其余已到达我们处或已有处理结果。",
    )


class NoSuchUnit(Malformed):
    """The return has no such unit."""

    code = "no_such_unit"
    title = Said("The return has no such unit", "退货单中没有该商品")
    detail = Said("The return has no unit {unit}.", "退货单中没有商品 {unit}。")


class ParcelAlreadyAnnounced(Refused):
    """The parcel has been announced before."""

    code = "parcel_already_announced"
    title = Said("This parcel is known already", "该包裹已登记")
    detail = Said(
        "The parcel {tracking_number} of {carrier} was announced before.",
        "{carrier} 的包裹 {tracking_number} 此前已登记。",
    )


class TooManyParcels(Refused):
    """The return has reached the limit of parcels."""

    code = "too_many_parcels"
    title = Said("Too many parcels", "包裹过多")
    detail = Said("A return has at most {limit} parcels.", "每个退货单最多登记 {limit} 个包裹。")


class SecondPersonNeeded(Refused):
    """The person who gave the goodwill may not approve the same goodwill."""

    code = "second_person_needed"
    title = Said("A second person has to agree", "须由第二人同意")
    detail = Said(
        "You have asked for this goodwill yourself; a colleague decides.", "该善意处理由您提出，须由其他同事决定。"
    )
