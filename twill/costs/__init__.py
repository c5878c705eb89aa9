"""Cost models: what a tile operation costs on a machine, in cycles, with the arithmetic."""
