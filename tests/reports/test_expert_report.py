from __future__ import annotations

import pytest
from syrupy.assertion import SnapshotAssertion

from twill.expert import (
    Citation,
    Expert,
    ExpertBarrier,
    ExpertBuffer,
    ExpertRole,
    Pairing,
    Performance,
    Step,
)
from twill.reports.terminal import Page
from twill.reports.terminal.catalogue import Entry, catalogue
from twill.reports.terminal.expert import expert_report
from twill.spec.expert import load_expert, shipped_experts

KERNEL = Expert(
    name="kernel",
    title="A kernel with everything",
    machine="h100",
    sources=(
        Citation("the loop", "owner/name", "0123456789abcdef", "kernel.cu", ("10-20", "30")),
        Citation("a paper"),
    ),
    tile={"M": 128, "N": 64},
    roles=(
        ExpertRole("load", 1, 24, ((Step("K", 1),),)),
        ExpertRole("consumer", 4, 240, ((Step("S"),), (Step("m"), Step("O", -1))), "M"),
        ExpertRole("epilogue", 1, None, ()),
    ),
    buffers=(ExpertBuffer("K", "shared", 2, ("K",)), ExpertBuffer("S", "register", 1, ("S",), "M")),
    barriers=(
        ExpertBarrier("full", "mbarrier", "load", "consumer", Step("K", 1), Step("S", 1)),
        ExpertBarrier("turn", "named barrier", "consumer", "consumer", note="of the next tile"),
    ),
    invariants=("Q",),
    pairings=(
        Pairing("gemm", "h100", {"M": 128}, {"M": 2}, ("roles.register_file=68608",), "a reason"),
    ),
    missing=("another loop",),
    scope=("the epilogue",),
    notes=("a trap",),
    performance=(Performance(661, "TFLOPS", "on one GPU", "a table"),),
)


def test_report_of_a_kernel(golden: SnapshotAssertion) -> None:
    """Everything that a file can say."""
    assert expert_report(Page(), KERNEL) == golden


def test_report_of_a_bare_kernel(golden: SnapshotAssertion) -> None:
    """What is not there has no heading."""
    bare = Expert("bare", "A bare kernel", "h100", (), {"M": 1}, KERNEL.roles[:1], (), ())
    assert expert_report(Page(), bare) == golden


@pytest.mark.parametrize("name", shipped_experts())
def test_shipped_kernels_fit_the_narrowest_page(name: str) -> None:
    """No line is longer than the page, in the poorest characters."""
    text = expert_report(Page(80, unicode=False), load_expert(name))
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80


def test_text_of_a_file_cannot_control_the_terminal() -> None:
    """Escapes are shown, not sent."""
    wild = Expert(
        "x", "a\x1b[31mb", "m", (), {"M": 1}, KERNEL.roles[:1], (), (), notes=("\x1b[0m",)
    )
    assert "\x1b" not in expert_report(Page(), wild)


def test_catalogue(golden: SnapshotAssertion) -> None:
    """Loops, machines and kernels; a kernel also with its machine and loop."""
    loops, machines = [Entry("a_loop", "A loop")], [Entry("a_machine", "A machine")]
    kernels = [Entry("a_longer_kernel", "A kernel", ("h100", "gemm"))]
    assert catalogue(Page(), loops, machines, kernels) == golden
