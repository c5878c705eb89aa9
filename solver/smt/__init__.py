"""A second engine for the joint problem at a fixed II, in Z3, written independently of CP-SAT.

It is there to check the first one, so it shares no code with it and states every constraint in
another way. Where CP-SAT has slots on a circle, intervals and numbered roles, this engine has

* one time point per operation, unrolled: instances u + k * II for every k that can matter, all
  constraints being clauses over differences of two points;
* "on the same role" as a relation of pairs instead of a role's number;
* loads and lives counted at the instants at which something begins.

It uses no lemma but that a schedule may be moved in time as a whole. ``engine.decide`` solves.
"""
