"""Settings of a service that keeps files; its own settings class has these fields, under its own prefix.

Without `files_bucket` files are kept in `files_folder`; with one, in a bucket of an S3 service.
"""

import os
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings

from shared.files.intake import Intake
from shared.files.rewriting import Rewriter
from shared.files.store import FileStore
from shared.files.store_folder import FolderFileStore
from shared.files.store_s3 import S3FileStore


def _folder() -> Path:
    return Path(os.environ.get("RETOUR_DATA", ".retour")) / "files"


class FileSettings(BaseSettings):
    """Where files are kept, and where they wait while they are looked at."""

    files_folder: Path = Field(
        default_factory=_folder, description="A folder for files, and for uploads on their way to a bucket."
    )
    files_bucket: str = Field(default="", description="A bucket of an S3 service; empty: files stay in the folder.")
    files_endpoint: str = Field(default="", pattern=r"^(https?://[^/]+/?)?$", description="The S3 service.")
    files_region: str = Field(default="us-east-1", description="The region of the bucket.")
    files_key_id: str = Field(default="", description="The id of the key to the bucket.")
    files_secret: str = Field(default="", repr=False, description="The secret of the key to the bucket.")
    files_by_host: bool = Field(default=False, description="Whether the bucket is named in the host, not in the path.")

    @model_validator(mode="after")
    def _a_bucket_has_a_key(self) -> Self:
        missing = [name for name in ("endpoint", "key_id", "secret") if not getattr(self, f"files_{name}")]
        if self.files_bucket and missing:
            raise ValueError("files_bucket needs " + ", ".join(f"files_{name}" for name in missing))
        return self

    def file_store(self) -> FileStore:
        """The store that these settings name."""
        if not self.files_bucket:
            return FolderFileStore(self.files_folder)
        return S3FileStore(
            endpoint=self.files_endpoint,
            bucket=self.files_bucket,
            region=self.files_region,
            key_id=self.files_key_id,
            secret=self.files_secret,
            by_host=self.files_by_host,
        )

    def intake(self, store: FileStore) -> Intake:
        """The intake into the store."""
        return Intake(store, Rewriter(), self.files_folder / "uploads")
