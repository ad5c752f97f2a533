"""`retour policy` is reached through the command itself, in the language the command speaks."""

import subprocess
import sys
from pathlib import Path

import pytest

TREE = Path(__file__).parents[3]


def retour(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "retour", *words]
    return subprocess.run(command, cwd=TREE, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(("language", "says"), [("en", "publish"), ("zh-CN", "可以发布")])
def test_an_example_policy_can_be_published(language: str, says: str) -> None:
    """B04, B11."""
    done = retour("--language", language, "policy", "publish-check", "docs/examples/policies/aurora.yaml")
    assert done.returncode == 0, done.stderr
    assert says in done.stdout


def test_a_file_that_cannot_be_read_ends_with_two_and_says_where(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("{x")
    done = retour("policy", "publish-check", str(broken))
    assert done.returncode == 2
    assert "broken.yaml:1" in done.stdout + done.stderr
