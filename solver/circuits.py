"""Circuits of delays and distances: the II that they need, and those that no II satisfies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Arc:
    """start[dst] + distance * II >= start[src] + delay; ``why`` is shown to the reader.

    ``source``: ("dependence", its number) or ("ring", its name, what ends a life, what begins
    the next), as a certificate states it.
    """

    src: str
    dst: str
    delay: int
    distance: int
    why: str
    source: tuple[Any, ...] = ()


class ImpossibleCircuit(Exception):
    """A circuit that no II satisfies: positive delay over no distance."""

    def __init__(self, circuit: tuple[Arc, ...]) -> None:
        super().__init__(circuit_detail(circuit))
        self.circuit = circuit


def circuit_detail(circuit: tuple[Arc, ...]) -> str:
    """The arithmetic of a circuit: its delays, their sum, over how many iterations."""
    delay = sum(arc.delay for arc in circuit)
    distance = sum(arc.distance for arc in circuit)
    steps = " + ".join(str(arc.delay) for arc in circuit)
    total = f"{steps} = {delay}" if len(circuit) > 1 else steps
    reasons = "".join(f"; {arc.why}" for arc in circuit if arc.why.startswith("ring"))
    plural = "iteration" if distance == 1 else "iterations"
    return f"{total} cycles over {distance} {plural}{reasons}"


def max_cycle_ratio(names: list[str], arcs: list[Arc]) -> tuple[int, tuple[Arc, ...]] | None:
    """The smallest integer II that no circuit forbids, and a circuit that forbids II - 1.

    None if no circuit has positive delay. Raises ImpossibleCircuit where no II will do.
    """
    if positive_circuit(names, arcs, 0) is None:
        return None
    high = sum(max(arc.delay, 0) for arc in arcs) + 1
    blocked = positive_circuit(names, arcs, high)
    if blocked is not None:
        raise ImpossibleCircuit(blocked)
    low = 0
    witness: tuple[Arc, ...] = ()
    while high - low > 1:
        middle = (low + high) // 2
        circuit = positive_circuit(names, arcs, middle)
        if circuit is None:
            high = middle
        else:
            low, witness = middle, circuit
    if not witness:
        witness = positive_circuit(names, arcs, low) or ()
    return high, witness


def positive_circuit(names: list[str], arcs: list[Arc], ii: int) -> tuple[Arc, ...] | None:
    """A circuit with sum(delay - II * distance) > 0, or None (Bellman-Ford on longest paths)."""
    length = dict.fromkeys(names, 0)
    via: dict[str, Arc] = {}
    last = None
    for _ in range(len(names) + 1):
        last = None
        for arc in arcs:
            reached = length[arc.src] + arc.delay - ii * arc.distance
            if reached > length[arc.dst]:
                length[arc.dst] = reached
                via[arc.dst] = arc
                last = arc.dst
        if last is None:
            return None
    assert last is not None
    for _ in names:
        last = via[last].src
    circuit = [via[last]]
    while circuit[-1].src != last:
        circuit.append(via[circuit[-1].src])
    return tuple(reversed(circuit))
