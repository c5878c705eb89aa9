"""Shipped GPU models, one YAML file each (schema ``twill/machine/v1``)."""
