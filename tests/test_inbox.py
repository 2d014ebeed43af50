"""A folder that recordings are put into: what is finished, what is passed over, and copies that nobody changed."""

import hashlib
import os
from pathlib import Path

import pytest
from pytest_django import Settings

from transcriptions import inbox, storage
from transcriptions.inbox import Changed, Found, Stopped, Watch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = tmp_path.resolve() / "root"
    made.mkdir()
    return made


def put(place: Path, content: bytes = b"sound", *, modified: int = 1_000_000) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    os.utime(place, ns=(modified, modified))
    return place


def found(place: Path) -> Found:
    seen = place.lstat()
    return Found(place, seen.st_size, seen.st_mtime_ns)


def names(root: Path, *, but: Path | None = None) -> list[str]:
    """Of what is finished at once."""
    ripe = Watch(root, settle_seconds=0, but=but).finished(0)
    return [file.path.relative_to(root).as_posix() for file in ripe]


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def never() -> bool:
    return False


def test_a_file_is_finished_when_it_has_not_changed_for_a_while(root: Path) -> None:
    watch = Watch(root, settle_seconds=10)
    file = put(root / "a.mp3", b"so")
    assert watch.finished(0) == []
    assert watch.finished(9.9) == []
    put(file, b"sound")
    assert watch.finished(10) == []
    put(file, b"sound", modified=2_000_000)
    assert watch.finished(11) == []
    assert watch.finished(20.9) == []
    assert watch.finished(21) == [Found(file, 5, 2_000_000)]


def test_the_oldest_goes_first_however_deep(root: Path) -> None:
    put(root / "a.mp3", modified=3)
    put(root / "b/c/d.mp3", modified=1)
    put(root / "c.mp3", modified=2)
    put(root / "b.mp3", modified=2)
    assert names(root) == ["b/c/d.mp3", "b.mp3", "c.mp3", "a.mp3"]


@pytest.mark.parametrize(
    "name",
    [".a.mp3", ".sync/a.mp3", "a.mp3.part", "a.mp3.crdownload", "a.mp3~", "A.MP3.PARTIAL", "a.mp3.txt", "a.srt"],
)
def test_what_is_hidden_unfinished_or_a_transcript_is_passed_over(root: Path, name: str) -> None:
    put(root / name)
    assert names(root) == []


def test_links_pipes_and_the_folder_of_those_moved_are_passed_over(root: Path, tmp_path: Path) -> None:
    outside = put(tmp_path / "outside/secret.mp3")
    (root / "link.mp3").symlink_to(outside)
    (root / "folder").symlink_to(outside.parent)
    os.mkfifo(root / "pipe.mp3")
    put(root / "done/a.mp3")
    assert names(root, but=root / "done") == []


def test_a_copy_has_its_hash(root: Path, tmp_path: Path) -> None:
    content = os.urandom(3 * inbox.PIECE_BYTES + 7)
    sha256 = inbox.copy(found(put(root / "a.mp3", content)), tmp_path / "copy", never)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert (tmp_path / "copy").read_bytes() == content


def test_a_file_that_has_changed_since_is_not_copied(root: Path, tmp_path: Path) -> None:
    file = put(root / "a.mp3")
    before = found(file)
    put(file, modified=2_000_000)
    with pytest.raises(Changed):
        inbox.copy(before, tmp_path / "copy", never)


def test_a_file_that_grows_while_it_is_copied_is_not_taken(root: Path, tmp_path: Path) -> None:
    file = put(root / "a.mp3", b"x" * 2 * inbox.PIECE_BYTES)

    def grows() -> bool:
        with file.open("ab") as opened:
            opened.write(b"more")
        return False

    with pytest.raises(Changed):
        inbox.copy(found(file), tmp_path / "copy", grows)


@pytest.mark.parametrize("swapped", ["file", "folder"])
def test_a_link_that_has_taken_a_place_since_is_not_followed(root: Path, tmp_path: Path, swapped: str) -> None:
    seen = found(put(root / "inner/a.mp3"))
    put(tmp_path / "outside/a.mp3")
    if swapped == "file":
        seen.path.unlink()
        seen.path.symlink_to(tmp_path / "outside/a.mp3")
    else:
        (root / "inner").rename(root / "elsewhere")
        (root / "inner").symlink_to(tmp_path / "outside")
    with pytest.raises(Changed):
        inbox.copy(seen, tmp_path / "copy", never)


def test_copying_stops_when_asked(root: Path, tmp_path: Path) -> None:
    with pytest.raises(Stopped):
        inbox.copy(found(put(root / "a.mp3")), tmp_path / "copy", lambda: True)


def test_without_room_nothing_is_copied(root: Path, tmp_path: Path, settings: Settings) -> None:
    settings.MIN_FREE_BYTES = 2**62
    with pytest.raises(storage.Unavailable) as trouble:
        inbox.copy(found(put(root / "a.mp3")), tmp_path / "copy", never)
    assert trouble.value.code == "no_space"
    assert not (tmp_path / "copy").exists()


def test_a_moved_file_keeps_its_depth_and_takes_no_ones_place(root: Path, tmp_path: Path) -> None:
    done = tmp_path / "done"
    for content in (b"first", b"the second"):
        file = found(put(root / "b/a.mp3", content))
        inbox.move(file, inbox.place_in(done, file, root))
        assert not file.path.exists()
    assert (done / "b/a.mp3").read_bytes() == b"first"
    assert (done / "b/a (2).mp3").read_bytes() == b"the second"


def test_a_move_that_was_killed_goes_on(root: Path, tmp_path: Path) -> None:
    """To another disk: the copy was complete, the original still there."""
    done = tmp_path / "done"
    file = found(put(root / "a.mp3"))
    put(done / "a.mp3")
    place = inbox.place_in(done, file, root)
    inbox.move(file, place)
    assert place == done / "a.mp3"
    assert names_in(done) == ["a.mp3"]
    assert not file.path.exists()


def test_to_another_disk_it_is_copied(root: Path) -> None:
    elsewhere = Path("/dev/shm") / f"transcribe-{os.urandom(4).hex()}"  # noqa: S108
    if not elsewhere.parent.exists() or elsewhere.parent.stat().st_dev == root.stat().st_dev:
        pytest.skip("there is no other disk here")
    file = found(put(root / "a.mp3"))
    try:
        inbox.move(file, elsewhere / "a.mp3")
        assert found(elsewhere / "a.mp3") == Found(elsewhere / "a.mp3", file.size_bytes, file.modified_ns)
        assert names_in(elsewhere) == ["a.mp3"]
    finally:
        for left in elsewhere.iterdir():
            left.unlink()
        elsewhere.rmdir()
    assert not file.path.exists()


def test_a_file_that_has_changed_since_is_not_moved(root: Path, tmp_path: Path) -> None:
    file = found(put(root / "a.mp3"))
    put(file.path, b"another", modified=2_000_000)
    with pytest.raises(Changed):
        inbox.move(file, tmp_path / "a.mp3")
    assert file.path.read_bytes() == b"another"


def test_a_text_is_there_whole_or_as_it_was(root: Path) -> None:
    def broken() -> list[bytes]:
        raise OSError("broken")

    place = root / "a.mp3.txt"
    inbox.write(place, [b"one\n", b"two\n"])
    with pytest.raises(OSError, match="broken"):
        inbox.write(place, (line for line in broken()))
    assert place.read_text() == "one\ntwo\n"
    inbox.write(place, [b"three\n"])
    assert place.read_text() == "three\n"


def test_a_name_that_no_row_can_hold_is_known(root: Path) -> None:
    assert Found(root / "ação.mp3", 1, 1).can_be_remembered
    assert not Found(root / os.fsdecode(b"a\xe7\xe3o.mp3"), 1, 1).can_be_remembered
    assert not Found(Path("/" + "a/" * 1001), 1, 1).can_be_remembered
