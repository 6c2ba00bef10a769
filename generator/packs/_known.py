"""Which names a pack's texts and expressions may use."""

from __future__ import annotations

from collections.abc import Iterable

from generator.packs.aliases import REASONS, column_aliases, root_aliases, sheet_fields, table_aliases
from generator.packs.grid import GridError
from generator.packs.pack import Pack, near
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
FIGURE_NAMES = {"blank", "value", "number", "missing", "absent", "label", "unit", "cells", "named"}
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
        self.roots |= set(self.second) | set(pack.lists) | set(pack.meta.names)
        self.single = {
            (spec.id, slot)
            for spec in pack.tables.values()
            if not spec.rows
            for slot in slot_ids(spec)
            if "." not in slot
        }
        self._by_the_form(pack)

    def _by_the_form(self, pack: Pack) -> None:
        """The names that follow the form, beside the short ones."""
        for year in (None, *pack.turns):
            at = year if year is not None else 9999
            for alias, name in root_aliases(pack, at).items():
                self.roots.add(alias)
                if name in self.second:
                    self.second[alias] = self.second[name]
            for sheet, fields in sheet_fields(pack, at).items():
                self.roots.add(sheet)
                self.second.setdefault(sheet, set()).update(fields)
        self.roots.add(REASONS)
        for spec in pack.tables.values():
            try:
                aliases, columns = table_aliases(spec), column_aliases(spec)
            except GridError:  # said of the table itself
                continue
            self.second[spec.id] |= set(aliases)
            for (table, head), inner in list(self.third.items()):
                if table == spec.id:
                    inner |= {a for a, c in columns.items() if c in inner}
                    for alias in (a for a, h in aliases.items() if h == head):
                        self.third[spec.id, alias] = inner
            for alias in (a for a, n in root_aliases(pack, 9999).items() if n == spec.id):
                self.third |= {(alias, head): inner for (table, head), inner in self.third.items() if table == spec.id}

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
        if len(rest) > 1 and (root, rest[0]) in self.single and (root, rest[0]) not in self.third:
            return "" if rest[1] in FIGURE_NAMES else ".".join(path[:3])
        return ""

    def near(self, wrong: str, local: frozenset[str] | set[str] = frozenset()) -> str:
        """The right name that is most like a wrong one, as a question; or nothing."""
        path = wrong.split(".")
        match len(path):
            case 1:
                return near(wrong, self.roots | set(local))
            case 2:
                return near(wrong, {f"{path[0]}.{n}" for n in self.second.get(path[0], ())})
        inner = self.third.get((path[0], path[1]))
        return near(wrong, {f"{path[0]}.{path[1]}.{n}" for n in inner} if inner else {f"{path[0]}.{path[1]}"})
