"""Measures the solver: ``python -m benchmarks.solve``."""
