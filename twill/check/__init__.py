"""Checks certificates with the standard library alone: no solver, no encoder, is trusted."""
