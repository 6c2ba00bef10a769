"""A page that is HTML by nature (a comparison, a report for reviewers) as a tagged PDF, set by WeasyPrint."""

from __future__ import annotations

from datetime import datetime

from generator.model import Fonts
from generator.writers import fonts as fontfiles
from generator.writers import pdf

CSS = """
@page { size: A4; margin: 20mm 18mm 18mm; @bottom-center { content: "— " counter(page) " —"; font: 9pt var(--song); } }
html, body, td, th { font-family: var(--song) !important; }
body { font-size: 10.5pt !important; max-width: none !important; }
h1, h2, h3 { font-family: var(--hei) !important; font-weight: 400; break-after: avoid; }
section, tr { break-inside: avoid; }
"""


def print_page(page: bytes, moment: datetime) -> bytes:
    """The page (UTF-8, nothing from outside) as PDF/UA-1; ``moment``: the date that the file bears.

    ImportError or OSError where WeasyPrint cannot be used (ask ``trouble`` first).
    """
    date = moment.date().isoformat()
    head = f'<meta name="dcterms.created" content="{date}"><meta name="dcterms.modified" content="{date}"></head>'
    return pdf.set_page(page.decode().replace("</head>", head, 1), fontfiles.font_css(Fonts()) + CSS, Fonts())
