"""What the command prints, whole and in both languages; what `retour events republish` asks for (R04, Q01)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any, Final

import pytest
from rich.console import Console
from typer.testing import CliRunner

from retour.access import Access
from retour.command import application
from retour.exit_status import Trouble
from retour.hosting.data_folder import Administrator
from retour.operating import dead_letters, republishing
from retour.operating.doctor import finding
from retour.operating.doctor.finding import Finding, Level
from shared.contracts.events import PUBLISHERS
from shared.kernel.errors import Language

LETTERS: Final = [
    {"id": "evt_1", "consumer": "refunds.follow-order", "type": "order.imported.v1", "state": state, "attempts": tries,
     "parked_at": "2026-11-24T10:31:02.5Z", "reason": "rule:no", "detail": "not [yet]"}
    for state, tries in (("dead", 16), ("parked", 3))
]  # fmt: skip
ASKED: Final[Mapping[str, Any]] = {
    "since": "2026-11-24T09:30:00+01:00", "until": "2026-11-25T10:40:00Z", "type_": "refund.settled",
    "subject": "rfd_1", "to": "notifications", "dry_run": True,
}  # fmt: skip


def printed(show: Any, *given: Any, colours: bool = False, **more: Any) -> list[str]:
    """The lines that this function prints on a wide terminal, without the blanks at their ends."""
    console = Console(file=StringIO(), width=160, force_terminal=colours, color_system="standard" if colours else None)
    show(*given, console, **more)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("language", "head", "tried"),
    [
        ("en", ["event", "why"], "tried {}, since 2026-11-24T10:31:02"),
        ("zh-CN", ["事件", "原因"], "尝试 {} 次，自 2026-11-24T10:31:02"),
    ],
)
def test_parked_events_are_listed_with_everything_a_person_needs(
    language: Language, head: list[str], tried: str
) -> None:
    shown = [line.split() for line in printed(dead_letters.show_all, LETTERS, language=language, as_json=False)]
    assert [line for line in shown if line and set(line[0]) != {"─"}] == [
        head,
        *(
            part
            for state, times in (("dead", 16), ("parked", 3))
            for part in (
                ["evt_1", f"{state},", *tried.format(times).split()],
                ["order.imported.v1", "rule:no:", "not", "[yet]"],
                ["refunds.follow-order"],
            )
        ),
    ]


def test_only_a_dead_event_is_red() -> None:
    shown = printed(dead_letters.show_all, LETTERS, colours=True, language="en", as_json=False)
    assert [("\x1b[31mdead" in line, "\x1b[31mparked" in line) for line in shown if "tried" in line] == [
        (True, False),
        (False, False),
    ]


FOUND: Final = [
    Finding("broker", Level.GOOD, "It answers."),
    Finding("queue x", Level.NOTE, "12 [old] events", "Look [there]."),
    Finding("refunds", Level.OWED, "2 wait.", "Decide."),
]


@pytest.mark.parametrize(
    ("language", "head", "verdict"),
    [
        ("en", "looked at  found", "Retour works; something waits for a person: see →."),
        ("zh-CN", "检查项   结果", "系统运行正常；有事项等待人工处理：见 →。"),
    ],
)
def test_the_doctor_shows_what_was_looked_at_and_what_to_do(language: Language, head: str, verdict: str) -> None:
    shown = printed(finding.show, FOUND, language=language, as_json=False)
    assert shown[0].split() == head.split()
    assert [line.split() for line in shown[1:-1]] == [
        ["✓", "broker", "It", "answers."],
        ["!", "queue", "x", "12", "[old]", "events"],
        ["→", "Look", "[there]."],
        ["…", "refunds", "2", "wait."],
        ["→", "Decide."],
    ]
    assert shown[-1] == verdict


@pytest.mark.parametrize(
    ("found", "last"),
    [
        (FOUND[:2], "Everything is as it ought to be."),
        ([*FOUND, Finding("disk", Level.WRONG, "Full.", "Empty it.")], "Something has to be mended: see →."),
    ],
)
def test_the_doctors_last_sentence_is_of_the_worst_finding(found: Sequence[Finding], last: str) -> None:
    assert printed(finding.show, found, language="en", as_json=False)[-1] == last


@pytest.mark.parametrize(
    ("language", "dry_run", "head"),
    [
        ("en", False, "publisher events given again"),
        ("en", True, "publisher events that would be given again"),
        ("zh-CN", False, "发布方 已重发的事件数"),
        ("zh-CN", True, "发布方 将重发的事件数"),
    ],
)
def test_what_was_given_again_is_shown_by_publisher(language: Language, dry_run: bool, head: str) -> None:
    done = [{"service": "requests", "events": 12}, {"service": "refunds", "events": 0}]
    shown = printed(republishing.show, done, language=language, as_json=False, dry_run=dry_run)
    assert [line.split() for line in shown] == [head.split(), ["requests", "12"], ["refunds", "0"]]
    told = printed(republishing.show, done, language=language, as_json=True, dry_run=dry_run)
    assert json.loads("".join(told)) == done


def test_every_option_of_republish_reaches_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has a value of its own, so that no two can be taken for each other."""
    taken: list[tuple[Access, Language, Mapping[str, Any]]] = []

    async def republish(access: Access, language: Language, **given: Any) -> list[Any]:
        taken.append((access, language, given))
        return []

    monkeypatch.setattr(republishing, "republish", republish)
    words = [
        "--since", "2026-11-24T09:30:00+01:00", "--until", "2026-11-25T10:40:00Z", "--type", "refund.settled",
        "--subject", "rfd_1", "--to", "notifications", "--dry-run", "--url", "http://127.0.0.1:8085",
        "--admin-email", "me@retour.example", "--admin-password", "secret",
    ]  # fmt: skip
    done = CliRunner().invoke(application.application("en"), ["events", "republish", *words])
    assert done.exit_code == 0, done.output
    [(access, language, given)] = taken
    assert (access.url, access.administrator) == (
        "http://127.0.0.1:8085",
        Administrator("me@retour.example", "secret"),
    )
    assert (language, given) == ("en", ASKED)


class Answers:
    """A signed-in client that notes what it is asked, and answers with pages: each has another number of events."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, Any]] = []

    async def post(self, path: str, body: Any) -> Mapping[str, Any]:
        self.posted.append((path, body))
        events = len(self.posted)
        return {"events": events, "next": 70 + events if body["after"] == 0 else None}


def given_again(monkeypatch: pytest.MonkeyPatch, **asked: Any) -> tuple[Answers, Sequence[Mapping[str, Any]]]:
    answers = Answers()

    @asynccontextmanager
    async def signed_in(access: Access, language: Language) -> AsyncIterator[Answers]:
        yield answers

    monkeypatch.setattr(republishing, "signed_in", signed_in)
    access = Access("http://127.0.0.1:1", Administrator("me@retour.example", "secret"))
    return answers, asyncio.run(republishing.republish(access, "en", **{**ASKED, **asked}))


def test_z38_one_publisher_is_asked_page_by_page_with_all_that_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, done = given_again(monkeypatch)
    path = "/v1/operations/refunds/republications"
    body = {
        "event_type": "refund.settled", "subject": "rfd_1", "to": "notifications", "dry_run": True, "limit": 1000,
        "since": "2026-11-24T08:30:00+00:00", "until": "2026-11-25T10:40:00+00:00",
    }  # fmt: skip
    assert answers.posted == [(path, {**body, "after": 0}), (path, {**body, "after": 71})]
    assert done == [{"service": "refunds", "events": 1 + 2}]


def test_z38_without_a_type_every_publisher_is_asked_for_what_was_said_only(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, done = given_again(monkeypatch, type_=None, subject=None, to=None, until=None, dry_run=False)
    services = list(dict.fromkeys(PUBLISHERS.values()))
    assert [each["service"] for each in done] == services
    assert answers.posted[0] == (
        f"/v1/operations/{services[0]}/republications",
        {"dry_run": False, "limit": 1000, "since": "2026-11-24T08:30:00+00:00", "after": 0},
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"to": "nobody"}, "--to names one of requests, inspection, refunds, notifications."),
        ({"type_": "weather.fine"}, "--type begins with one of"),
        ({"since": "yesterday"}, "yesterday is no moment; write 2026-11-24T09:30 or 2026-11-24T09:30:00Z."),
    ],
)
def test_what_does_not_exist_is_said_before_anything_is_asked(
    monkeypatch: pytest.MonkeyPatch, asked: Mapping[str, Any], said: str
) -> None:
    with pytest.raises(Trouble) as trouble:
        given_again(monkeypatch, **asked)
    assert said in trouble.value.say("en")
