"""Office files are zip archives, and an archive says on what system it was made: here they all say the same."""

from __future__ import annotations

import io
import struct
import zipfile

CENTRAL, UNIX = b"PK\x01\x02", 3


def neutral(data: bytes) -> bytes:
    """The archive as if made on Unix, so that Windows and Linux write the same bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        place, count = archive.start_dir, len(archive.infolist())
    out = bytearray(data)
    for _ in range(count):
        if out[place : place + 4] != CENTRAL:
            raise ValueError("no entry of a zip directory")
        out[place + 5] = UNIX
        name, extra, comment = struct.unpack_from("<HHH", out, place + 28)
        place += 46 + name + extra + comment
    return bytes(out)
