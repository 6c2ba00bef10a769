"""The store of versions: kept, compared, sealed, corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.versions import correction_notice
    from generator.versions.codec import decode
    from generator.versions.correction_notice import notice, plain_lines
    from generator.versions.diff import Difference, compare
    from generator.versions.record import author, keep, locked, now, sealed_files, values_of
    from generator.versions.redline import write_redline
    from generator.versions.sides import Side
    from generator.versions.store import Snapshot, Store, Version, existing, restore, sealed_source, sha256
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Difference",
    "Side",
    "Snapshot",
    "Store",
    "Version",
    "author",
    "compare",
    "correction_notice",
    "decode",
    "existing",
    "keep",
    "locked",
    "notice",
    "now",
    "plain_lines",
    "restore",
    "sealed_files",
    "sealed_source",
    "sha256",
    "values_of",
    "write_redline",
]
