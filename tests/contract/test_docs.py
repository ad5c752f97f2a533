"""The documents are as the code is, lead somewhere, exist in both languages, and name no place but their own."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent.parent
DOCS: Final = ROOT / "docs"
PAGES: Final = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
BOTH: Final = ("index.md", "how-to", "explanation", "reference")
"""What of docs/ is there in both languages: the Chinese page has the same name under docs/zh."""
FOR_CONTRIBUTORS: Final = frozenset(
    {"explanation/tour-of-the-code.md"}
    | {f"how-to/add-{what}.md" for what in ("an-event", "a-page", "a-policy-rule", "a-route", "a-setting")}
)
"""Pages about the code are in English only, as the code and CONTRIBUTING are."""
LINK: Final = re.compile(r"\[[^\]]*\]\(<?([^)\s>]+)>?\)")
HEADING: Final = re.compile(r"^#+ +(.*)$", re.MULTILINE)
CODE: Final = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
ELSEWHERE: Final = re.compile(r"^[a-z]+:")
# Written apart, so that this file is not what it looks for.
FOREIGN: Final = tuple(
    re.compile("".join(parts))
    for parts in (
        (r"\.\./", r"shared/(?:DESIGN|STYLE|MEASURED|ECOSYSTEM|spec|tools|hooks)"),
        (r"(?<![\w.])/", r"(?:work|root)/(?!\.cache\b)"),
        (r"(?:pypi|npmjs|crates|docker|ghcr|quay)", r"\.(?:org|io|com)/(?:simple|v2|packages)"),
        (r"(?:index-url|registry|mirror)", r"[= ]+https?://(?!\w+\.test\b)"),
    )
)


def anchor(heading: str) -> str:
    """The fragment that a heading answers to."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def broken(page: Path) -> Iterable[str]:
    text = CODE.sub("", page.read_text())
    for target in LINK.findall(text):
        if ELSEWHERE.match(target):
            continue
        name, _, fragment = target.partition("#")
        aim = (page.parent / name).resolve() if name else page
        if not aim.exists() or (fragment and fragment not in map(anchor, HEADING.findall(aim.read_text()))):
            yield target


def both(folder: Path) -> set[str]:
    pages = [folder / part for part in BOTH if part.endswith(".md")]
    pages += [page for part in BOTH for page in (folder / part).rglob("*.md")]
    return {str(page.relative_to(folder)) for page in pages if page.exists()}


def tracked() -> Iterable[Path]:
    listed = ["git", "ls-files", "-z"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_what_is_made_from_code_is_as_the_code_is() -> None:
    words = [sys.executable, "docs/generate.py", "--check"]
    ended = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken(page)) == []


@pytest.mark.parametrize("index", [DOCS / "index.md", DOCS / "zh" / "index.md"], ids=["en", "zh"])
def test_every_decision_is_in_the_index_under_its_title(index: Path) -> None:
    listed = re.findall(r"^- \[(\d+\. .*)\]\((?:\.\./)?adr/(.*)\)$", index.read_text(), re.MULTILINE)
    decisions = sorted((DOCS / "adr").glob("*.md"))
    assert listed == [(page.read_text().partition("\n")[0].removeprefix("# "), page.name) for page in decisions]


def test_a_link_to_nowhere_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A heading\n[1](#a-heading) [2](#no-heading) [3](none.md) [4](https://example.com)\n")
    assert list(broken(page)) == ["#no-heading", "none.md"]


def test_every_page_for_users_is_there_in_both_languages() -> None:
    assert both(DOCS) - FOR_CONTRIBUTORS == both(DOCS / "zh")
    assert both(DOCS) >= FOR_CONTRIBUTORS
    assert {page.name for page in ROOT.glob("README*")} == {"README.md", "README.zh-CN.md"}


@pytest.mark.parametrize("name", sorted(both(DOCS) - FOR_CONTRIBUTORS | {"README"}))
def test_a_page_and_its_translation_have_the_same_build(name: str) -> None:
    """Headings by level, blocks of code, rows of tables: what one language says, the other does."""
    english, chinese = (
        (ROOT / "README.md", ROOT / "README.zh-CN.md") if name == "README" else (DOCS / name, DOCS / "zh" / name)
    )
    assert build(english) == build(chinese)


def build(page: Path) -> tuple[list[str], int, int]:
    text = page.read_text()
    prose = CODE.sub("", text)
    return (
        re.findall(r"^#+", prose, re.MULTILINE),
        len(CODE.findall(text)),
        len(re.findall(r"^\|", prose, re.MULTILINE)),
    )


@pytest.mark.parametrize("language", ["", "zh/"])
def test_every_page_can_be_found_from_the_map(language: str) -> None:
    """README calls `docs/index.md` the map: each page of its language and each decision is on it."""
    index = DOCS / language / "index.md"
    linked = {(index.parent / link).resolve() for link in LINK.findall(index.read_text())}
    pages = {page for folder in BOTH[1:] for page in (DOCS / language / folder).glob("*.md")}
    assert pages
    assert pages | set(DOCS.glob("adr/*.md")) <= linked


def test_the_operations_of_asyncapi_are_named_after_what_retour_does() -> None:
    """AsyncAPI 3.0: `action` is what the application does, which sends; a virtual host has no stroke."""
    document = json.loads((DOCS / "asyncapi.json").read_text())
    assert document["operations"]
    for name, operation in document["operations"].items():
        assert name.startswith(operation["action"]), name
    for channel in document["channels"].values():
        binding = channel["bindings"]["amqp"]
        assert binding["queue" if binding["is"] == "queue" else "exchange"]["vhost"] == "retour"


def test_nothing_names_a_place_outside_of_this_tree() -> None:
    """No path of one machine, no registry: the project stands alone."""
    found = []
    for path in tracked():
        if path.suffix in {".js", ".css", ".lock"} or path.name == Path(__file__).name:
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {hit}" for pattern in FOREIGN for hit in pattern.findall(text)]
    assert found == []
