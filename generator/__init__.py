"""juesuan: from a department's filled workbook to its published final accounts or budget.

The engine knows no region: the law and the wording of a region are data under ``templates/``.
"""

from __future__ import annotations

__version__ = "0.1.0"
