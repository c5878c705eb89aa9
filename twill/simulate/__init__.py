"""Runs a lowered schedule with values: what it computes, how fast, and what goes wrong."""

from twill.simulate.finding import Finding
from twill.simulate.simulation import Execution, Mode, Request, Simulation, simulate

__all__ = ["Execution", "Finding", "Mode", "Request", "Simulation", "simulate"]
