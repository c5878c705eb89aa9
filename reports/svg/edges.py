"""The edges of a dependence graph's picture: dependences, and the arcs of a circuit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from twill.problem import Dependence, Problem
from twill.solver.circuits import Arc


@dataclass(frozen=True, slots=True)
class Edge:
    """A dependence to draw; ``critical``: on the circuit; ``ring``: it stands for reuse."""

    src: str
    dst: str
    distance: int
    hover: str
    label: str = ""
    critical: bool = False
    ring: bool = False

    @property
    def key(self) -> str:
        """Unique among the edges of a picture."""
        return f"{self.src}\0{self.dst}\0{self.distance}"


def edges(problem: Problem, circuit: Sequence[Arc]) -> list[Edge]:
    """Stated dependences, one edge for those between the same ends, and the circuit's arcs."""
    stated: dict[tuple[str, str, int], list[Dependence]] = defaultdict(list)
    for d in problem.dependences:
        stated[d.src, d.dst, d.distance].append(d)
    critical = {(arc.src, arc.dst, arc.distance): arc for arc in circuit}
    found = []
    for (src, dst, distance), alike in stated.items():
        arc = critical.pop((src, dst, distance), None)
        hover = f"{src} → {dst}: " + "; ".join(map(_kind, alike))
        label = _distance(distance) if arc is None else _delay(arc)
        found.append(Edge(src, dst, distance, hover, label, arc is not None))
    for arc in critical.values():
        hover = f"{arc.src} → {arc.dst}: {arc.why}, delay {arc.delay}, distance {arc.distance}"
        found.append(Edge(arc.src, arc.dst, arc.distance, hover, _delay(arc), True, True))
    return found


def told(problem: Problem, circuit: Sequence[Arc]) -> str:
    """The graph in words: its size, its dependences, and the circuit."""
    words = [f"{len(problem.ops)} operations, {len(problem.dependences)} dependences."]
    if circuit:
        steps = ", ".join(f"{arc.src} to {arc.dst} {arc.delay}" for arc in circuit)
        over = sum(arc.distance for arc in circuit)
        cycles = sum(arc.delay for arc in circuit)
        plural = "s" if over != 1 else ""
        words.append(f"Critical circuit: {steps}; {cycles} cycles over {over} iteration{plural}.")
    readers: dict[str, list[str]] = defaultdict(list)
    for d in problem.dependences:
        past = f" {d.distance} later" if d.distance else ""
        readers[d.src].append(f"{d.dst}{past}")
    words += [f"{src} to {', '.join(dict.fromkeys(names))}." for src, names in readers.items()]
    return " ".join(words)


def _kind(d: Dependence) -> str:
    wait = ", blocking wait" if d.blocking else ""
    return f"{d.kind}, delay {d.delay}, distance {d.distance}{wait}"


def _distance(distance: int) -> str:
    return f"d{distance}" if distance else ""


def _delay(arc: Arc) -> str:
    return f"{arc.delay} {_distance(arc.distance)}".rstrip()
