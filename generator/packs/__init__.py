"""Packs: layers of data compiled into one language, and the document they compose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.packs._layer import read_toml, schema_models
    from generator.packs.compiled import CompiledPack, Rule, met
    from generator.packs.composer import compose
    from generator.packs.grid import Grid, GridCell
    from generator.packs.grid import parse as parse_grid
    from generator.packs.kit import create as create_pack
    from generator.packs.kit import differences
    from generator.packs.language import Expression, Language, LanguageError, Word, joined, spans_of, word
    from generator.packs.layers import assemble
    from generator.packs.listing import Listed, listed
    from generator.packs.loader import choices, load, of_year
    from generator.packs.names import Context
    from generator.packs.pack import Pack, PackError
    from generator.packs.parts import Part
    from generator.packs.phrases import Case, decide
    from generator.packs.places import SETTING as PACKS_SETTING
    from generator.packs.places import TEMPLATES, available
    from generator.packs.places import find as find_pack
    from generator.packs.places import own as own_packs
    from generator.packs.places import roots as pack_roots
    from generator.packs.readable import approval
    from generator.packs.reading import reading as reading_words
    from generator.packs.schema import (
        CheckSpec,
        ColumnSpec,
        DraftSettings,
        DriverSpec,
        FieldSpec,
        ListSpec,
        MergeSpec,
        ReasonSpec,
        RenameSpec,
        SheetSpec,
        TableSpec,
    )
    from generator.packs.sound import look, together
    from generator.packs.tables import RowView, View, column_label, row_columns, slot_ids
    from generator.packs.upgrade import upgrade as upgrade_pack
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "PACKS_SETTING",
    "TEMPLATES",
    "Case",
    "CheckSpec",
    "ColumnSpec",
    "CompiledPack",
    "Context",
    "DraftSettings",
    "DriverSpec",
    "Expression",
    "FieldSpec",
    "Grid",
    "GridCell",
    "Language",
    "LanguageError",
    "ListSpec",
    "Listed",
    "MergeSpec",
    "Pack",
    "PackError",
    "Part",
    "ReasonSpec",
    "RenameSpec",
    "RowView",
    "Rule",
    "SheetSpec",
    "TableSpec",
    "View",
    "Word",
    "approval",
    "assemble",
    "available",
    "choices",
    "column_label",
    "compose",
    "create_pack",
    "decide",
    "differences",
    "find_pack",
    "joined",
    "listed",
    "load",
    "look",
    "met",
    "of_year",
    "own_packs",
    "pack_roots",
    "parse_grid",
    "read_toml",
    "reading_words",
    "row_columns",
    "schema_models",
    "slot_ids",
    "spans_of",
    "together",
    "upgrade_pack",
    "word",
]
