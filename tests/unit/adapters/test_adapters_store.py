"""The store of official texts: what is in it is whole, whatever happened while it was written."""

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.adapters.store import Store
from checker.errors import IndexFault
from checker.knowledge.store import Origin, Stored, digest, log_line, object_name, parse_log, read_manifest, write_manifest

ROOT = Path(__file__).resolve().parents[3]
OLD, NEW = b"the old words", b"the new words, which are more"


def origin(version: str = "1", format: str = "lexdania", **more: object) -> Origin:
    told = {"source": "bro", "version": version, "language": "da", "format": format, "url": "u", "fetched_at": datetime(2099, 1, 1, tzinfo=UTC)}
    return Origin.model_validate(told | {"how": "folder"} | more)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


def test_an_empty_store_holds_nothing_and_makes_nothing(store: Store) -> None:
    assert store.latest("bro", "1", "da") is None
    assert not store.root.exists()


def test_what_is_put_in_comes_back_word_for_word(store: Store) -> None:
    put = store.put(origin(etag='"a"'), OLD)
    got = store.latest("bro", "1", "da")
    assert got == put
    assert (put.sha256, put.bytes, put.parts) == (digest(OLD), len(OLD), 0)
    assert store.read(put.sha256) == OLD
    assert store.files(put) == {"lexdania": OLD}
    assert store.latest("bro", "1", "en") is None


def test_two_texts_of_one_version_are_both_kept_and_the_later_counts(store: Store) -> None:
    first, second = store.put(origin(), OLD), store.put(origin(), NEW)
    assert store.latest("bro", "1", "da") == second
    assert store.rivals(second) == (first,)
    assert store.read(first.sha256) == OLD


def test_the_same_text_twice_is_one_object_and_no_rival(store: Store) -> None:
    store.put(origin(), OLD)
    again = store.put(origin(etag='"b"'), OLD)
    assert store.latest("bro", "1", "da") == again
    assert store.rivals(again) == ()
    assert len([p for p in (store.root / "objects").rglob("*") if p.is_file()]) == 1


def test_the_official_format_counts_before_the_one_re_typed_later(store: Store) -> None:
    xml = store.put(origin(), OLD)
    store.put(origin(format="markdown"), {"art_1.md": NEW})
    assert store.latest("bro", "1", "da") == xml
    assert store.latest("bro", "1", "da", "markdown") != xml


def test_a_package_is_told_by_its_files_in_whatever_order_they_come(store: Store) -> None:
    one = store.put(origin(format="formex"), {"a.xml": OLD, "b.xml": NEW})
    two = store.put(origin(format="formex"), {"b.xml": NEW, "a.xml": OLD})
    assert one.sha256 == two.sha256
    assert one.parts == 2
    assert store.files(one) == {"a.xml": OLD, "b.xml": NEW}
    assert store.put(origin(format="formex"), {"a.xml": OLD}).sha256 != one.sha256


@given(st.dictionaries(st.text(min_size=1), st.binary(), min_size=1, max_size=5))
def test_a_manifest_says_every_name_and_hash(members: Mapping[str, bytes]) -> None:
    told = read_manifest(write_manifest(members))
    assert told is not None
    assert {n: (m.sha256, m.bytes) for n, m in told.items()} == {n: (digest(d), len(d)) for n, d in members.items()}


@given(st.binary(max_size=60))
def test_any_rubbish_in_the_log_is_counted_and_loses_no_line_beside_it(rubbish: bytes) -> None:
    line = log_line(Stored(**origin().model_dump(), sha256=digest(OLD), bytes=1))
    log = parse_log(line + rubbish.replace(b"\n", b"") + b"\n" + line)
    assert len(log.records) == 2
    assert len(log.damaged) == (1 if rubbish.replace(b"\n", b"").strip() else 0)


def test_an_object_cut_short_is_passed_over_for_the_one_before(store: Store) -> None:
    first, second = store.put(origin(), OLD), store.put(origin(), NEW)
    (store.root / object_name(second.sha256)).write_bytes(NEW[:5])
    assert store.latest("bro", "1", "da") == first


def test_a_package_with_a_file_missing_is_passed_over(store: Store) -> None:
    put = store.put(origin(format="formex"), {"a.xml": OLD, "b.xml": NEW})
    (store.root / object_name(digest(NEW))).unlink()
    assert store.latest("bro", "1", "da") is None
    assert not store.sound(put)


def test_a_changed_object_is_never_read_and_can_be_put_right(store: Store) -> None:
    put = store.put(origin(), OLD)
    (store.root / object_name(put.sha256)).write_bytes(OLD[::-1])
    with pytest.raises(IndexFault, match=r"beskadiget.*--again"):
        store.read(put.sha256)
    store.put(origin(), OLD)
    assert store.read(put.sha256) == OLD


def test_half_a_line_at_the_end_of_the_log_is_left_alone_on_its_own_line(store: Store) -> None:
    first = store.put(origin(), OLD)
    with (store.root / "log.jsonl").open("ab") as log:
        log.write(log_line(first)[:30])
    second = store.put(origin("2"), NEW)
    assert store.log.records == (first, second)
    assert store.log.damaged == (2,)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_said_and_leaves_the_old_text(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.put(origin(), OLD)
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", full)
        with pytest.raises(IndexFault, match=r"No space left.*bro 2.*Frigør plads"):
            store.put(origin("2"), NEW)
    assert store.latest("bro", "2", "da") is None
    assert store.latest("bro", "1", "da") == first
    assert list((store.root / "incoming").iterdir()) == []
    assert store.put(origin("2"), NEW) == store.latest("bro", "2", "da")


def test_a_line_that_only_half_fits_on_the_disk_is_taken_back(store: Store) -> None:
    first = store.put(origin(), b"x")
    log = store.root / "log.jsonl"
    before = log.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 20, limits[1]))  # the kernel writes 20 bytes of the line, then refuses
    try:
        with pytest.raises(IndexFault):
            store.put(origin("2"), b"y")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert log.read_bytes() == before
    assert store.latest("bro", "1", "da") == first


def test_a_store_where_a_file_stands_in_the_way_says_so(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(IndexFault, match="kan ikke skrives"):
        Store(tmp_path / "home").put(origin(), OLD)


_WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from checker.adapters.store import Store
from checker.knowledge.store import Origin
store = Store(Path(sys.argv[1]))
for n in range(100000):
    o = Origin(source="bro", version=str(n), language="da", format="formex", url="u", fetched_at=datetime.now(UTC), how="folder")
    store.put(o, {"a": b"%d" % n * 5000, "b": b"-%d" % n * 5000})
    print(n, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 3, 8])
def test_a_kill_in_the_middle_leaves_only_whole_texts(tmp_path: Path, lines: int) -> None:
    writer = subprocess.Popen([sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(lines)]
    writer.send_signal(signal.SIGKILL)
    writer.communicate()
    store = Store(tmp_path)
    assert len(store.log.records) >= len(told)
    assert all(store.sound(r) for r in store.log.records)
    after = store.put(origin("after"), NEW)
    assert store.latest("bro", "after", "da") == after
    assert store.latest("bro", "0", "da") is not None
