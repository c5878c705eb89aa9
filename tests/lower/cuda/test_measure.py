from __future__ import annotations

from dataclasses import replace

import pytest

from twill.lower.cuda.compile import Compiled
from twill.lower.cuda.measure import Measured, RoleUse, fitted, lacks_registers, measure
from twill.lower.cuda.ptxas import PtxasReport
from twill.lower.cuda.sass import Instruction, Sass

PTXAS = PtxasReport("k", "sm_90a", 168, 0, 0, 0, 0, 0, ())


def _compiled(*code: Instruction) -> Compiled:
    return Compiled(PTXAS, Sass("k", code, {}))


def test_without_setmaxnreg_all_code_is_every_roles() -> None:
    """On a GPU without role budgets the kernel has one number."""
    measured = measure(_compiled(Instruction("MOV R9, RZ", 4, 9)), {"role1": 8})
    assert measured.roles == (RoleUse("role1", 8, 10, 4),)
    assert measured.faults == ("role1 uses 10 registers of 8",)


def test_a_budget_is_matched_to_its_setmaxnreg() -> None:
    """Each role is measured where the kernel asks for its number of registers."""
    code = _compiled(
        Instruction("MOV R1, RZ", 1, 1),
        Instruction("USETMAXREG.DEALLOC.CTAPOOL 0x18", 1, 1),
        Instruction("MOV R9, RZ", 4, 9),
        Instruction("EXIT", 0, -1),
        Instruction("USETMAXREG.TRY_ALLOC.CTAPOOL UP0, 0xf0", 1, 1),
        Instruction("MOV R200, RZ", 190, 200),
        Instruction("EXIT", 0, -1),
    )
    roles = measure(code, {"load": 24, "mma": 240}).roles
    assert roles == (RoleUse("load", 24, 10, 4), RoleUse("mma", 240, 201, 190))


def test_a_role_that_keeps_its_registers_is_measured_from_the_beginning() -> None:
    """A role whose budget is what the kernel starts with needs no setmaxnreg."""
    code = _compiled(
        Instruction("MOV R160, RZ", 150, 160),
        Instruction("EXIT", 0, -1),
        Instruction("USETMAXREG.DEALLOC.CTAPOOL 0x18", 1, 1),
        Instruction("MOV R9, RZ", 4, 9),
    )
    load, mma = measure(code, {"load": 24, "mma": 168}).roles
    assert (load.used, mma.used) == (10, 161)


def test_a_remark_is_a_fault() -> None:
    """A kernel whose setmaxnreg is ignored compiles, and is not what the schedule means."""
    remark = "ptxas info : setmaxnreg ignored"
    ptxas = PtxasReport("k", "sm_90a", 168, 0, 0, 0, 0, 0, (remark,))
    assert Measured(ptxas, (), {}).faults == (remark,)


def _spilling(size: int) -> PtxasReport:
    return PtxasReport("k", "sm_90a", 168, size, size, size, 0, 0, ())


@pytest.mark.parametrize(
    ("used", "spilled", "remark", "lacks"),
    [
        (152, 0, "", False),
        (153, 0, "", True),
        (152, 4, "", True),
        (152, 0, "(C7507) 'setmaxnreg' ignored to maintain minimum register requirements", True),
        (152, 0, "(C7510) wgmma is serialized due to insufficient register resources", True),
        (152, 0, "warning #177-D: variable was declared but never referenced", False),
    ],
)
def test_a_kernel_lacks_registers_when_ptxas_shows_it(
    used: int, spilled: int, remark: str, lacks: bool
) -> None:
    """By a spill, by a role beyond its budget, or by what it says."""
    ptxas = replace(_spilling(spilled), remarks=(remark,) if remark else ())
    assert lacks_registers(Measured(ptxas, (RoleUse("mma", 152, used, used),), {})) == lacks


def test_a_kernel_is_compiled_again_until_it_fits() -> None:
    """A role that needs 177 registers beside 128 of results gets the first budget that holds it."""
    tried: list[int] = []

    def attempt(overhead: int) -> Measured:
        tried.append(overhead)
        spilled = 0 if 128 + overhead >= 177 else 16
        return Measured(_spilling(spilled), (RoleUse("mma", 128 + overhead, 150, 150),), {})

    overhead, measured = fitted(attempt, 24, 8, 120)
    assert (overhead, measured.ptxas.spills) == (56, 0)
    assert tried == [24, 32, 40, 48, 56]


def test_what_never_fits_comes_back_with_its_faults() -> None:
    """The search for an overhead ends where no role has more registers to give."""
    measured = Measured(_spilling(8), (RoleUse("mma", 248, 248, 248),), {})
    overhead, found = fitted(lambda _: measured, 24, 8, 40)
    assert overhead == 40
    assert found.faults
