"""Findings of `retour doctor`: how bad each is, and how a person or a program reads them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from shared.kernel.errors import Language, Said


class Level(StrEnum):
    """How bad a finding is; only `WRONG` changes the exit status."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


MARKS: Final[Mapping[Level, str]] = {Level.GOOD: "[green]✓[/]", Level.NOTE: "[yellow]![/]", Level.WRONG: "[red]✗[/]"}
NOTHING: Final = Said("", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What was examined, its state, and what to do."""

    about: str
    level: Level
    what: str
    do: str = ""


@dataclass(slots=True)
class Notebook:
    """Findings in one language, in the order of the examination."""

    language: Language
    findings: list[Finding]

    def good(self, about: str, said: Said, **facts: Any) -> None:
        """Nothing is to be done."""
        self.findings.append(Finding(about, Level.GOOD, said.to(self.language, **facts)))

    def note(self, about: str, said: Said, do: Said, **facts: Any) -> None:
        """A person should look."""
        self._write(about, Level.NOTE, said, do, facts)

    def wrong(self, about: str, said: Said, do: Said, **facts: Any) -> None:
        """A person must repair something."""
        self._write(about, Level.WRONG, said, do, facts)

    def _write(self, about: str, level: Level, said: Said, do: Said, facts: Mapping[str, Any]) -> None:
        self.findings.append(Finding(about, level, said.to(self.language, **facts), do.to(self.language, **facts)))


def healthy(findings: Sequence[Finding]) -> bool:
    """Whether no finding is `WRONG`."""
    return all(finding.level is not Level.WRONG for finding in findings)


def show(findings: Sequence[Finding], console: Console, language: Language, *, as_json: bool) -> None:
    """A table for a person; for a program a document with `healthy` and `findings`."""
    if as_json:
        document = {
            "healthy": healthy(findings),
            "findings": [
                {"about": finding.about, "level": finding.level.value, "what": finding.what, "do": finding.do}
                for finding in findings
            ],
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column(Said("looked at", "检查项").to(language), no_wrap=True)
    table.add_column(Said("found", "结果").to(language), overflow="fold")
    for finding in findings:
        text = finding.what.replace("[", r"\[")
        advice = f"\n[bold]→ {finding.do.replace('[', chr(92) + '[')}[/bold]" if finding.do else ""
        table.add_row(MARKS[finding.level], finding.about, text + advice)
    console.print(table)
    said = (
        Said("Everything is as it ought to be.", "一切正常。")
        if healthy(findings)
        else Said("Something has to be mended: see →.", "存在需要处理的问题：见 →。")
    )
    console.print(said.to(language), style="bold green" if healthy(findings) else "bold red")
