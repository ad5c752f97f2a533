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
    """How bad a finding is; `OWED` and `WRONG` change the exit status."""

    GOOD = "good"
    NOTE = "note"
    OWED = "owed"
    """Retour works, and something waits for a person."""
    WRONG = "wrong"


MARKS: Final[Mapping[Level, str]] = {
    Level.GOOD: "[green]✓[/]",
    Level.NOTE: "[yellow]![/]",
    Level.OWED: "[red]…[/]",
    Level.WRONG: "[red]✗[/]",
}
VERDICTS: Final[Mapping[Level, Said]] = {
    Level.GOOD: Said("Everything is as it ought to be.", "一切正常。"),
    Level.OWED: Said("Retour works; something waits for a person: see →.", "系统运行正常；有事项等待人工处理：见 →。"),
    Level.WRONG: Said("Something has to be mended: see →.", "存在需要处理的问题：见 →。"),
}
"""The last sentence, by the worst level."""


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

    def owed(self, about: str, said: Said, do: Said, **facts: Any) -> None:
        """Something is owed to somebody, and nothing will do it without a person."""
        self._write(about, Level.OWED, said, do, facts)

    def wrong(self, about: str, said: Said, do: Said, **facts: Any) -> None:
        """A person must repair something."""
        self._write(about, Level.WRONG, said, do, facts)

    def _write(self, about: str, level: Level, said: Said, do: Said, facts: Mapping[str, Any]) -> None:
        self.findings.append(Finding(about, level, said.to(self.language, **facts), do.to(self.language, **facts)))


def healthy(findings: Sequence[Finding]) -> bool:
    """Whether nothing is wrong and nothing is owed."""
    return all(finding.level in (Level.GOOD, Level.NOTE) for finding in findings)


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
    worst = next((level for level in (Level.WRONG, Level.OWED) if any(f.level is level for f in findings)), Level.GOOD)
    said = VERDICTS[worst]
    console.print(said.to(language), style="bold green" if healthy(findings) else "bold red")
