"""The paper's claims, computed: ``python -m benchmarks.paper``."""
