"""What surrounds a loop: blocks and their tiles, what is before and after it, self-tests."""
