"""Refutations that anyone can check: made here, believed only after ``twill.check``."""
