"""`retour reply-check`: judge a reply from a file by the service norms, without a server (K05).

The file is YAML or JSON and holds the reply with the facts of its case. Ends with 0 when it may be sent, with 1 when a
gate holds it back, with 2 when the file is not valid; then it says where.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.text import Text

from retour.offline.policy_command import LanguageOption
from service_notifications.adapters.care.reply_check.reply_document import LIMITS, read_reply
from service_notifications.domain.care.reply_check.detection import with_detected
from service_notifications.domain.care.reply_check.finding import Finding
from service_notifications.domain.care.reply_check.reply_case import ReplyCase
from service_notifications.domain.care.reply_check.reply_report import ReplyReport, check_reply
from shared.documents.document import InvalidDocument
from shared.kernel.errors import Language, Malformed, Said

HELD_BACK: Final = 1
INVALID: Final = 2
SENDABLE: Final = Said("This reply may be sent.", "此回复可以发送。")
NOT_SENDABLE: Final = Said("This reply is held back until it is mended.", "此回复须修改后才能发送。")
INSTEAD: Final = Said("say", "建议")
UNJUDGED: Final = Said("Not judged", "未判断")
SCORE: Final = Said("Score {points} of 100", "得分 {points}/100")
CRITICALS: Final = Said("critical: {what}", "关键差错：{what}")
KINDS: Final = {"D": Said("rule", "规则"), "S": Said("hint", "提示"), "H": Said("person", "人工")}
GATE: Final = Said("gate", "拦截")
COLOURS: Final = {True: "bold red", False: "yellow"}

app = typer.Typer(name="reply-check", add_completion=False)


@app.command()
def reply_check(
    file: Annotated[Path, typer.Argument(help="YAML or JSON file.", show_default=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for programs.")] = False,
    language: Annotated[
        LanguageOption, typer.Option("--language", help="The language of the answer.")
    ] = LanguageOption.EN,
) -> None:
    """Check a reply before it is sent to a customer."""
    tongue = language.language
    try:
        with file.open("rb") as opened:
            case = read_reply(opened.read(LIMITS.most_bytes + 1))
        verdict = check_reply(with_detected(case))
    except OSError as error:
        _refuse([{"file": str(file), "reason": error.strerror or "cannot be read"}], as_json=as_json)
    except InvalidDocument as error:
        problems = [
            {
                "file": str(file),
                "line": each.line,
                "column": each.column,
                "field": each.field,
                "reason": each.says.to(tongue),
            }
            for each in error.problems
        ]
        _refuse(problems, as_json=as_json)
    except Malformed as error:
        _refuse([{"file": str(file), "reason": error.say(tongue)}], as_json=as_json)
    if as_json:
        print(json.dumps(for_programs(verdict, tongue), ensure_ascii=False))
    else:
        _show(case, verdict, tongue)
    if not verdict.sendable:
        raise typer.Exit(HELD_BACK)


def for_programs(verdict: ReplyReport, language: Language) -> dict[str, Any]:
    """The verdict as plain data; places count in code points of the reply."""
    return {
        "sendable": verdict.sendable,
        "findings": [
            {
                "check": each.check,
                "clause": each.clause,
                "kind": each.kind,
                "gate": each.gate,
                "start": each.span.start if each.span else None,
                "end": each.span.end if each.span else None,
                "words": each.words,
                "says": each.says.to(language),
                "better": each.better.to(language),
                "critical": each.critical,
                "from_template": each.from_template,
            }
            for each in verdict.findings
        ],
        "unjudged": [
            {"check": each.check, "fact": each.fact, "says": each.says.to(language)} for each in verdict.unjudged
        ],
        "score": {
            "points": verdict.score.points,
            "passed": verdict.score.passed,
            "sections": [{"name": name, "points": got, "of": most} for name, got, most in verdict.score.sections],
            "criticals": [{"hurts": hurts, "check": check} for hurts, check in verdict.score.criticals],
        },
    }


def _show(case: ReplyCase, verdict: ReplyReport, language: Language) -> None:
    console = Console(soft_wrap=True, highlight=False)
    text = Text(case.draft.text)
    for finding in verdict.findings:
        if finding.span:
            text.stylize(f"underline {COLOURS[finding.gate]}", *finding.span)
    console.print(text)
    console.print()
    for finding in verdict.findings:
        console.print(_line(finding, language))
    for each in verdict.unjudged:
        console.print(Text(f"{UNJUDGED.to(language)} {each.check}: {each.says.to(language)}", style="dim"))
    score = SCORE.to(language, points=verdict.score.points)
    if verdict.score.criticals:
        score += "; " + CRITICALS.to(language, what=", ".join(check for _, check in verdict.score.criticals))
    console.print(score)
    console.print((SENDABLE if verdict.sendable else NOT_SENDABLE).to(language))


def _line(finding: Finding, language: Language) -> Text:
    what = (GATE if finding.gate else KINDS[finding.kind]).to(language)
    line = Text(f"{finding.check} {finding.clause} [{what}] ", style=COLOURS[finding.gate])
    if finding.span:
        line.append(f"{finding.span.start}-{finding.span.end} ", style="dim")
        line.append(f"“{' '.join(finding.words.split())}” ", style="default")
    line.append(finding.says.to(language), style="default")
    better = " ".join(finding.better.to(language).split())
    return line.append(f"  → {INSTEAD.to(language)}: {better}", style="green")


def _refuse(problems: list[dict[str, Any]], *, as_json: bool) -> NoReturn:
    if as_json:
        print(json.dumps({"errors": problems}, ensure_ascii=False))
    else:
        for problem in problems:
            where = ":".join(str(problem[key]) for key in ("file", "line", "column") if key in problem)
            said = " ".join(part for part in (where, problem.get("field", ""), problem["reason"]) if part)
            print(said.encode("utf-8", "replace").decode("utf-8"), file=sys.stderr)
    raise typer.Exit(INVALID)
