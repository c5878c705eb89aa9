"""Timed event graphs: liveness, throughput and robustness follow from them by arithmetic."""
