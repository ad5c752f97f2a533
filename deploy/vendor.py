"""Fetches the browser files of others into gateway/static/vendor/, by exact version, with a lock of what they are.

`python deploy/vendor.py [--check]` needs npm; `--check` fetches again and fails when a file differs from the lock.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

VENDOR: Final = Path(__file__).parent.parent / "gateway" / "static" / "vendor"


@dataclass(frozen=True)
class Package:
    """A package and the few of its files that a browser needs, besides its licence."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]


PACKAGES: Final = (
    Package(
        "swagger-ui-dist",
        "5.35.0",
        "Apache-2.0",
        ("swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css", "LICENSE", "NOTICE"),
    ),
)


def fetched(package: Package) -> dict[str, bytes]:
    """The files, out of the archive that npm gives."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{package.name}@{package.version}"
        subprocess.run(["npm", "pack", "--silent", wanted], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            found = {name: archive.extractfile(f"package/{name}") for name in package.files}
            return {name: file.read() for name, file in found.items() if file is not None}


def main() -> int:
    """Write the files and their lock, or compare."""
    lock: list[dict[str, object]] = []
    wrong: list[str] = []
    for package in PACKAGES:
        files = fetched(package)
        folder = VENDOR / package.name
        for name, content in files.items():
            if "--check" not in sys.argv:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).write_bytes(content)
            elif not (folder / name).exists() or (folder / name).read_bytes() != content:
                wrong.append(f"{package.name}/{name}")
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        lock.append(asdict(package) | {"files": digests})
    text = json.dumps(lock, indent=1) + "\n"
    if "--check" not in sys.argv:
        (VENDOR / "lock.json").write_text(text)
    elif (VENDOR / "lock.json").read_text() != text:
        wrong.append("lock.json")
    print("\n".join(f"{name} differs" for name in wrong) or "The vendored files are what the lock says.")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
