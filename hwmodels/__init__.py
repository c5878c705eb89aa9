"""The machines that ship with Twill, as YAML files (schema ``twill/machine/v1``)."""
