from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports.hand_made import attention, ping_pong
from twill.problem import Op, Problem, Reservation, RoleLimits, Unit
from twill.reports.period import Piece, covered, split
from twill.reports.terminal.lanes import Scale, content, pack, scale, ticks
from twill.reports.terminal.page import Page, render
from twill.reports.terminal.timeline import timeline
from twill.reports.terminal.view import TerminalView
from twill.reports.view import symbol
from twill.schedule import Placement, Role, Schedule

NAMES = st.text("abcXYZ_012", min_size=1, max_size=12)


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Problem, Schedule]:
    """Any placement of ops with any reservations: legal or not, it must be drawn."""
    ii = draw(st.integers(1, 5000))
    units = [
        Unit(f"u{i}", draw(st.integers(1, 4)), draw(st.booleans()))
        for i in range(draw(st.integers(0, 3)))
    ]
    names = draw(st.lists(NAMES, min_size=1, max_size=60, unique=True))
    roles = [Role(f"r{i}", 4, None) for i in range(draw(st.integers(0, 3)))]
    ops, places = [], {}
    for name in names:
        uses = {
            unit.name: (
                Reservation(
                    draw(st.integers(0, 3 * ii)),
                    draw(st.integers(0, 2 * ii)),
                    draw(st.integers(1, unit.capacity)),
                ),
            )
            for unit in units
            if draw(st.booleans())
        }
        ops.append(Op(name, uses, issue=draw(st.integers(0, 2 * ii))))
        start = draw(st.integers(0, 4 * ii))
        role = draw(st.sampled_from(roles)).name if roles else None
        places[name] = Placement(start, start // ii, start % ii, role)
    limits = RoleLimits(3, 12) if roles else None
    problem = Problem("any", tuple(ops), units=tuple(units), roles=limits)
    schedule = Schedule(
        "", "optimal", ii, 1, 5, 1, (), "not proved", tuple(roles), places
    )  # fmt: skip
    return problem, schedule


@settings(max_examples=150, deadline=None)
@given(schedules(), st.integers(80, 120), st.booleans())
def test_never_overflows_and_drops_no_op(
    case: tuple[Problem, Schedule], width: int, unicode: bool
) -> None:
    """Every line fits the page; every op is named in the rows or by its symbol in the legend."""
    view = TerminalView(*case)
    text = render(Page(width, unicode=unicode), timeline(Page(width, unicode=unicode), view))
    assert max(map(len, text.splitlines())) <= width
    for op in case[0].ops:
        assert op.name in text


@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 400)), max_size=80),
    st.integers(30, 110),
)
def test_boxes_do_not_overlap(uses: list[tuple[int, int]], columns: int) -> None:
    """Every piece has a box with a column of its own, inside the ruler, however many there are."""
    period = 1000
    pieces = [
        Piece(f"op{i}", begin, end, (f"op{i}", symbol(i, len(uses))), opened, closed)
        for i, (start, length) in enumerate(uses)
        for begin, end, opened, closed, _ in split(start, length, period)
    ]
    lanes = pack(pieces, Scale(period, columns))
    assert sorted(b.piece.op for lane in lanes for b in lane) == sorted(p.op for p in pieces)
    for lane in lanes:
        assert all(0 <= box.left < box.right <= columns for box in lane)
        assert all(a.right <= b.left for a, b in pairwise(lane))
        assert all(len(content(box)) == box.right - box.left for box in lane)


@given(st.integers(0, 10**6), st.integers(0, 10**5), st.integers(1, 10**4))
def test_pieces_add_up(start: int, length: int, period: int) -> None:
    """Cutting a use at the period's edges loses no cycle."""
    pieces = split(start, length, period)
    assert sum(end - begin for begin, end, *_ in pieces) == length
    assert all(0 <= begin <= end <= period for begin, end, *_ in pieces)
    assert pieces[0][2]
    assert pieces[-1][3]


@given(st.integers(1, 10**7), st.integers(20, 110))
def test_ruler_has_readable_ticks(period: int, room: int) -> None:
    """Ticks begin at 0, end at the period, and their numbers do not touch."""
    ruler = scale(period, room)
    assert ruler.columns <= room
    marks = ticks(ruler)
    assert marks[0] == 0
    assert marks[-1] == period
    columns = [ruler.column(mark) for mark in marks]
    for (mark, left), right in zip(zip(marks, columns, strict=True), columns[1:], strict=False):
        assert right - left > len(str(mark)) or len(marks) == 2


@given(st.integers(1, 4000))
def test_symbols_are_unique(count: int) -> None:
    """No two ops share a symbol."""
    assert len({symbol(i, count) for i in range(count)}) == count


def test_row_of_the_tensor_core() -> None:
    """The ping-pong schedule keeps the tensor core busy in all columns."""
    lines = render(
        Page(100), timeline(Page(100), TerminalView(attention(), ping_pong()))
    ).splitlines()
    tensor = next(line for line in lines if line.startswith("  tensor"))
    assert tensor.endswith("100%")
    assert "S0@+1" in tensor
    assert "O0@+0" in tensor
    assert tensor.index("S0@+1") < tensor.index("O0@+0") < tensor.index("S1@+1")


def test_row_of_a_fluid_unit() -> None:
    """A fluid unit is asked for more than it has for a while: one row, its share of the period."""
    uses = {"port": (Reservation(0, 10, 8),)}
    problem = Problem("fluid", (Op("a", uses), Op("b", uses)), units=(Unit("port", 8, fluid=True),))
    places = {name: Placement(0, 0, 0, None) for name in ("a", "b")}
    schedule = Schedule("", "optimal", 40, 1, 10, 1, (), "not proved", (), places)
    text = render(Page(100), timeline(Page(100), TerminalView(problem, schedule)))
    row = next(line for line in text.splitlines() if line.startswith("  port"))
    assert row.endswith(" ~50%")
    assert "█" in row
    assert "only its share of the period is limited" in text


def test_a_share_of_many_digits_has_room() -> None:
    """A placement that asks a unit for ten times what it has is drawn, too."""
    uses = {"port": (Reservation(0, 100, 8),)}
    problem = Problem("full", (Op("a", uses), Op("b", uses)), units=(Unit("port", 8, fluid=True),))
    places = {name: Placement(0, 0, 0, None) for name in ("a", "b")}
    schedule = Schedule("", "optimal", 1, 1, 1, 1, (), "not proved", (), places)
    for width in range(80, 121):
        text = render(Page(width), timeline(Page(width), TerminalView(problem, schedule)))
        assert "~20000%" in text
        assert max(map(len, text.splitlines())) <= width


@given(
    st.lists(st.tuples(st.integers(0, 90), st.integers(0, 40)), max_size=20),
)
def test_covered_cycles_count_once(uses: list[tuple[int, int]]) -> None:
    """Overlapping pieces count like the set of their cycles."""
    pieces = [Piece("op", begin, begin + length, ("op",)) for begin, length in uses]
    cycles = {cycle for begin, length in uses for cycle in range(begin, begin + length)}
    assert covered(pieces) == len(cycles)
