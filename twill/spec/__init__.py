"""YAML to loops and machines: reading with positions, validation, parameters, sub-tiling."""
