"""How much memory a process has needed at most since we last asked (Linux)."""

from pathlib import Path


def forget_peak(pid: int) -> int:
    """Start anew; the bytes that the process has in memory now."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return _bytes(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most bytes that it has had in memory since."""
    return _bytes(pid, "VmHWM")


def _bytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(name + ":"))
