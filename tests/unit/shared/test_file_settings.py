"""Settings of a service that keeps files: a folder unless a bucket is named, and a bucket with everything it needs."""

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsConfigDict

from shared.files.settings import FileSettings
from shared.files.store_folder import FolderFileStore
from shared.files.store_s3 import S3FileStore

BUCKET = {
    "EVIDENCE_FILES_BUCKET": "evidence",
    "EVIDENCE_FILES_ENDPOINT": "https://s3.example",
    "EVIDENCE_FILES_KEY_ID": "an-id",
    "EVIDENCE_FILES_SECRET": "a-canary-secret",
}


class Settings(FileSettings):
    model_config = SettingsConfigDict(env_prefix="EVIDENCE_", frozen=True)


def test_files_are_kept_in_the_data_folder_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RETOUR_DATA", "/somewhere")
    settings = Settings()
    assert settings.files_folder == Path("/somewhere/files")
    assert isinstance(settings.file_store(), FolderFileStore)


def test_files_are_kept_in_a_bucket_that_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUCKET.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert isinstance(settings.file_store(), S3FileStore)
    assert "a-canary-secret" not in repr(settings)


@pytest.mark.parametrize("missing", [name for name in BUCKET if not name.endswith("BUCKET")])
def test_a_bucket_without_its_address_or_key_stops_the_start(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in BUCKET.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=missing.removeprefix("EVIDENCE_").lower()):
        Settings()


def test_an_address_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in BUCKET.items():
        monkeypatch.setenv(name, "s3.example" if name.endswith("ENDPOINT") else value)
    with pytest.raises(ValidationError, match="files_endpoint"):
        Settings()
