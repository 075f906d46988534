"""Values outside a process: what `dump` wrote `load` reads, inline and as objects."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from cellfarm.container import dump, load
from cellfarm.fill import LEAST_BYTES
from cellfarm.objects import Objects
from cellfarm.protocol.messages import INLINE_LIMIT_BYTES, ObjectRef

np = pytest.importorskip("numpy")


class Sealed:
    """Collects what is told of objects."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str, int]] = []
        self.failed: list[tuple[str, OSError]] = []

    def take(self, id: str, digest: str, size: int) -> None:
        self.told.append((id, digest, size))

    def fail(self, id: str, error: OSError) -> None:
        self.failed.append((id, error))


@pytest.fixture
def sealed() -> Sealed:
    return Sealed()


@pytest.fixture
def objects(tmp_path: Path, sealed: Sealed) -> Objects:
    return Objects(str(tmp_path / "objects"), sealed.take, sealed.fail)


@pytest.mark.parametrize("value", [None, 5, "é", [1, {"a": (2, 3)}], b"x" * 10_000, {1, 2}, float("inf")])
def test_plain_values_come_back(value: Any) -> None:
    assert load(dump(value).join()) == value


def test_arrays_come_back_aligned_and_as_writable_as_they_were() -> None:
    writable, fixed = np.arange(5000.0), np.arange(5000)
    fixed.flags.writeable = False
    first, second = load(b"x" * 0 + dump([writable, fixed]).join())
    assert (first == writable).all()
    assert (second == fixed).all()
    assert first.flags.writeable
    assert not second.flags.writeable
    assert first.flags.aligned


def test_large_buffers_are_not_copied_when_they_are_dumped() -> None:
    array = np.zeros(1 << 20)
    parts = dump({"array": array})
    views = [
        chunk for chunk in parts.chunks if isinstance(chunk, memoryview) and chunk.nbytes == array.nbytes
    ]
    assert np.shares_memory(np.frombuffer(views[0]), array)
    assert parts.size == len(parts.join())


def test_every_buffer_lies_at_a_multiple_of_64_bytes() -> None:
    at = 0
    for chunk in dump([np.arange(1001.0), np.arange(777.0), np.ones(5000, "u1")]).chunks:
        nbytes = memoryview(chunk).nbytes
        if nbytes >= 4096:
            assert at % 64 == 0
        at += nbytes


@pytest.mark.parametrize("cut", [0, 10, 30, -1])
def test_a_value_that_is_cut_off_is_refused(cut: int) -> None:
    whole = dump(np.arange(5000.0)).join()
    with pytest.raises(ValueError, match="cut off"):
        load(whole[:cut])


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="not a value"):
        load(b"PK\x03\x04" + bytes(100))


def test_small_values_stay_inline_and_large_ones_become_objects(objects: Objects) -> None:
    payload, ref = objects.pack(dump(b"x" * 1000))
    assert ref is None
    assert load(objects.unpack(payload, ref)) == b"x" * 1000
    payload, ref = objects.pack(dump(b"x" * INLINE_LIMIT_BYTES))
    assert (payload, ref is None) == (b"", False)
    assert load(objects.unpack(payload, ref)) == b"x" * INLINE_LIMIT_BYTES
    objects.settle()


def test_without_a_folder_everything_is_inline(sealed: Sealed) -> None:
    payload, ref = Objects(None, sealed.take).pack(dump(b"x" * (INLINE_LIMIT_BYTES + 1)))
    assert ref is None
    assert len(payload) > INLINE_LIMIT_BYTES


def test_an_object_is_named_by_its_sha256_and_told(objects: Objects, sealed: Sealed, tmp_path: Path) -> None:
    ref = objects.write(dump(np.arange(50_000)))
    objects.settle()
    ((id, digest, size),) = sealed.told
    file = tmp_path / "objects" / digest[:2] / digest
    assert (id, size) == (ref["id"], file.stat().st_size)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest


def test_an_object_is_read_under_both_names(objects: Objects, sealed: Sealed) -> None:
    array = np.arange(50_000)
    ref = objects.write(dump(array))
    early = load(objects.open(ref))
    objects.settle()
    late = load(objects.open(ref))
    named: ObjectRef = {"id": sealed.told[0][1], "size": ref["size"]}
    for read in (early, late, load(objects.open(named))):
        assert (read == array).all()


def test_equal_values_become_one_file(objects: Objects, sealed: Sealed, tmp_path: Path) -> None:
    refs = [objects.write(dump(np.arange(50_000))) for _ in range(3)]
    objects.settle()
    assert len({digest for _, digest, _ in sealed.told}) == 1
    assert len(list((tmp_path / "objects").glob("??/*"))) == 1
    assert len({ref["id"] for ref in refs}) == 3
    assert all((load(objects.open(ref)) == np.arange(50_000)).all() for ref in refs)


def test_what_is_read_can_be_changed_without_changing_the_object(objects: Objects) -> None:
    ref = objects.write(dump(np.zeros(50_000)))
    load(objects.open(ref))[:] = 7
    assert not load(objects.open(ref)).any()
    objects.settle()


def test_an_object_of_another_size_is_refused(objects: Objects) -> None:
    ref = objects.write(dump(b"x" * 1000))
    with pytest.raises(ValueError, match="bytes, not"):
        objects.open({"id": ref["id"], "size": ref["size"] + 1})
    objects.settle()


def test_a_missing_object_is_an_os_error(objects: Objects) -> None:
    with pytest.raises(OSError, match="No such file"):
        objects.open({"id": "f" * 64, "size": 1})


def test_an_object_that_cannot_be_kept_is_told(objects: Objects, sealed: Sealed, tmp_path: Path) -> None:
    for first in range(256):
        (tmp_path / "objects" / f"{first:02x}").write_text("in the way")
    ref = objects.write(dump(b"x" * 1000))
    objects.settle()
    assert sealed.told == []
    assert [id for id, _ in sealed.failed] == [ref["id"]]


@pytest.mark.parametrize("readonly", [False, True])
def test_a_very_large_array_is_kept_whole_wherever_it_lies(objects: Objects, readonly: bool) -> None:
    array = np.arange(LEAST_BYTES // 8 + 12_345, dtype=np.int64)
    array.flags.writeable = not readonly
    parts = dump([b"before" * 2000, array, b"after" * 2000, array[::-1].copy()])
    ref = objects.write(parts)
    assert bytes(objects.open(ref)) == parts.join()
    before, found, after, reverse = load(objects.open(ref))
    assert (before, after) == (b"before" * 2000, b"after" * 2000)
    assert (found == array).all() and (reverse == array[::-1]).all()
    objects.settle()
