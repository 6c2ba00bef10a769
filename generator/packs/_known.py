"""Which names a pack's texts and expressions may use."""

from __future__ import annotations

from collections.abc import Iterable

from generator.packs.pack import Pack
from generator.packs.tables import row_columns, slot_ids

TABLE_NAMES = {
    "empty",
    "rows",
    "subjects",
    "classes",
    "items",
    "units",
    "row",
    "total",
    "total_row",
    "parents",
    "numbered",
}
BUILT_IN = {"year", "kind", "scope", "reasons", "terms", "used_items", "n", "loop", "unit", "table_empty", "last"}


class Known:
    """Every name that exists in a pack."""

    def __init__(self, pack: Pack, functions: Iterable[str]) -> None:
        self.roots = set(BUILT_IN) | set(functions) | {"range", "dict", "cycler", "joiner", "namespace"}
        self.second: dict[str, set[str]] = {"reasons": set(pack.reasons)}
        for field_id in pack.fields:
            group, _, name = field_id.partition(".")
            self.second.setdefault(group, {"key"}).add(name)
        for spec in pack.tables.values():
            slots = {s.partition(".")[0] for s in slot_ids(spec)}
            self.second[spec.id] = slots | TABLE_NAMES
        self.third = {
            (spec.id, head): {s.partition(".")[2] for s in slot_ids(spec) if s.startswith(head + ".")}
            for spec in pack.tables.values()
            for head in {s.partition(".")[0] for s in slot_ids(spec) if "." in s}
        }
        for spec in pack.tables.values():
            if spec.rows:
                self.third[spec.id, "total"] = set(row_columns(spec))
        self.roots |= set(self.second) | set(pack.lists)

    def wrong(self, path: tuple[str, ...], local: frozenset[str] | set[str]) -> str:
        """The part of a dotted name that does not exist, or nothing."""
        root, *rest = path
        if root in local:
            return ""
        if root not in self.roots:
            return root
        if rest and root in self.second and rest[0] not in self.second[root]:
            return f"{root}.{rest[0]}"
        if len(rest) > 1 and (root, rest[0]) in self.third and rest[1] not in self.third[root, rest[0]]:
            return ".".join(path[:3])
        return ""
