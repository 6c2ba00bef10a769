"""Versions of a department: kept, compared, sealed, corrected."""
