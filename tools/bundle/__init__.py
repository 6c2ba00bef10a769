"""Folders that run without anything installed: Windows and Linux.  ``make bundle`` or ``python -m tools.bundle``."""
