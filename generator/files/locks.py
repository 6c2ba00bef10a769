"""Locks on files, also where the system has none.

On some network shares a file cannot be locked.  There a folder or file beside it that only one can make is the lock;
one that a killed process left is taken away after :data:`STALE` seconds (nobody holds one for more than a moment).
"""

from __future__ import annotations

import contextlib
import errno
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

STALE = 120
NONE_HERE = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}


def locks_hold(folder: Path) -> bool:
    """Whether files in a folder can be locked."""
    try:
        import fcntl
    except ImportError:  # Windows: its locks belong to its file system, also over a network
        return True
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in NONE_HERE
    return True


def stale_gone(lock: Path) -> None:
    """Take away a lock that a killed process left."""
    with contextlib.suppress(OSError):
        if time.time() - lock.stat().st_mtime > STALE:
            lock.rmdir() if lock.is_dir() else lock.unlink()


@contextlib.contextmanager
def exclusive(path: Path, timeout: float) -> Iterator[None]:
    """Only one process at a time; filelock.Timeout where it does not become free."""
    from filelock import FileLock, SoftFileLock  # long to load, and reading needs none

    if locks_hold(path.parent):
        with FileLock(path, timeout=timeout):
            yield
        return
    beside = path.with_name(f"{path.name}~")
    stale_gone(beside)
    with SoftFileLock(beside, timeout=timeout):
        yield
