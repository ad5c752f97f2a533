"""Finds the playbooks that a case needs, each with its reasons: facts, detected signals, words used (N4, K11)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from service_notifications.domain.care.listening.signal import (
    MEANINGS,
    Signal,
    SignalEffect,
    detect_signals,
)
from service_notifications.domain.care.playbooks.playbook import (
    DefaultOutcome,
    Playbook,
    Remedy,
    SpecialCaseFacts,
)
from service_notifications.domain.care.playbooks.playbook_table import PLAYBOOKS
from service_notifications.domain.care.text.folded_text import TextView
from service_notifications.domain.care.text.phrase_search import Lexicon, Scanner
from service_notifications.domain.care.text.phrase_set import phrases_of
from shared.kernel.errors import Said


@dataclass(frozen=True, slots=True)
class PlaybookMatch:
    """A playbook with reasons. `certain`: a fact or a decisive signal calls for it. Words alone only suggest it."""

    playbook: Playbook
    why: tuple[Said, ...]
    certain: bool


def match_playbooks(facts: SpecialCaseFacts, view: TextView | None = None) -> tuple[PlaybookMatch, ...]:
    """Every playbook that fits the case and the customer's words, the most urgent first, each once."""
    return tuple(sorted(_recognised(facts, view), key=_pressing))


def _pressing(found: PlaybookMatch) -> tuple[int, bool, int]:
    return found.playbook.urgency, not found.certain, found.playbook.number


def _recognised(facts: SpecialCaseFacts, view: TextView | None) -> Iterator[PlaybookMatch]:
    detected = {each.signal: each.words for each in reversed(detect_signals(view))} if view else {}
    said = _said(view) if view else {}
    for playbook in PLAYBOOKS:
        because = [trigger.why for trigger in playbook.triggers if getattr(facts, trigger.fact)]
        decisive = [signal for signal in playbook.signals if signal in detected]
        certain = bool(because) or any(MEANINGS[signal].force is SignalEffect.DECIDES for signal in decisive)
        because += [_detected_in(signal, detected[signal]) for signal in decisive]
        if playbook.id in said:
            because.append(_wrote(said[playbook.id]))
        if because:
            yield PlaybookMatch(playbook, tuple(because), certain)


def _detected_in(signal: Signal, words: str) -> Said:
    name = SIGNAL_NAMES[signal]
    return Said(f"{name.en} is heard in “{words}”.", f"从“{words}”中识别到{name.zh}。")


def _wrote(words: str) -> Said:
    return Said(f"The customer wrote “{words}”.", f"客户写道“{words}”。")


def _said(view: TextView) -> dict[str, str]:
    """The first words of the customer for each playbook that they suggest."""
    found: dict[str, str] = {}
    for hit in scanner().scan(view):
        if hit.counts:
            found.setdefault(hit.lexicon, view.original_words(view.span(hit.start, hit.end)))
    return found


LEXICONS: Final = tuple(
    Lexicon(playbook.id, phrases_of(playbook.words.zh), phrases_of(playbook.words.en)) for playbook in PLAYBOOKS
)


@cache
def scanner() -> Scanner:
    """The scanner of the playbooks' words, built at first use."""
    return Scanner(*LEXICONS)


SIGNAL_NAMES: Final[Mapping[Signal, Said]] = {
    Signal.ANGER: Said("Anger", "愤怒"),
    Signal.DISTRESS: Said("Distress", "失望或焦急"),
    Signal.SAFETY: Said("Danger to people", "人身安全问题"),
    Signal.GOING_PUBLIC: Said("Talk of going public", "公开投诉意向"),
    Signal.COMPLAINT: Said("A complaint", "投诉"),
    Signal.VULNERABLE: Said("A need for more care", "需要特别关怀"),
    Signal.ABUSE: Said("Abuse of staff", "辱骂客服"),
}

OUTCOMES: Final[Mapping[DefaultOutcome, Said]] = {
    DefaultOutcome.ACCEPT: Said("The return is accepted.", "接受退货。"),
    DefaultOutcome.ASK_THEN_ACCEPT: Said("Asked once; without an answer it is accepted.", "询问一次，未答复则接受。"),
    DefaultOutcome.ASK_THEN_PERSON: Said("The customer is asked, then a person decides.", "询问客户后由人工决定。"),
    DefaultOutcome.PERSON_DECIDES: Said("A person decides.", "由人工决定。"),
    DefaultOutcome.OFFER: Said("An offer is made with its evidence.", "附证据提出方案。"),
    DefaultOutcome.RETURNLESS: Said("Refunded without return.", "无需寄回，直接退款。"),
    DefaultOutcome.PRICE_DIFFERENCE: Said("The difference in price is refunded.", "退还差价。"),
    DefaultOutcome.PAY_THEN_CLAIM: Said(
        "The customer is paid first; whoever caused it is asked afterwards.", "先向客户付款，再向责任方追偿。"
    ),
    DefaultOutcome.HOLD: Said(
        "Goods and money stay where they are until a person has decided.", "商品和款项保持原状，等待人工决定。"
    ),
    DefaultOutcome.EXTEND: Said("The customer's dates are extended.", "客户期限顺延。"),
    DefaultOutcome.AS_EVER: Said("The case goes on as any other; the rights are unchanged.", "照常办理，权利不变。"),
}
"""A sentence for each default outcome."""

REMEDIES: Final[Mapping[Remedy, Said]] = {
    Remedy.REFUND: Said("refund", "退款"),
    Remedy.PART_REFUND: Said("part refund", "部分退款"),
    Remedy.PRICE_DIFFERENCE: Said("difference in price", "退差价"),
    Remedy.RETURNLESS_REFUND: Said("refund without return", "免寄回退款"),
    Remedy.REPLACEMENT: Said("replacement", "换新"),
    Remedy.EXCHANGE: Said("exchange", "换货"),
    Remedy.REPAIR: Said("repair", "维修"),
    Remedy.SEND_BACK: Said("goods go back free of charge", "免费寄回"),
    Remedy.STORE_CREDIT: Said("credit for the shop", "店铺余额"),
    Remedy.COMPENSATION: Said("compensation", "补偿"),
    Remedy.GOODWILL: Said("goodwill", "善意处理"),
    Remedy.PICK_UP: Said("collection at home", "上门取件"),
}
"""The name of each remedy."""
