"""Which stores there may be."""

import pytest

from core.config import Settings
from core.errors import InvalidSetting
from core.store import address
from core.store.address import below, check_driver, normalised


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", ""),
        (" s3://bucket/a/b/ ", "s3://bucket/a/b"),
        ("S3A://bucket", "s3://bucket"),
        ("gcs://bucket/x", "gs://bucket/x"),
        ("abfss://container", "az://container"),
        ("file:///mnt/shared pictures/", "file:///mnt/shared pictures"),
        ("memory://tests", "memory://tests"),
    ],
)
def test_is_written_in_one_way(text, url):
    assert normalised(text) == url
    assert below(url, "collections/birds") == (f"{url}/collections/birds" if url else "")


@pytest.mark.parametrize(
    "text",
    [
        "bucket", "/mnt/shared", "http://host/x", "s3://", "s3:///x", "s3://bucket//x", "s3://bucket/../x", "s3://bucket/./x",
        "s3://bucket/a*", "s3://bucket/a?x=1", "s3://bucket/a#b", "s3://bucket/[a]", "s3://bucket\\x", "s3://b/a::file://x",
        "s3://bucket/a%2fb", "s3://bucket/\0", "s3://bucket/a\nb", "file://relative", "file:///", "file:///a/../b",
        "s3://" + "b" * 1001, "simplecache::s3://bucket", "gs://-bucket", "s3://bücket",
    ],
)  # fmt: skip
def test_what_is_no_store_is_refused(text):
    with pytest.raises(InvalidSetting, match="IMAGE_SEARCH_STORE") as refusal:
        Settings.load(store=text)
    assert refusal.value.remedy


def test_is_apart_from_the_data_folder(tmp_path):
    for folder in (tmp_path, tmp_path / "stored"):
        with pytest.raises(InvalidSetting, match="in the data folder"):
            Settings.load(data_dir=tmp_path, store=f"file://{folder}")


@pytest.mark.parametrize("text", ["s3://AKIA:hidden@bucket/x", "s3://bucket/x?secret_key=hidden", "az://a:hidden@c"])
def test_no_key_is_told(text):
    with pytest.raises(InvalidSetting) as refusal:
        Settings.load(store=text)
    assert "hidden" not in str(refusal.value)


def test_a_driver_that_is_missing_is_named_with_its_extra(monkeypatch):
    monkeypatch.setattr(address, "find_spec", lambda _: None)
    with pytest.raises(InvalidSetting, match="gcsfs") as refusal:
        check_driver("gs://bucket")
    assert "image-search[gcs]" in refusal.value.remedy
    check_driver("file:///mnt/shared")
