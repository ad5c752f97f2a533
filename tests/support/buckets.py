"""S3 services of strangers: moto, which knows conditional requests, and rclone, which checks signatures."""

import contextlib
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2
import obstore
from moto.server import ThreadedMotoServer
from obstore.store import S3Store

from shared.files.store_s3 import S3FileStore
from tests.support.servers import answers
from tests.support.world import free_port

KEY_ID: Final = "retour-test"
SECRET: Final = "a-secret-of-the-tests"
BUCKET: Final = "evidence"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, and what can be seen in it from outside."""

    endpoint: str
    lists_uploads: bool

    def store(self, *, secret: str = SECRET, endpoint: str | None = None) -> S3FileStore:
        """A store over it."""
        return S3FileStore(
            endpoint=endpoint or self.endpoint, bucket=BUCKET, region="us-east-1", key_id=KEY_ID, secret=secret
        )

    def names(self) -> list[str]:
        """Every object, and every upload that has not ended."""
        store = S3Store(
            BUCKET,
            endpoint=self.endpoint,
            region="us-east-1",
            access_key_id=KEY_ID,
            secret_access_key=SECRET,
            virtual_hosted_style_request=False,
            client_options={"allow_http": True},
        )
        found = [each["path"] for batch in obstore.list(store) for each in batch]
        if self.lists_uploads:
            answer = httpx2.get(f"{self.endpoint}/{BUCKET}?uploads")
            found += [f"unfinished {key}" for key in re.findall("<Key>(.*?)</Key>", answer.text)]
        return sorted(found)


@contextlib.contextmanager
def moto() -> Iterator[Bucket]:
    """The server of moto in a thread of this process."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = Bucket(f"http://{host}:{port}", lists_uploads=True)
    httpx2.put(f"{bucket.endpoint}/{BUCKET}").raise_for_status()
    try:
        yield bucket
    finally:
        server.stop()


@contextlib.contextmanager
def rclone(folder: Path) -> Iterator[Bucket]:
    """`rclone serve s3` over a folder."""
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    program = shutil.which("rclone", path=str(Path(sys.executable).parent)) or "rclone"
    place = f"127.0.0.1:{port}"
    command = [program, "--config", "/dev/null", "serve", "s3", f"--auth-key={KEY_ID},{SECRET}", f"--addr={place}"]
    with subprocess.Popen(
        [*command, "--no-cleanup", "--vfs-cache-mode=off", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            while not answers(f"http://{place}", port):
                if process.poll() is not None:
                    raise AssertionError("rclone does not start")
            yield Bucket(f"http://{place}", lists_uploads=False)
        finally:
            process.terminate()
