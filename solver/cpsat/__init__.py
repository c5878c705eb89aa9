"""The joint problem at a fixed II in OR-Tools CP-SAT, at raw cycles.

One module per group of constraints; ``model.build`` composes them, ``engine.run`` solves.
"""
