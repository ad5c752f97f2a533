"""`retour policy`: try, check, replay and publish returns policies from files, without a server.

Files are YAML or JSON, each known by the key that names it: policy, case, record, regime, calendar. Built-in laws and
calendars are always there; a file replaces the one of the same name. Invalid input ends with 2 and says where.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.markdown import Markdown

from service_requests.adapters.eligibility import case_documents
from service_requests.adapters.policy import policy_documents as documents
from service_requests.application.policy.publication import check_draft
from service_requests.domain.eligibility.dry_run import dry_run
from service_requests.domain.eligibility.engine import decide, replay as decide_again
from service_requests.domain.eligibility.explanation import explain as in_sentences
from service_requests.domain.policy.law import Regime
from service_requests.domain.policy.machine_form import machine_form
from service_requests.domain.policy.policy import Policy
from service_requests.domain.policy.public_page import public_page
from service_requests.domain.policy.rulebook import Rulebook
from shared.documents.calendars import load_calendars
from shared.documents.document import InvalidDocument
from shared.kernel.errors import Language, RetourError, Said
from shared.kernel.places import Calendars

INVALID: Final = 2
DIFFERENT: Final = 1

app = typer.Typer(
    name="policy",
    help="Returns policies: explain, publish-check, replay, page.",
    no_args_is_help=True,
    add_completion=False,
)


class LanguageOption(StrEnum):
    """The language of the answer."""

    EN = "en"
    ZH = "zh-CN"

    @property
    def language(self) -> Language:
        return "zh-CN" if self is LanguageOption.ZH else "en"


Files = Annotated[list[Path], typer.Argument(help="YAML or JSON files.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Answer for programs.")]
InLanguage = Annotated[LanguageOption, typer.Option("--language", help="The language of the answer.")]


@dataclass(slots=True, kw_only=True)
class PolicyFiles:
    """What the files say, with the built-in laws and calendars."""

    as_json: bool
    language: Language
    regimes: dict[str, Regime] = field(default_factory=documents.load_regimes)
    calendars: Calendars = field(default_factory=load_calendars)
    policies: list[tuple[Path, Policy]] = field(default_factory=list)
    drafts: list[tuple[Path, documents.DocumentDraft]] = field(default_factory=list)
    questions: list[case_documents.NamedCase] = field(default_factory=list)
    records: list[tuple[Path, case_documents.DecisionRecord]] = field(default_factory=list)

    def read(self, files: Sequence[Path]) -> None:
        """Read everything, laws and calendars before the policies that are checked against them."""
        known = [(file, raw, documents.kind_of(raw)) for file in files for raw in [self._bytes(file)]]
        for file, raw, kind in sorted(known, key=lambda each: ORDER.index(each[2])):
            try:
                self._take(file, raw, kind)
            except InvalidDocument as error:
                self.refuse(error, file)

    def _take(self, file: Path, raw: bytes, kind: str) -> None:
        match kind:
            case "regime":
                regime = documents.read_regime(raw)
                self.regimes[regime.code] = regime
            case "calendar":
                calendar = documents.read_calendar(raw)
                self.calendars = self.calendars.replacing(calendar)
            case "policy":
                draft = documents.policy_draft(raw)
                draft.check(self.regimes, self.calendars)
                self.policies.append((file, draft.policy))
                self.drafts.append((file, draft))
            case "case":
                self.questions.append(case_documents.read_case(raw))
            case _:
                self.records.append((file, case_documents.read_record(raw)))

    def _bytes(self, file: Path) -> bytes:
        try:
            with file.open("rb") as opened:
                raw = opened.read(documents.LIMITS.most_bytes + 1)
            documents.kind_of(raw)
        except OSError as error:
            self._stop([{"file": str(file), "reason": error.strerror or "cannot be read"}])
        except InvalidDocument as error:
            self.refuse(error, file)
        return raw

    def refuse(self, error: RetourError, file: Path) -> NoReturn:
        """End with what is wrong, each with line, field and reason."""
        if isinstance(error, InvalidDocument):
            self._stop(
                [
                    {
                        "file": str(file),
                        "line": problem.line,
                        "column": problem.column,
                        "field": problem.field,
                        "reason": problem.says.to(self.language),
                    }
                    for problem in error.problems
                ]
            )
        self._stop([{"file": str(file), "field": error.pointer or "/", "reason": error.say(self.language)}])

    def need(self, there: object, what: Said) -> None:
        """End when something that the command works on was not given."""
        if not there:
            self._stop([{"reason": what.to(self.language)}])

    def _stop(self, problems: list[dict[str, Any]]) -> NoReturn:
        if self.as_json:
            print(json.dumps({"errors": problems}, ensure_ascii=False))
        else:
            for problem in problems:
                where = ":".join(str(problem[key]) for key in ("file", "line", "column") if key in problem)
                said = " ".join(part for part in (where, problem.get("field", ""), problem["reason"]) if part)
                print(said.encode("utf-8", "replace").decode("utf-8"), file=sys.stderr)
        raise typer.Exit(INVALID)

    def show(self, data: Any, lines: Sequence[str]) -> None:
        """The answer, for programs or for people."""
        if self.as_json:
            print(json.dumps(data, ensure_ascii=False))
            return
        console = Console(soft_wrap=True, highlight=False)
        for line in lines:
            console.print(line, markup=False)


ORDER: Final = ("calendar", "regime", "policy", "case", "record")
NEED_BOTH: Final = Said("give at least one policy and one case", "请至少提供一份政策和一份案例")
ONE_RECORD: Final = Said("a record holds one case", "一份记录只包含一个案例")
NEED_POLICY: Final = Said("give at least one policy", "请至少提供一份政策")
NEED_RECORD: Final = Said("give at least one recorded decision", "请至少提供一份决定记录")


@app.command()
def explain(
    files: Files,
    *,
    as_json: AsJson = False,
    language: InLanguage = LanguageOption.EN,
    record: Annotated[
        Path | None, typer.Option(help="Also write the decision with all it was made from to this file.")
    ] = None,
) -> None:
    """Decide every case under the policies, and say why."""
    given = PolicyFiles(as_json=as_json, language=language.language)
    given.read(files)
    given.need(given.policies and given.questions, NEED_BOTH)
    given.need(record is None or len(given.questions) == 1, ONE_RECORD)
    policies = [policy for _, policy in given.policies]
    answers: list[Any] = []
    lines: list[str] = []
    for named_case in given.questions:
        try:
            decision = decide(named_case.case, policies, given.regimes, given.calendars, named_case.at)
        except RetourError as error:
            given.refuse(error, Path(named_case.name))
        answers.append({"case": named_case.name, "decision": json.loads(decision.to_bytes())})
        lines += [f"{named_case.name} ({', '.join(decision.policies)}; {decision.law})"]
        lines += [f"  {line}" for line in in_sentences(decision, given.language)]
        lines.append(f"  sha256 {decision.inputs_sha256}")
        if record is not None:
            record.write_text(case_documents.write_record(named_case, policies, decision), encoding="utf-8")
    given.show({"decisions": answers}, lines)


@app.command("publish-check")
def publish_check(
    files: Files,
    *,
    as_json: AsJson = False,
    language: InLanguage = LanguageOption.EN,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As if it were published on this day; else today.")
    ] = None,
) -> None:
    """Say what the server would say to a new version; with two versions and cases, also whose answers change.

    Of several versions the last one is new, and the others are taken for published.
    """
    given = PolicyFiles(as_json=as_json, language=language.language)
    given.read(files)
    given.need(given.policies, NEED_POLICY)
    now = datetime.now(UTC) if on is None else on.replace(hour=12, tzinfo=UTC)
    newest = max((draft.policy.effective_from for _, draft in given.drafts))
    for file, draft in given.drafts:
        try:
            if draft.policy.effective_from == newest:
                check_draft(draft, Rulebook((), given.regimes, given.calendars), now)
        except InvalidDocument as error:
            given.refuse(error, file)
    good = {"en": "{name} may be published", "zh-CN": "{name} 可以发布"}[given.language]
    lines = [good.format(name=policy.name) for _, policy in given.policies]
    changes: list[Any] = []
    if len(given.policies) > 1 and given.questions:
        before, after = sorted((policy for _, policy in given.policies), key=lambda each: each.effective_from)[-2:]
        history = [(named_case.name, named_case.case, named_case.at) for named_case in given.questions]
        try:
            found = dry_run(history, (before, after), given.regimes, given.calendars)
        except RetourError as error:
            given.refuse(error, files[0])
        changes = [
            {"case": each.case, "line": each.line_id, "unit": each.unit_id, "before": each.before, "after": each.after}
            for each in found
        ]
        lines += [f"{each.case} {each.line_id}/{each.unit_id}: {each.before} → {each.after}" for each in found]
    names = [{"policy": policy.name, "sha256": policy.sha256} for _, policy in given.policies]
    given.show({"publishable": names, "changes": changes}, lines)


@app.command()
def replay(files: Files, *, as_json: AsJson = False, language: InLanguage = LanguageOption.EN) -> None:
    """Make recorded decisions again; ends with 1 when one comes out differently."""
    given = PolicyFiles(as_json=as_json, language=language.language)
    given.read(files)
    given.need(given.records, NEED_RECORD)
    same: list[bool] = []
    for file, each in given.records:
        named_case = each.named_case
        try:
            same.append(
                decide_again(
                    each.decision,
                    case=named_case.case,
                    policies=each.policies,
                    regimes=given.regimes,
                    calendars=given.calendars,
                    at=named_case.at,
                )
            )
        except RetourError as error:
            given.refuse(error, file)
    said = {"en": ("differs", "the same, to the byte"), "zh-CN": ("不一致", "逐字节一致")}[given.language]
    names = [str(file) for file, _ in given.records]
    answers = [{"record": name, "same": each} for name, each in zip(names, same, strict=True)]
    given.show({"records": answers}, [f"{name}: {said[each]}" for name, each in zip(names, same, strict=True)])
    if not all(same):
        raise typer.Exit(DIFFERENT)


@app.command()
def page(
    files: Files,
    *,
    as_json: AsJson = False,
    language: InLanguage = LanguageOption.EN,
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="For orders of this day.")] = None,
    raw: Annotated[bool, typer.Option(help="Markdown instead of a formatted page.")] = False,
) -> None:
    """The public page of a policy; with --json the form that storefronts and agents read."""
    given = PolicyFiles(as_json=as_json, language=language.language)
    given.read(files)
    given.need(given.policies, NEED_POLICY)
    for _, policy in given.policies:
        today = Rulebook((policy,), given.regimes, given.calendars).today(policy, datetime.now(UTC))
        day = on.date() if on is not None else max(today, policy.effective_from)
        if as_json:
            given.show(machine_form(policy, given.regimes, day), ())
            continue
        text = public_page(policy, given.regimes, day).markdown(given.language)
        if raw:
            print(text)
        else:
            Console().print(Markdown(text))
