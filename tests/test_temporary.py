"""Temporary folders: gone when their block ends, however it ends, and the process's folder with the last of them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings

from transcriptions import processes, temporary


def test_a_folder_is_gone_after_its_block_and_the_processs_with_it() -> None:
    with temporary.folder("upload") as outer:
        assert outer.parent == Path(settings.TEMP_DIR, processes.identity())
        with temporary.folder("sound") as inner:
            (inner / "file").write_bytes(b"x")
            assert temporary.size(outer.parent) == 1
        assert not inner.exists()
        assert outer.is_dir()
    assert list(Path(settings.TEMP_DIR).iterdir()) == []


@pytest.mark.parametrize("end", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_it_is_gone_after_any_error(end: type[BaseException]) -> None:
    def break_off() -> None:
        with temporary.folder("upload") as folder:
            (folder / "file").write_bytes(b"x")
            raise end

    with pytest.raises(end):
        break_off()
    assert list(Path(settings.TEMP_DIR).iterdir()) == []


def test_threads_do_not_take_the_folder_from_under_each_other() -> None:
    def use(number: int) -> None:
        for _ in range(50):
            with temporary.folder("upload") as folder:
                (folder / str(number)).touch()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(use, range(8)))
    assert list(Path(settings.TEMP_DIR).iterdir()) == []


def test_the_end_of_the_process_takes_all_of_its_own_and_nothing_else() -> None:
    other = Path(settings.TEMP_DIR, "elsewhere:1:2")
    other.mkdir(parents=True)
    folder = temporary.make("upload")
    temporary.remove_own()
    temporary.remove(folder)
    assert list(Path(settings.TEMP_DIR).iterdir()) == [other]
