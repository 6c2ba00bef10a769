"""Published documents, understood: tables by what they hold, amounts by where they stand, text by its outline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generator._face import lazy

if TYPE_CHECKING:
    from generator.published._heads import Column
    from generator.published.binding import Binder, Candidate
    from generator.published.cells import find as cell
    from generator.published.cells import labelled as cell_label
    from generator.published.cells import value as cell_of_row
    from generator.published.document import Understood, understand
    from generator.published.identity import Identity, year_in
    from generator.published.mentions import Mention, Sentences, read_label
    from generator.published.mentions import mentions as mentions_in
    from generator.published.mentions import subjects_in as subject_names
    from generator.published.names import bare, flat, han_number, numbered
    from generator.published.outline import Entry, Heading, Outline, Paragraph
    from generator.published.quantities import Quantity
    from generator.published.quantities import quantities as quantities_in
    from generator.published.tables import Place, ReadTable, Row, clean_title
    from generator.published.vocabulary import Vocabulary, vocabulary_of
else:
    __getattr__ = lazy(__name__)

__all__ = [
    "Binder",
    "Candidate",
    "Column",
    "Entry",
    "Heading",
    "Identity",
    "Mention",
    "Outline",
    "Paragraph",
    "Place",
    "Quantity",
    "ReadTable",
    "Row",
    "Sentences",
    "Understood",
    "Vocabulary",
    "bare",
    "cell",
    "cell_label",
    "cell_of_row",
    "clean_title",
    "flat",
    "han_number",
    "mentions_in",
    "numbered",
    "quantities_in",
    "read_label",
    "subject_names",
    "understand",
    "vocabulary_of",
    "year_in",
]
