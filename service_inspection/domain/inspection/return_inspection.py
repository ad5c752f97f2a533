"""The inspection of one return: expected units, arrived units, results, and decisions of a person.

A post says "so many pieces of this article"; it names a unit, or the post that it corrects, or neither. Posts come
late, twice and in any order. So the inspection keeps the posts, and computes from all of them what has arrived and what
was found (`counting`). What has changed is told: arrivals, results, corrections, questions. Never do more units arrive
than were announced (W1, I-24), and never more than the dock has counted, where there is a dock (Z01).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from service_inspection.domain.inspection import correction
from service_inspection.domain.inspection.bench_decision import (
    BenchDecision,
    Decision,
    InspectorMayNotDecide,
    LineRight,
    check,
    right_of,
)
from service_inspection.domain.inspection.bench_state import BenchState, bench_state
from service_inspection.domain.inspection.counting import (
    Aim,
    ArticleCount,
    CountedPost,
    corrected_by,
    count_by_article,
    in_force,
    settle,
)
from service_inspection.domain.inspection.deadline import check_later
from service_inspection.domain.inspection.discrepancy import (
    Discrepancy,
    DiscrepancyKind,
    DiscrepancyState,
    Opened,
    Resolution,
)
from service_inspection.domain.inspection.events import (
    Assigned,
    BecameOverdue,
    Cleared,
    Decided,
    DecidedUnit,
    Expected,
    Extended,
    NoLongerExpected,
    Questioned,
    ScanCounted,
)
from service_inspection.domain.inspection.question import (
    LOOKS,
    MONEY,
    MONEY_IS_BACK,
    Question,
    changed,
    compare,
    kind_of_surplus,
)
from service_inspection.domain.inspection.revival import revive
from service_inspection.domain.inspection.tally import Tally
from service_inspection.domain.inspection.unit import DECIDED, OPEN, Unit, UnitState
from service_inspection.domain.inspection.unit_change import Cause, NewId, UnitChanges
from service_inspection.domain.inspection.unit_names import (
    NoSuchUnit,
    by_article,
    doubtful_units,
    find_units,
    first_names,
    is_covered,
    pieces_of,
)
from service_inspection.domain.receiving.handling import ScanState
from service_inspection.domain.receiving.scan import InspectedPieces, Kind, Scan
from shared.kernel.piece_range import cut_units, join_units, joined_names, units_by_name
from shared.kernel.written import same_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount:
    """What a new count changes outside the inspection: discrepancies that open, and those that nobody has to answer."""

    opened: Sequence[Discrepancy] = ()
    withdrawn: Sequence[str] = ()
    arrived: Sequence[str] = ()


@dataclass(slots=True, kw_only=True)
class ReturnInspection:
    """The inspection of one return. `id` is the return's id, so that the return is the subject of every `inspection.*`
    event.
    """

    id: str
    rma: str
    order_id: str
    customer_id: str
    language: str
    warehouse: str
    units: list[Unit]
    created_at: datetime
    calendar: str | None = None
    """The calendar whose working days count for the deadline; None where the approval named none."""
    tallies: dict[str, Tally] = field(default_factory=dict)
    """The counts of every article that a post has named, as they stand now."""
    posts: list[CountedPost] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    missed: dict[str, int] = field(default_factory=dict)
    """Pieces of each article that the dock has missed, as a person has found."""
    rights: tuple[LineRight, ...] = ()
    """The rights of law by which lines come back; the decisions keep to them (Z31)."""
    overdue_at: datetime | None = None
    """When it was noticed that the present deadline has passed."""
    version: int = 0
    sequence: int = 0
    events: list[object] = field(default_factory=list, repr=False, compare=False)

    def expect(self) -> None:
        """The units may arrive from now on."""
        self.events.append(Expected())

    def count_scan(
        self, scan: Scan, *, inspect_by: datetime, new_id: NewId, supervisor: bool = False, late: bool = False
    ) -> tuple[Scan, Recount]:
        """Count one post of this return, or let it correct an earlier one.

        Returns the post after the count, and what changes besides. Each post is counted once; `Scan.repeats` ensures
        that. Raises `NoSuchUnit` and the refusals of `correction`; then nothing has changed. A `late` post has waited
        for its return; nobody can write it anew, so that a wrong name of a unit in it counts as none.
        """
        post = CountedPost.of(scan).naming(self._article)
        if len(self.posts) >= correction.MOST_POSTS:
            raise correction.TooManyPosts(most=correction.MOST_POSTS)
        for place, look in enumerate(scan.looks):
            if look.unit_id is not None and not late and not self._is_ours(look):
                raise NoSuchUnit(pointer=f"/units/{place}/unit_id", unit_id=look.unit_id)
        old = None
        if post.corrects is not None:
            old = correction.check(self.posts, post, supervisor=supervisor)
        post = post.naming_again(self.units, old)
        if old is not None:
            self._check_decisions(old, post)
        self.posts.append(post)
        warehouse = scan.warehouse or self.warehouse
        recount = self._recount(
            Cause(scan_id=scan.id, warehouse=warehouse, at=scan.posted_at, inspect_by=inspect_by, new_id=new_id)
        )
        self.events.append(ScanCounted(scan.id))
        counted = scan.matched(self.id, tuple(recount.arrived), tuple(each.id for each in recount.opened))
        waits = post.corrects is not None and old is None
        return (replace(counted, state=ScanState.WAITING) if waits else counted), recount

    def lacks_dock(self, scan: Scan) -> bool:
        """Whether the post would be the only proof that an article has arrived."""
        return any(not self.tallies.get(self._article(look.sku), Tally()).dock for look in scan.looks)

    def knows(self, post: str, sender: str) -> bool:
        """Whether a post with this id, or with this name of this sender, was counted here."""
        return any(each.id == post or (each.event == post and each.sender == sender) for each in self.posts)

    def adopt(self, scan: Scan) -> None:
        """Take a post whose return nobody knew, so that a correction can replace it."""
        self.posts.append(CountedPost.of(scan).naming(self._article))

    def corrections(self, scan_id: str) -> tuple[str | None, str | None]:
        """The post that this one corrects, and the one that corrects it."""
        replaced = corrected_by(self.posts)
        return next((old for old, new in replaced.items() if new == scan_id), None), replaced.get(scan_id)

    def record_assignment(self, scan: Scan, at: datetime) -> None:
        """A person has found that this post belongs to this return (F04)."""
        self.events.append(Assigned(scan.id, scan.posted_at, at))

    def release(self, scan_id: str, cause: Cause) -> Recount:
        """A person takes an assignment back: the post does not count any more. `DecisionStands`, `AlreadyCorrected`."""
        old = next(post for post in self.posts if post.id == scan_id)
        by = corrected_by(self.posts).get(scan_id)
        if by is not None:
            raise correction.AlreadyCorrected(post=scan_id, by=by)
        self._check_decisions(old, replace(old, id=f"{scan_id}:void", pieces=(), looks=(), corrects=scan_id))
        self.forget(scan_id)
        return self._recount(cause)

    def forget(self, scan_id: str) -> None:
        """Drop a post that does not count, such as a correction whose post never came."""
        self.posts = [post for post in self.posts if post.id != scan_id]
        self.events.append(ScanCounted(scan_id))

    def decide(self, decision: BenchDecision, *, by: str, at: datetime) -> None:
        """Accept or refuse units that failed. `NoSuchUnit`, `InspectorMayNotDecide`, `IllegalMove`, and what `check`
        raises where the law sets limits.
        """
        judged: list[DecidedUnit] = []
        found = find_units(self.units, [each.unit_id for each in decision.verdicts], "/units/{}/unit_id")
        for place, (units, verdict) in enumerate(zip(found, decision.verdicts, strict=True)):
            for unit in units:
                if unit.inspector == by:
                    raise InspectorMayNotDecide(pointer=f"/units/{place}/unit_id", unit_id=verdict.unit_id)
                unit.move(verdict.decision)
                right = right_of(self.rights, unit.line_id, unit.reason)
                clause = check(right, verdict, decision, place, reducible=unit.reducible)
                unit.record_decision(decision, verdict.deduction_basis_points, clause, by=by, at=at)
                unit.promised = unit.promised or verdict.decision is Decision.ACCEPT
                judged.append(DecidedUnit.of(unit, decision, verdict))
        complete = not self._any(*OPEN)
        self.events.append(Decided(tuple(judged), complete, at, decision.reason, decision.code))
        join_units(self.units)

    def reconsider(self, units: Sequence[str], *, reason: str, by: str, cause: Cause) -> Recount:
        """A person takes decisions about units back; the units are held again. `NoSuchUnit`, `IllegalMove` (Z01)."""
        taken = [unit for found in find_units(self.units, units, "/units/{}/unit_id") for unit in found]
        for unit in taken:
            unit.take_decision_back(reason, by=by, at=cause.at)
        return self._recount(cause, changed_before=[unit.id for unit in taken])

    def answer(self, discrepancy: Discrepancy, outcome: Resolution, cause: Cause) -> Recount:
        """A person has answered a question; the answer may change the count (Z01)."""
        self._set_answer(discrepancy, outcome, +1)
        if discrepancy.state is not DiscrepancyState.KEPT:
            self._tell_cleared(discrepancy, outcome, cause)
        return self._recount(cause)

    def reopen(self, discrepancy: Discrepancy, former: Resolution, cause: Cause) -> Recount:
        """A person has taken an answer back; the question is open again (Z01)."""
        changed_before = self._set_answer(discrepancy, former, -1)
        if former is not Resolution.KEPT_FOR_MATCH:
            self._tell_question(discrepancy)
        return self._recount(cause, changed_before)

    def stop_expecting(self) -> None:
        """The customer keeps the goods: units that have not arrived are cancelled. Arrived units stay unchanged."""
        awaited = [unit for unit in self.units if unit.state is UnitState.EXPECTED]
        for unit in awaited:
            unit.move("cancel")
        if awaited:
            self.events.append(NoLongerExpected())

    def extend(self, names: Sequence[str], *, inspect_by: datetime, reason: str, at: datetime) -> None:
        """Give the inspection of these units longer; without names, of all that wait. `NoSuchUnit`, `NotLater`."""
        named = [unit for units in find_units(self.units, names, "/unit_ids/{}") for unit in units]
        waiting = [unit for unit in named or self.units if unit.state is UnitState.RECEIVED]
        check_later([unit.inspect_by for unit in waiting], inspect_by, at)
        for unit in waiting:
            unit.inspect_by = inspect_by
        self.overdue_at = None
        self.events.append(Extended(joined_names(unit.id for unit in waiting), inspect_by, reason, at))
        join_units(self.units)

    def notice_overdue(self, at: datetime) -> bool:
        """Notice that the deadline has passed, once for each deadline. Whether that was not noticed before."""
        due = self.inspect_by
        if due is None or at <= due or self.overdue_at is not None:
            return False
        self.overdue_at = at
        self.events.append(BecameOverdue(due))
        return True

    @property
    def inspect_by(self) -> datetime | None:
        """The deadline of the unit that has waited longest; None when no unit waits."""
        return min((u.inspect_by for u in self.units if u.state is UnitState.RECEIVED and u.inspect_by), default=None)

    @property
    def state(self) -> BenchState:
        """The state of the return, made from the states of its units."""
        return bench_state(self.units)

    def count(self, *states: UnitState) -> int:
        """The number of units in one of these states."""
        return pieces_of(unit for unit in self.units if unit.state in states)

    def _any(self, *states: UnitState) -> bool:
        return any(unit.state in states for unit in self.units)

    def _recount(self, cause: Cause, changed_before: Sequence[str] = ()) -> Recount:
        """Compute from all posts what is here and what was found, and tell what has changed."""
        due = self.inspect_by
        wanted: dict[tuple[DiscrepancyKind, str], int] = {}
        counts = count_by_article(in_force(self.posts), self.units)
        aims: dict[str, Aim] = {}
        articles = by_article(self.units)
        for sku in dict.fromkeys([*self.tallies, *counts]):
            count = counts.get(sku, ArticleCount())
            self.tallies[sku] = Tally(count.dock, count.looked)
            settled = settle(articles.get(sku, ()), count, self.missed.get(sku, 0))
            aims |= settled.aims
            wanted[DiscrepancyKind.OVER, sku] = settled.surplus
            wanted[LOOKS, sku] = settled.repeated
        cut_units(self.units, aims)
        before = units_by_name(self.units, changed_before)
        changes = UnitChanges(corrected=[unit for name in before for unit in before[name]])
        articles = by_article(self.units)
        for unit in (unit for sku in self.tallies for unit in articles.get(sku, ())):
            if unit.id in aims:
                changes.reach(unit, aims[unit.id], cause)
        if self._any(UnitState.CANCELLED):
            for unit in changes.corrected:
                if unit.state is UnitState.EXPECTED:
                    unit.move("cancel")
        missing, waiting = self._any(UnitState.EXPECTED), self._any(UnitState.RECEIVED)
        self.events += changes.told(cause, missing=missing, waiting=waiting)
        for sku in self.tallies:
            wanted[MONEY, sku] = pieces_of(doubtful_units(articles.get(sku, ())))
        recount = self._ask(wanted, cause, joined_names(unit.id for unit in changes.arrived))
        if self.inspect_by != due:
            self.overdue_at = None
        join_units(self.units)
        return recount

    def _ask(self, wanted: Mapping[tuple[DiscrepancyKind, str], int], cause: Cause, arrived: Sequence[str]) -> Recount:
        """Open and withdraw questions so that they fit the count."""
        change = compare(self.questions, wanted)
        for question in change.withdrawn:
            self.questions = changed(self.questions, replace(question, state=DiscrepancyState.WITHDRAWN))
            self._tell_cleared(question, None, cause)
        opened: list[Discrepancy] = []
        for group, sku, quantity in change.asked:
            kind = group if group in (LOOKS, MONEY) else kind_of_surplus(self.units, sku)
            discrepancy = Discrepancy(
                id=cause.new_id("dsc"),
                return_id=self.id,
                scan_id=cause.scan_id,
                warehouse=cause.warehouse,
                kind=kind,
                sku=sku,
                quantity=quantity,
                opened_at=cause.at,
                answer_by=cause.inspect_by,
                events=[Opened()],
            )
            opened.append(discrepancy)
            self.questions.append(
                Question(id=discrepancy.id, kind=kind, sku=sku, quantity=quantity, scan_id=cause.scan_id)
            )
            self._tell_question(discrepancy)
        return Recount(opened=opened, withdrawn=[each.id for each in change.withdrawn], arrived=arrived)

    def _tell_question(self, of: Discrepancy) -> None:
        self.events.append(Questioned(of.id, of.kind, of.sku, of.quantity, of.answer_by))

    def _tell_cleared(self, of: Discrepancy | Question, outcome: Resolution | None, cause: Cause) -> None:
        self.events.append(
            Cleared(
                discrepancy_id=of.id,
                kind=of.kind,
                sku=of.sku,
                quantity=of.quantity,
                outcome=outcome,
                cleared_at=cause.at,
                reason=of.reason if isinstance(of, Discrepancy) else None,
                tracking_number=of.tracking_number if isinstance(of, Discrepancy) else None,
            )
        )

    def _set_answer(self, discrepancy: Discrepancy, outcome: Resolution | None, sign: int) -> tuple[str, ...]:
        """Take an answer into the count (`sign` +1), or out of it (-1). The units whose standing changes."""
        question = next((each for each in self.questions if each.id == discrepancy.id), None)
        if question is None:
            return ()
        units, changed_units = question.units, tuple[str, ...]()
        if outcome is Resolution.ARRIVED:
            self.missed[question.sku] = self.missed.get(question.sku, 0) + sign * question.quantity
        elif outcome is Resolution.ACCEPTED_AS_RETURN:
            units = changed_units = revive(self.units, question, sign)
        elif outcome in MONEY_IS_BACK:
            if sign > 0:
                units = first_names(doubtful_units(by_article(self.units).get(question.sku, ())), question.quantity)
            found = units_by_name(self.units, units)
            for unit in (unit for parts in found.values() for unit in parts):
                unit.promised = sign < 0
        self.questions = changed(self.questions, question.answered(outcome, units) if sign > 0 else question.reopened())
        return changed_units if sign < 0 else ()

    def _check_decisions(self, old: CountedPost, new: CountedPost) -> None:
        """`DecisionStands` if the correction would change what a person has decided about."""
        decided = [unit for unit in self.units if unit.state in DECIDED]
        held = {unit.id for unit in decided if unit.inspected_by == old.id}
        if old.kind is Kind.RECEIPT and decided:
            counts = count_by_article(in_force([*self.posts, new]), self.units)
            for sku in dict.fromkeys(unit.sku for unit in decided):
                number = pieces_of(unit for unit in decided if unit.sku == sku)
                if counts.get(sku, ArticleCount()).arrived(self.missed.get(sku, 0)) < number:
                    held |= {unit.id for unit in decided if unit.sku == sku}
        if held:
            raise correction.DecisionStands(pointer="/corrects", units=", ".join(sorted(held)))

    def _article(self, scanned: str) -> str:
        """The article as this return names it: labels and keyboards differ in case (Z36)."""
        code = same_code(scanned)
        names = (*(unit.sku for unit in self.units), *self.tallies)
        return next((name for name in names if same_code(name) == code), scanned)

    def _is_ours(self, look: InspectedPieces) -> bool:
        article = self._article(look.sku)
        return look.unit_id is not None and is_covered(
            look.unit_id, (unit for unit in self.units if unit.sku == article)
        )
