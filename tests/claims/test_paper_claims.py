"""The page on the paper's claims is what its results say, and cheap claims come out again."""

from __future__ import annotations

import json

import pytest

from benchmarks.paper.__main__ import stored
from benchmarks.paper.claim import Claim, from_json, to_json, verdict
from benchmarks.paper.counting import Timeline
from benchmarks.paper.kernels import BLACKWELL_FORWARD
from benchmarks.paper.page import PAGE, RESULTS, rendered
from benchmarks.paper.questions import sat_at
from benchmarks.paper.registry import computations
from benchmarks.paper.structure import Structure, fa3_pipelined, has_ping_pong


@pytest.fixture(scope="module")
def claims() -> dict[str, Claim]:
    """The claims of the results file."""
    return stored()


def test_every_claim_has_its_result(claims: dict[str, Claim]) -> None:
    """The file holds each claim once, in the order of the page."""
    assert list(claims) == list(computations())


def test_the_page_is_made_of_the_results(claims: dict[str, Claim]) -> None:
    """Nobody edited a table by hand, and the results were not changed without the page."""
    page = PAGE.read_text(encoding="utf-8")
    assert rendered(page, claims) == page


def test_differences_are_explained(claims: dict[str, Claim]) -> None:
    """Where the profiles answer differently the page says which is right."""
    assert [claim.name for claim in claims.values() if claim.differs and not claim.right] == []


def test_results_survive_json() -> None:
    """Reading and writing the results changes nothing."""
    document = json.loads(RESULTS.read_text(encoding="utf-8"))
    assert json.loads(json.dumps(to_json(from_json(document)))) == document


@pytest.mark.parametrize("name", ["figure1", "straight_line", "input", "knobs", "extraction"])
def test_cheap_claims_come_out_again(claims: dict[str, Claim], name: str) -> None:
    """Computed now, these claims say what the results file says."""
    assert computations()[name]() == claims[name]


def test_the_page_needs_its_regions(claims: dict[str, Claim]) -> None:
    """A page without a region is refused rather than left incomplete."""
    with pytest.raises(ValueError, match="region summary"):
        rendered("no regions", claims)


def test_verdicts() -> None:
    """An open question is neither reproduced nor not reproduced."""
    assert verdict(True) == "reproduced"
    assert verdict(False) == "not reproduced"
    assert verdict(None) == "not decided within the limits"


def test_a_sum_of_groups_is_refuted_at_the_smallest_i() -> None:
    """Fewer warps: one group beside the loads cannot reach I 16 on Blackwell forward."""
    from dataclasses import replace

    assert sat_at(replace(BLACKWELL_FORWARD, readings=("places=2",)), 16) is False


def test_counting_iterations_in_a_row() -> None:
    """A value alive for one and a half periods is there twice half of the time."""
    timeline = Timeline(4, {"A": 0, "B": 6}, {"A": 5}, {"A": (("B", 0, 0),)})
    assert timeline.peak().amount == 10
    shorter = Timeline(4, {"A": 0, "B": 4}, {"A": 5}, {"A": (("B", 0, 0),)})
    assert shorter.peak().amount == 5
    reading = Timeline(4, {"A": 0, "B": 4}, {"A": 5}, {"A": (("B", 0, 1),)})
    assert reading.peak().amount == 10


def _two_tiles(second: int) -> Structure:
    """Two sub-tiles on a period of 8, the exponential of each 2 cycles after its S."""
    start = {
        "S[a]": 0,
        "p[a]": 2,
        "O[a]": 10,
        "S[b]": second,
        "p[b]": second + 2,
        "O[b]": second + 4,
    }
    unit = {"S": "tensor", "O": "tensor", "p": "sfu"}
    held = {op: {unit[op[0]]: ((0, 2),)} for op in start}
    return Structure(8, start, dict.fromkeys(start, "0"), held)


def test_the_pipeline_is_read_off_the_starts() -> None:
    """S of the next iteration before O of this one: on the tile whose O is a period away."""
    assert fa3_pipelined(_two_tiles(4)) == ("a",)


def test_ping_pong_is_read_off_the_tensor_core() -> None:
    """Each exponential under the other tile's multiplies, or under its own."""
    assert not has_ping_pong(_two_tiles(4))
    start = {"S[a]": 0, "p[a]": 4, "O[a]": 10, "S[b]": 4, "p[b]": 8, "O[b]": 14}
    turns = Structure(8, start, dict.fromkeys(start, "0"), _two_tiles(4).held)
    assert has_ping_pong(turns)
