"""Reports: what a schedule looks like to a reader."""
