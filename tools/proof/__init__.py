"""Proofs that take long, and benchmarks."""
