"""``twill list`` and ``twill show`` on experts' kernels."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from twill.spec.expert import load_expert, shipped_experts

if TYPE_CHECKING:
    from tests.cli.conftest import Twill


def test_list_has_every_kernel_with_machine_and_loop(twill: Twill) -> None:
    """As text and as JSON."""
    out, document = twill("list").out, twill("list", "--json").json
    assert [entry["name"] for entry in document["experts"]] == list(shipped_experts())
    for name in shipped_experts():
        assert name in out
    fa4 = next(e for e in document["experts"] if e["name"] == "fa4_forward_hdim128")
    assert (fa4["machine"], fa4["specs"]) == ("b200", ["flash_attention_forward"])


def test_show_a_kernel(twill: Twill) -> None:
    """Roles, buffers, barriers, and where they are written."""
    out = twill("show", "fa3_forward_hdim128").out
    expert = load_expert("fa3_forward_hdim128")
    for role in expert.roles:
        assert role.name in out
    assert "K_full" in out
    assert "661 TFLOPS" in out
    assert "hopper/tile_size.h" in out


def test_show_a_kernel_as_json(twill: Twill) -> None:
    """Its fields under the names of the type."""
    document = twill("show", "fa3_forward_hdim128", "--json").json
    assert document["roles"][1]["order"][1] == [{"value": "O", "offset": -1, "index": []}]
    assert document["pairings"][0]["machine"] == "h100"


def test_show_a_file_of_ones_own(twill: Twill, tmp_path: Path) -> None:
    """Found to be a kernel by its schema line, whatever its name."""
    shipped = files("twill.reports.experts") / "fa2_forward_hdim128.yaml"
    path = tmp_path / "mine.yaml"
    path.write_text(shipped.read_text("utf-8").replace("name: fa2_forward_hdim128", "name: mine"))
    assert twill("show", path).out.startswith("mine  FlashAttention-2")


def test_a_wrong_file_is_told_at_its_place(twill: Twill, tmp_path: Path) -> None:
    """As with every other input."""
    path = tmp_path / "mine.yaml"
    path.write_text("schema: twill/expert/v1\nnme: t\n")
    result = twill("show", path)
    assert result.code == 2
    assert "unknown key 'nme'; did you mean 'name'?" in result.err


def test_options_of_a_loop_do_not_go_with_a_kernel(twill: Twill) -> None:
    """A kernel is shown as its file has it."""
    result = twill("show", "fa3_forward_hdim128", "--machine", "h100")
    assert result.code == 2
    assert "EXPERT" in result.err


def test_an_unknown_name_may_be_a_kernel(twill: Twill) -> None:
    """The nearest of loops and kernels is offered."""
    result = twill("show", "fa4_foward_hdim128")
    assert result.code == 2
    assert "did you mean 'fa4_forward_hdim128'?" in result.err
