"""Explanations from the numbers: parts of a change, facts, drafts, and what holds drafts to figures."""
