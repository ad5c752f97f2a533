"""`retour policy` is reached through the command itself, in the language the command speaks."""

import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).parents[3]


def retour(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "retour", *words]
    return subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False, timeout=240)


@pytest.mark.parametrize("example", ["aurora", "corner-shop"])
@pytest.mark.parametrize(("language", "says"), [("en", "publish"), ("zh-CN", "可以发布")])
def test_an_example_policy_can_be_published(language: str, says: str, example: str) -> None:
    """B04, B11."""
    done = retour(
        "--language",
        language,
        "policy",
        "publish-check",
        f"docs/examples/policies/{example}.yaml",
        "--on",
        "2024-01-01",
    )
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


def test_what_the_server_would_refuse_to_publish_is_refused_here_too(tmp_path: Path) -> None:
    """R2.4, D07: the law lets the customer pay the way back, and nobody has said how much; with line and field."""
    text = (TREE / "docs/examples/policies/corner-shop.yaml").read_text()
    silent = tmp_path / "silent.yaml"
    silent.write_text(text[: text.index("freight:")] + text[text.index("addresses:") :])
    done = retour("policy", "publish-check", str(silent), "--on", "2024-01-01")
    assert done.returncode == 2
    assert "silent.yaml:7" in done.stdout + done.stderr
    assert "/regimes/0" in done.stdout + done.stderr
    assert retour("policy", "page", str(silent)).returncode == 0


def test_help_offers_nothing_that_the_command_itself_does_not() -> None:
    """Installing completion for `retour` by way of one of its words would not work."""
    done = retour("policy", "--help")
    assert "publish-check" in done.stdout
    assert "completion" not in done.stdout


def test_a_policy_without_a_list_of_words_is_said_to_have_none(tmp_path: Path) -> None:
    """A sentence that ends in `none of: .` names nothing."""
    page = (TREE / "docs/reference/policy-documents.md").read_text()
    (tmp_path / "case.yaml").write_text(page.partition("## A case\n\n```yaml\n")[2].partition("```")[0])
    done = retour("policy", "explain", "docs/examples/policies/corner-shop.yaml", str(tmp_path / "case.yaml"))
    assert done.returncode == 2
    assert "none of: -." in done.stdout + done.stderr


def test_a_file_that_cannot_be_read_ends_with_two_and_says_where(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("{x")
    done = retour("policy", "publish-check", str(broken), "--on", "2024-01-01")
    assert done.returncode == 2
    assert "broken.yaml:1" in done.stdout + done.stderr
