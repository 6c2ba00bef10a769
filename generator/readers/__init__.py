"""Reads what was published: tables of a Word or PDF file as sheets."""
