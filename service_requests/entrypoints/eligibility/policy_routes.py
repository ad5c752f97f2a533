"""The policy as anybody may read it, and where the merchant publishes the next one; all from one source (B11, R1.2)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final, Literal, Self, TypeVar

from fastapi import APIRouter, Query, Response
from pydantic import ConfigDict, Field, JsonValue, StringConstraints

from service_requests.application.eligibility import trial
from service_requests.application.policy import publication
from service_requests.application.ports import ReadPolicyDraft, RulebookSource, UnitOfWork
from service_requests.application.queries import Queries
from service_requests.domain.eligibility import policy_summary
from service_requests.domain.eligibility.case_of_order import CONDITIONS
from service_requests.domain.policy.machine_form import machine_form
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.public_page import PolicyPage, public_page
from service_requests.domain.policy.publication import Publication
from service_requests.domain.policy.rulebook import Rulebook
from service_requests.entrypoints.eligibility.assessment_views import AddressOut, Sentence
from shared.kernel import money
from shared.kernel.errors import Language, NotFound
from shared.runtime.clock import Clock
from shared.web.call import AnyCall
from shared.web.fields import Input, LanguageTag, MoneyOut, Output
from shared.web.version_headers import IF_NONE_MATCH, SHOWN, TAGGED

K = TypeVar("K")
V = TypeVar("V")

Code = Annotated[str, StringConstraints(max_length=140)]
DocumentText = Annotated[str, StringConstraints(min_length=1, max_length=500_000)]
LONGEST_TRIAL: Final = 500
OPEN: Final = "Open to everybody, without a token. May be cached; `If-None-Match` with the `ETag` saves the answer."
CACHED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": TAGGED},
    304: {"description": "What `If-None-Match` names is still it", "headers": TAGGED},
}
_A_POLICY: Final = 'policy: corner-shop\nversion: "2"\neffective_from: 2030-01-01\n…'


class PolicyReasonOut(Output):
    """A reason a customer can choose, and what follows from it."""

    code: str
    says: Sentence
    fault: Literal["merchant", "carrier", "customer"]
    freight_payer: Literal["merchant", "customer"]
    person_looks: bool


class PolicyConditionOut(Output):
    """A condition a customer can choose, and what it means for a change of mind in each regime."""

    code: str
    says: Sentence
    change_of_mind: dict[str, Literal["yes", "no", "look"]]


class RegimeOut(Output):
    """What holds under one law."""

    code: str
    time_zone: str
    window_days: int
    statutory: bool
    rolls_over: bool
    window_clause: str
    fault_days: int
    fault_look_days: int
    fault_clause: str
    ship_days: int
    return_freight: MoneyOut | None
    high_value: MoneyOut | None

    @classmethod
    def of(cls, regime: policy_summary.RegimeSummary) -> Self:
        """One regime."""
        values = {name: getattr(regime, name) for name in cls.model_fields}
        for name in ("return_freight", "high_value"):
            values[name] = _money(values[name])
        return cls(**values)


class SectionOut(Output):
    """A heading of the page with its sentences."""

    heading: Sentence
    sentences: list[Sentence]


class PolicyOut(Output):
    """The policy in force for orders placed that day: for machines, and for people in both languages.

    `text` is the page in the reader's language, as Markdown.
    """

    version: str
    sha256: str
    effective_from: date
    effective_until: date | None
    title: Sentence
    transit_buffer_days: int
    object_days: int
    regimes: list[RegimeOut]
    reasons: list[PolicyReasonOut]
    conditions: list[PolicyConditionOut]
    address: AddressOut
    carriers: list[str]
    prose: list[Sentence]
    sections: list[SectionOut]
    language: LanguageTag
    text: str


class MachineFormOut(Output):
    """The policy as storefronts and agents read it: entries of `dev.ucp.shopping.policy.return`."""

    policy: str
    policy_sha256: str
    on: date
    policies: list[dict[str, JsonValue]]


class PublicationOut(Output):
    """A version of the policy, word for word; a version is never changed."""

    name: str
    sha256: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    published_by: str
    document: str


class VersionOut(Output):
    """A version in a list; `in_force` says whether orders of today stand under it."""

    name: str
    sha256: str
    effective_from: date
    effective_until: date | None
    published_at: datetime
    published_by: str
    in_force: bool


class VersionsOut(Output):
    """Every version there has been, the newest first."""

    items: list[VersionOut]
    next: str | None = None


class PolicyIn(Input):
    """A policy document, as YAML or JSON text, so that what is wrong can be told by line."""

    model_config = ConfigDict(json_schema_extra={"example": {"document": _A_POLICY}})

    document: DocumentText


class TrialIn(PolicyIn):
    """A policy document to be tried on what was asked for in the last days."""

    days: Annotated[int, Field(ge=1, le=366)] = 90
    limit: Annotated[int, Field(ge=1, le=LONGEST_TRIAL)] = 200


class ChangeOut(Output):
    """One line of a return that would have got another answer."""

    return_id: str
    line_id: str
    before: str
    after: str


class TrialOut(Output):
    """What a version would have changed. `skipped` returns use words that it does not have."""

    name: str
    compared: int
    skipped: int
    kinder: int
    stricter: int
    changes: list[ChangeOut]

    @classmethod
    def of(cls, tried: trial.Trial) -> Self:
        """One trial."""
        return cls(
            name=tried.policy.name,
            compared=tried.compared,
            skipped=tried.skipped,
            kinder=tried.kinder,
            stricter=len(tried.changes) - tried.kinder,
            changes=[
                ChangeOut(return_id=each.case, line_id=each.line_id, before=each.before.value, after=each.after.value)
                for each in tried.changes
            ],
        )


class PolicyViews:
    """Where the policy hangs: what is shown is made once for a version, a day and a language."""

    def __init__(self, library: RulebookSource, clock: Clock) -> None:
        self._shelf = library
        self._clock = clock
        self._made: dict[tuple[str, date, Language], PolicyOut] = {}
        self._forms: dict[tuple[str, date], MachineFormOut] = {}

    async def policy(self, version: str | None) -> tuple[Rulebook, Policy, date]:
        """The version of that name, else the one in force today; and the day it is shown for. `NotFound`."""
        rules = await self._shelf.rules()
        today = self._clock().date()
        found = rules.named(version) if version is not None else rules.on(today)
        if found is None:
            raise NotFound("policy")
        return rules, found, max(today, found.effective_from)

    async def shown(self, version: str | None, language: Language) -> PolicyOut:
        """The policy, complete. `NotFound`."""
        rules, policy, day = await self.policy(version)
        return _once(self._made, (policy.name, day, language), lambda: shown(rules, policy, day, language))

    async def form(self, version: str | None) -> MachineFormOut:
        """The policy in its machine form. `NotFound`."""
        rules, policy, day = await self.policy(version)
        return _once(
            self._forms,
            (policy.name, day),
            lambda: MachineFormOut.model_validate(machine_form(policy, rules.regimes, day)),
        )

    async def versions(self) -> VersionsOut:
        """Every version."""
        found = await self._shelf.publications()
        rules = await self._shelf.rules()
        today = rules.on(self._clock().date())
        return VersionsOut(
            items=[
                VersionOut(
                    **PublicationOut.model_validate(each).model_dump(exclude={"document"}),
                    in_force=today is not None and each.name == today.name,
                )
                for each in found
            ]
        )

    async def version(self, name: str) -> Publication:
        """One version. `NotFound`."""
        found = next((each for each in await self._shelf.publications() if each.id == name), None)
        if found is None:
            raise NotFound("policy")
        return found


MOST_VIEWS_KEPT: Final = 64


def _once(made: dict[K, V], key: K, make: Callable[[], V]) -> V:
    """What was made for this key, or is made now; so many are kept."""
    if key not in made:
        if len(made) >= MOST_VIEWS_KEPT:
            made.clear()
        made[key] = make()
    return made[key]


def shown(rules: Rulebook, policy: Policy, day: date, language: Language) -> PolicyOut:
    """One version, complete."""
    made = public_page(policy, rules.regimes, day)
    served = [code for code in policy.regimes if code in rules.regimes]
    return PolicyOut(
        version=policy.name,
        sha256=policy.sha256,
        effective_from=policy.effective_from,
        effective_until=policy.effective_until,
        title=Sentence.of(policy.title),
        transit_buffer_days=policy.transit_buffer_days,
        object_days=policy.promises.object_within.least_days,
        regimes=[RegimeOut.of(policy_summary.regime_summary(rules, policy, code, day)) for code in served],
        reasons=[
            PolicyReasonOut(
                code=reason.code,
                says=Sentence.of(reason.says),
                fault=reason.fault.value,
                freight_payer=policy_summary.payer_of_reason(rules, policy, reason, day).value,
                person_looks=reason.person,
            )
            for reason in policy.reasons.values()
        ],
        conditions=[
            PolicyConditionOut(
                code=condition.code,
                says=Sentence.of(condition.says),
                change_of_mind={
                    code: policy_summary.answer_for_condition(rules, policy, condition.code, code, day).value  # type: ignore[misc]
                    for code in served
                },
            )
            for condition in CONDITIONS.values()
        ],
        address=AddressOut(
            warehouse=policy.addresses[0].id,
            recipient=policy.addresses[0].recipient,
            lines=list(policy.addresses[0].lines),
        ),
        carriers=list(policy.addresses[0].carriers),
        prose=_sentences(made),
        sections=[
            SectionOut(
                heading=Sentence.of(section.heading), sentences=[Sentence.of(each) for each in section.sentences]
            )
            for section in made.sections
        ],
        language=language,
        text=made.markdown(language),
    )


def _sentences(made: PolicyPage) -> list[Sentence]:
    every = (*made.introduction, *(each for section in made.sections for each in section.sentences))
    return [Sentence.of(said) for said in every]


def _money(amount: money.Money | None) -> MoneyOut | None:
    return None if amount is None else MoneyOut(amount_minor=amount.minor, currency=amount.currency)


def routes(queries: Queries, library: RulebookSource, read: ReadPolicyDraft, clock: Clock) -> APIRouter:
    """The routes over their parts."""
    router = APIRouter(prefix="/v1", tags=["policy"])
    window = PolicyViews(library, clock)
    _reading(router, window)
    _versions(router, window)
    _publishing(router, library, read, clock)
    _trial(router, queries, library, read, clock)
    return router


def _reading(router: APIRouter, window: PolicyViews) -> None:
    @router.get(
        "/policy",
        response_model=PolicyOut,
        summary="The returns policy, for people and machines",
        description=OPEN,
        responses=CACHED,
        openapi_extra=IF_NONE_MATCH,
    )
    async def see_policy(
        call: AnyCall,
        version: Annotated[Code | None, Query(description="A version by name; else the one in force today.")] = None,
        language: Annotated[LanguageTag | None, Query(description="Of `text`; else as `Accept-Language` says.")] = None,
    ) -> Response:
        wanted: Language = call.language if language is None else "zh-CN" if language == "zh-CN" else "en"
        return await call.read_public(window.shown(version, wanted), PolicyOut)

    @router.get(
        "/policy/machine-form",
        response_model=MachineFormOut,
        summary="The policy for storefronts and agents",
        description=OPEN,
        responses=CACHED,
        openapi_extra=IF_NONE_MATCH,
    )
    async def see_machine_form(
        call: AnyCall,
        version: Annotated[Code | None, Query(description="A version by name; else the one in force today.")] = None,
    ) -> Response:
        return await call.read_public(window.form(version), MachineFormOut)


def _versions(router: APIRouter, window: PolicyViews) -> None:
    @router.get("/policies", response_model=VersionsOut, summary="Every version of the policy")
    async def see_versions(call: AnyCall) -> Response:
        return await call.read(window.versions(), VersionsOut)

    @router.get("/policies/{name}", response_model=PublicationOut, summary="One version, word for word", **SHOWN)
    async def see_version(call: AnyCall, name: str) -> Response:
        return await call.read(window.version(name), PublicationOut)


def _publishing(router: APIRouter, library: RulebookSource, read: ReadPolicyDraft, clock: Clock) -> None:
    @router.post(
        "/policies",
        response_model=PublicationOut,
        status_code=201,
        summary="Publish a version of the policy",
        description="Refused with line, field and reason when it contradicts itself, gives less than the law or begins "
        "in the past. The same version with the same contents again gives the first one back.",
        responses={
            200: {"model": PublicationOut, "description": "The same contents were published before", "headers": TAGGED},
            201: {"headers": TAGGED},
        },
    )
    async def publish_policy(call: AnyCall, body: PolicyIn) -> Response:
        at = clock()

        async def published(uow: UnitOfWork) -> Publication:
            return await publication.publish(uow, body.document, read, by=call.principal.actor, at=at)

        try:
            return await call.execute(published, PublicationOut, status_of=lambda kept: 200 if kept.version else 201)
        finally:
            library.forget()


def _trial(router: APIRouter, queries: Queries, library: RulebookSource, read: ReadPolicyDraft, clock: Clock) -> None:
    @router.post("/policies/trial", response_model=TrialOut, summary="What a version would have changed; no effect")
    async def try_policy(call: AnyCall, body: TrialIn) -> Response:
        at = clock()

        async def tried() -> TrialOut:
            history = await queries.asked_since(at - timedelta(days=body.days), limit=body.limit)
            return TrialOut.of(await trial.try_out(body.document, read, await library.rules(), history, at=at))

        return await call.read(tried(), TrialOut)
