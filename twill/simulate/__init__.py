"""Runs a lowered schedule with values: what it computes, how fast, and what goes wrong."""
