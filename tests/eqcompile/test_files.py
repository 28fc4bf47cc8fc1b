"""Files appear whole or not at all; a regular file stays what it was, and anything else is written through."""

import errno
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from eqcompile import files
from eqcompile.files import remove_file, write_atomically


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def test_text_and_bytes_in_new_folders(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "file"
    write_atomically(target, "Å")
    assert target.read_bytes() == "Å".encode()
    write_atomically(target, b"\x00")
    assert target.read_bytes() == b"\x00"
    assert names(target.parent) == ["file"]


def test_an_interruption_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "file"
    write_atomically(target, "old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(target, "new")
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_a_folder_is_not_replaced(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError) as caught:
        write_atomically(tmp_path, "new")
    assert caught.value.filename == str(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("old")
    with pytest.raises((FileExistsError, NotADirectoryError)):
        write_atomically(tmp_path / "file" / "below", "new")
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.usefixtures("umask")
def test_new_files_obey_the_umask_and_old_ones_keep_their_permissions(tmp_path: Path) -> None:
    new, private = tmp_path / "new", tmp_path / "private"
    write_atomically(new, "")
    assert stat.S_IMODE(new.stat().st_mode) == 0o640
    for mode in (0o600, 0o666, 0o755):
        private.write_text("old")
        private.chmod(mode)
        write_atomically(private, "new")
        assert stat.S_IMODE(private.stat().st_mode) == mode
        assert private.read_text() == "new"


def test_extended_attributes_stay_and_times_do_not(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    os.utime(target, (1, 1))
    try:
        os.setxattr(target, "user.origin", b"lab")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    write_atomically(target, "new")
    assert os.getxattr(target, "user.origin") == b"lab"
    assert target.stat().st_mtime > 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser gives files away")
def test_the_owner_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    os.chown(target, 12345, 54321)
    target.chmod(0o4755)
    write_atomically(target, "new")
    found = target.stat()
    assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (12345, 54321, 0o4755)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(
        os, "chown", refuse
    )  # as for anyone else: the file changes hands, without set-user-ID
    write_atomically(target, "newer")
    found = target.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (os.geteuid(), 0o755)


def test_links_are_followed(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "real").write_text("old")
    (tmp_path / "link").symlink_to(Path("inner") / "real")
    (tmp_path / "twice").symlink_to("link")
    write_atomically(tmp_path / "twice", "new")
    assert (inner / "real").read_text() == "new"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "twice").is_symlink()
    assert names(inner) == ["real"]
    (tmp_path / "dangling").symlink_to(inner / "later")
    write_atomically(tmp_path / "dangling", "there")
    assert (tmp_path / "dangling").is_symlink()
    assert (inner / "later").read_text() == "there"


def test_a_loop_of_links_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match="symbolic links") as caught:
        write_atomically(tmp_path / "a", "new")
    assert caught.value.filename == str(tmp_path / "a")
    assert (tmp_path / "a").is_symlink()
    assert (tmp_path / "b").is_symlink()


def test_the_other_name_of_a_file_keeps_the_old_content(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("old")
    os.link(tmp_path / "one", tmp_path / "other")
    write_atomically(tmp_path / "one", "new")
    assert (tmp_path / "other").read_text() == "old"


def test_a_fifo_is_written_through(tmp_path: Path) -> None:
    fifo, found = tmp_path / "fifo", list[bytes]()
    os.mkfifo(fifo)
    reader = threading.Thread(target=lambda: found.append(fifo.read_bytes()))
    reader.start()
    write_atomically(fifo, b"x" * 200_000)  # more than a pipe holds
    reader.join()
    assert found == [b"x" * 200_000]
    assert fifo.is_fifo()
    assert names(tmp_path) == ["fifo"]


def test_a_fifo_that_nobody_reads_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "fifo")
    monkeypatch.setattr(files, "WAIT_FOR_READER", -1)
    with pytest.raises(OSError, match="nobody reads this FIFO; start its reader first, such as: cat FIFO &"):
        write_atomically(tmp_path / "fifo", "new")
    assert (tmp_path / "fifo").is_fifo()


def test_a_device_stays_one(tmp_path: Path) -> None:
    null = tmp_path / "null"
    try:
        os.mknod(null, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        null.open("wb").close()
    except OSError:
        pytest.skip("making a device of one's own takes the superuser")
    write_atomically(null, "new")
    assert stat.S_ISCHR(null.stat().st_mode)
    assert names(tmp_path) == ["null"]


def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket")
        with pytest.raises(OSError, match="a socket, which cannot be opened"):
            write_atomically(Path("socket"), "new")
    assert Path("socket").is_socket()


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs the descriptors of Linux")
@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "link"])
def test_a_descriptor_is_written_through_also_when_it_is_a_file(tmp_path: Path, name: str) -> None:
    """Renaming a file into its place would lose what is printed afterwards."""
    (tmp_path / "link").symlink_to("/dev/stdout")
    code = (
        "import sys; from pathlib import Path; from eqcompile.files import write_atomically; "
        "print('before'); write_atomically(Path(sys.argv[1]), 'content\\n'); print('after')"
    )
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", code, name], stdout=out, check=True, cwd=tmp_path)
    assert (tmp_path / "out").read_text() == "before\ncontent\nafter\n"
    assert names(tmp_path) == ["link", "out"]


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device") as caught:
        write_atomically(tmp_path / "file", "new")
    assert caught.value.filename == str(tmp_path / "file")
    assert (tmp_path / "file").read_text() == "old"
    assert names(tmp_path) == ["file"]


class TestWhereTheFolderTakesNoFile:
    @pytest.fixture(autouse=True)
    def _read_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The answer of the system in a read-only folder; it is simulated, because the superuser may write there."""
        opened = os.open

        def refuse(path: Path, flags: int, mode: int = 0o777) -> int:
            if flags & os.O_CREAT:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return opened(path, flags, mode)

        monkeypatch.setattr(os, "open", refuse)

    @pytest.mark.parametrize("content", [b"n", b"newer and longer"])
    def test_a_file_that_may_be_written_is_overwritten_in_place(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "file").write_text("old")
        before = (tmp_path / "file").stat().st_ino
        write_atomically(tmp_path / "file", content)
        assert (tmp_path / "file").read_bytes() == content
        assert (tmp_path / "file").stat().st_ino == before

    def test_a_new_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(PermissionError) as caught:
            write_atomically(tmp_path / "file", "new")
        assert caught.value.filename == str(tmp_path / "file")

    def test_a_full_disk_leaves_the_old_content(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_text("old")

        def full(*_: int) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "posix_fallocate", full)
        with pytest.raises(OSError, match="No space left on device"):
            write_atomically(tmp_path / "file", "newer")
        assert (tmp_path / "file").read_text() == "old"


def test_a_read_only_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # the superuser may write everything
    with pytest.raises(PermissionError):
        write_atomically(tmp_path / "file", "new")
    assert (tmp_path / "file").read_text() == "old"
    assert names(tmp_path) == ["file"]


def test_names_as_long_as_names_can_be(tmp_path: Path) -> None:
    write_atomically(tmp_path / ("n" * 255), "new")
    assert (tmp_path / ("n" * 255)).read_text() == "new"


def test_writers_at_the_same_time_leave_one_whole_content(tmp_path: Path) -> None:
    contents = [letter * 100_000 for letter in "abcd"]
    writers = [threading.Thread(target=write_atomically, args=(tmp_path / "file", c)) for c in contents]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (tmp_path / "file").read_text() in contents
    assert names(tmp_path) == ["file"]


def test_removing_leaves_links_and_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "fifo", "missing"):
        remove_file(tmp_path / name)
    assert names(tmp_path) == ["fifo", "link"]


def test_a_reader_that_leaves_is_named_in_the_message(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    reader = threading.Thread(target=lambda: (tmp_path / "fifo").open("rb").close())
    reader.start()
    with pytest.raises(BrokenPipeError) as caught:
        write_atomically(tmp_path / "fifo", b"x" * 1_000_000)
    reader.join()
    assert caught.value.filename == str(tmp_path / "fifo")
