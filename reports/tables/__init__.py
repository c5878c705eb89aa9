"""The content of a report as plain data, shared by every format."""
