from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reports.svg.drawn import SVG, parse, pictures, rects, texts, views
from tests.reports.test_timeline import schedules
from twill.problem import Dependence, Problem
from twill.reports.svg import period_svg, stylesheet, unrolled_svg
from twill.reports.svg.element import element
from twill.reports.view import View
from twill.schedule import Schedule
from twill.text import visible

HOSTILE = "</svg><script>alert(1)</script>\"'&]]>\x00\x1b\ud800<!--\u202e"


def renamed(view: View, mark: str) -> View:
    """The same schedule with ``mark`` in every name that a spec may choose."""

    def new(name: str) -> str:
        return f"{mark}{name}"

    problem, schedule = view.problem, view.schedule
    ops = tuple(
        replace(
            op,
            name=new(op.name),
            reservations={new(unit): uses for unit, uses in op.reservations.items()},
            in_place=op.in_place and replace(op.in_place, op=new(op.in_place.op)),
        )
        for op in problem.ops
    )
    dependences = tuple(replace(d, src=new(d.src), dst=new(d.dst)) for d in problem.dependences)
    units = tuple(replace(unit, name=new(unit.name)) for unit in problem.units)
    roles = tuple(replace(role, name=new(role.name)) for role in schedule.roles)
    places = {
        new(name): replace(place, role=place.role and new(place.role))
        for name, place in schedule.ops.items()
    }
    return View(
        replace(problem, name=new(problem.name), ops=ops, dependences=dependences, units=units),
        replace(schedule, roles=roles, ops=places),
    )


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
@pytest.mark.parametrize("standalone", [False, True])
def test_well_formed_and_alone(name: str, standalone: bool) -> None:
    """XML with a title and a description that it is labelled by, and no reference outside."""
    for kind, picture in pictures(views()[name], standalone=standalone).items():
        if not picture:
            continue
        root = parse(picture)
        assert root.tag == f"{SVG}svg"
        assert root.get("role") == "img"
        labels = [root.find(f"*[@id='{i}']") for i in str(root.get("aria-labelledby")).split()]
        assert all(label is not None and label.text for label in labels), kind
        assert "<script" not in picture
        assert picture.count("://") == 1, "only the namespace"
        assert "var(" not in picture


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
def test_ids_are_unique_and_there(name: str) -> None:
    """All pictures of a schedule can stand on one page; what is referred to exists."""
    page = "".join(pictures(views()[name]).values())
    ids = re.findall(r' id="([^"]*)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]*)\)", page)) <= set(ids)


def test_an_id_is_checked() -> None:
    """What would break out of an id is refused."""
    with pytest.raises(ValueError, match="no id"):
        period_svg(views()["figure1"], ident='x" onload="')


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
def test_hostile_names_stay_names(name: str) -> None:
    """Names that look like markup make no elements, and the text is XML still."""
    plain, hostile = pictures(views()[name]), pictures(renamed(views()[name], HOSTILE))
    for kind, picture in hostile.items():
        assert bool(picture) == bool(plain[kind])
        if picture:
            root = parse(picture)
            assert {node.tag for node in root.iter()} <= {
                f"{SVG}{tag}"
                for tag in (
                    "svg", "title", "desc", "defs", "pattern", "rect", "path", "g", "text",
                    "tspan", "clipPath", "marker",
                )
            }  # fmt: skip
            assert not [key for node in root.iter() for key in node.attrib if key.startswith("on")]


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
@pytest.mark.parametrize("mark", ["", "a_quite_long_name_in_front_of_", "表示幅の広い"])
def test_text_fits(name: str, mark: str) -> None:
    """No text is wider than the box it is in, leaves the picture, or is smaller than 11."""
    for kind, picture in pictures(renamed(views()[name], mark)).items():
        if not picture:
            continue
        box = parse(picture).get("viewBox", "").split()
        right, bottom = float(box[2]), float(box[3])
        for text in texts(picture):
            assert text.size >= 11
            assert text.left >= -0.5, (kind, text)
            assert text.right <= right + 0.5, (kind, text)
            assert text.y <= bottom, (kind, text)
        if kind == "graph":
            continue
        for text in texts(picture):
            middle = (text.left + text.right) / 2
            around = [
                rect.width
                for rect in rects(picture)
                if rect.title
                and rect.x < middle < rect.x + rect.width
                and rect.y < text.y < rect.y + rect.height
            ]
            if "t" in text.classes and around:
                assert text.right - text.left <= max(around), (kind, text)


@pytest.mark.parametrize("name", ["figure1", "vliw", "attention"])
def test_no_text_on_another(name: str) -> None:
    """Texts on one line do not touch."""
    for kind, picture in pictures(views()[name]).items():
        by_line: dict[float, list[tuple[float, float, str]]] = {}
        for text in texts(picture) if picture else []:
            by_line.setdefault(text.y, []).append((text.left, text.right, text.content))
        for line in by_line.values():
            for one, other in pairwise(sorted(line)):
                assert one[1] <= other[0] + 1, (kind, one, other)


@settings(max_examples=40, deadline=None)
@given(schedules())
def test_anything_can_be_drawn(case: tuple[Problem, Schedule]) -> None:
    """Any placement of any reservations, legal or not, makes well-formed pictures."""
    view = View(*case)
    for picture in (period_svg(view), unrolled_svg(view)):
        parse(picture)
        assert len(picture) < 400_000


def test_a_dense_graph_is_drawn() -> None:
    """Many back edges and edges over many layers: every edge is there, once."""
    from twill.problem import Op
    from twill.reports.svg import dependence_graph_svg

    names = [f"op{i}" for i in range(12)]
    pairs = [(a, b) for i, a in enumerate(names) for b in names[i:]]
    dependences = tuple(Dependence(a, b, 1, int(a == b)) for a, b in pairs)
    back = tuple(Dependence(b, a, 1, 1) for a, b in pairs if a != b)
    problem = Problem("dense", tuple(map(Op, names)), (*dependences, *back))
    root = parse(dependence_graph_svg(problem))
    edges = [n for n in root.iter(f"{SVG}path") if n.get("marker-end")]
    assert len(edges) == len(dependences) + len(back)


@given(st.text(), st.text())
def test_an_element_keeps_its_texts(attribute: str, content: str) -> None:
    """What goes in as text or attribute is read back, as far as it can be seen."""
    node = parse(element("a", {"b": attribute}, content))
    assert node.get("b") == visible(attribute)
    assert (node.text or "") == visible(content)
    assert len(node) == 0


def test_style_is_plain() -> None:
    """The style loads nothing and names every class that a picture uses."""
    assert "url(" not in stylesheet()
    assert "@import" not in stylesheet()
    used = {
        name
        for view in views().values()
        for picture in pictures(view).values()
        if picture
        for node in parse(picture).iter()
        for name in node.get("class", "").split()
    }
    assert [name for name in used if f".{name} " not in stylesheet() + " "] == []
