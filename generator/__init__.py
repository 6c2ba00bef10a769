"""juesuan: from a department's filled workbook to its published final accounts or budget.

The engine knows no region: the law and the wording of a region are data under ``templates/``.
"""

from __future__ import annotations

__version__ = "0.2.0"
PROGRAM = f"juesuan {__version__}"
"""What every file that is written says of who made it."""
