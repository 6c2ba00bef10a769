"""Tie-out: the finished files are read back, and every number in them is matched to its figure."""
