"""Shipped loops, one YAML file each (schema ``twill/loop/v1``)."""
