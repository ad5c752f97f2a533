"""Checks that answers, news and announcements of delays come in time (T1 to T3, R2.1, R4.3)."""

from datetime import timedelta
from typing import Final

from service_notifications.domain.care.reply_check.analysed_reply import AnalysedReply
from service_notifications.domain.care.reply_check.finding import CheckResults, UnknownFact, Violation
from service_notifications.domain.care.reply_check.reply_case import DeadlineKind, Purpose, Speaker
from shared.kernel.errors import Said

RECEIPT_WITHIN: Final = timedelta(minutes=5)
SILENT_AT_MOST: Final = timedelta(hours=48)
DEADLINES: Final = {
    Purpose.APPROVAL: DeadlineKind.REVIEW,
    Purpose.REFUSAL: DeadlineKind.REVIEW,
    Purpose.INSPECTION: DeadlineKind.INSPECTION,
    Purpose.REFUND: DeadlineKind.REFUND,
}
"""The deadline that a reply meets. Any other first reply meets the deadline of the first answer."""
_LATE: Final = Said("apologise for the delay and say why", "为延误致歉并说明原因")


def in_time(reply: AnalysedReply) -> CheckResults:
    """T1: a receipt within five minutes, every other reply before its deadline."""
    draft, facts = reply.draft, reply.facts
    if reply.purpose(Purpose.RECEIPT, Purpose.COMPLAINT_RECEIPT):
        if facts.received_at is None:
            yield UnknownFact("received_at")
        elif draft.now - facts.received_at > RECEIPT_WITHIN:
            minutes = int((draft.now - facts.received_at).total_seconds() // 60)
            yield Violation(
                says=Said(
                    f"the receipt comes after {minutes} minutes; five are the most",
                    f"受理回执用时{minutes}分钟，超过5分钟",
                ),
                better=_LATE,
            )
        return
    clock = DEADLINES.get(draft.purpose) or (DeadlineKind.FIRST_ANSWER if reply.is_first else None)
    if clock is None:
        return
    due = facts.dues.get(clock)
    if due is None:
        yield UnknownFact(f"dues.{clock}")
    elif draft.now > due:
        yield Violation(
            says=Said(f"this was due by {due:%Y-%m-%d %H:%M}", f"应在{due:%Y-%m-%d %H:%M}前发出"), better=_LATE
        )


def never_silent(reply: AnalysedReply) -> CheckResults:
    """T2: while we hold goods or money, a customer gets news at least every 48 hours."""
    if not reply.facts.holding:
        return
    ours = [turn.at for turn in reply.case.turns if turn.by is not Speaker.CUSTOMER]
    since = max(ours) if ours else reply.facts.received_at
    if since is None:
        yield UnknownFact("received_at")
    elif reply.draft.now - since > SILENT_AT_MOST:
        hours = int((reply.draft.now - since).total_seconds() // 3600)
        yield Violation(
            says=Said(
                f"silence for {hours} hours while we hold goods or money", f"持有客户货或款期间已沉默{hours}小时"
            ),
            better=Said("apologise, and tell what happened meanwhile", "致歉并告知进度"),
        )


def delay_told_before(reply: AnalysedReply) -> CheckResults:
    """T3: a delay is announced before the day it concerns."""
    due = reply.facts.dues.get(DeadlineKind.DELAYED)
    if not reply.purpose(Purpose.DELAY):
        return
    if due is None:
        yield UnknownFact("dues.delayed")
        return
    if reply.draft.now > due:
        yield Violation(
            says=Said(f"the delay is told after {due:%Y-%m-%d %H:%M}", f"延误应在{due:%Y-%m-%d %H:%M}之前告知"),
            better=_LATE,
        )
    if not any(day.day is not None and day.day >= due.date() for day in reply.days):
        yield Violation(
            says=Said("no new day is named", "未说明新的期限"),
            better=Said("by 18:00 on 26 November", "11月26日18:00前"),
        )
