from __future__ import annotations

import pytest

from twill.lower.cuda.sass import read_sass

LISTING = """\
	.section	.text.k,"ax",@progbits
                                                           // +------------+--------+
                                                           // |    GPR     | PRED   |
                                                           // |  # 0123456 |  # 01  |
k:                                                         // |            |        |
.text.k:                                                   // |            |        |
        /*0000*/              LDC R1, c[0x0][0x28] ;       // |  1  ^      |        |
        /*0010*/         @!P0 BRA `(.L_x_0) ;              // |  2 ::      |  1 v   |
.L_x_1:                                                    // |  1  :      |        |
        /*0060*/              USETMAXREG.TRY_ALLOC UP0, 0xe8 ; // |  1  :      |        |
        /*0080*/         @!P0 BRA `(.L_x_1) ;              // |  1  :      |  1 v   |
        /*0090*/              HGMMA.64x8x16 R2, gdesc[UR8], R2 ; // |  5  :xxxx  |        |
        /*00a0*/              BRA `(.L_x_2) ;              // |  1  :      |        |
.L_x_0:                                                    // |  1  :      |        |
        /*0c40*/              USETMAXREG.DEALLOC 0x28 ;    // |  2 ::      |        |
        /*0c50*/              BSSY B0, `(.L_x_3) ;         // |  2 ::      |        |
        /*0c60*/          @P0 BSYNC B0 ;                   // |  2 ::      |        |
        /*0c70*/              BSYNC B0 ;                   // |  2 ::      |        |
.L_x_3:                                                    // |  2 ::      |        |
        /*0c80*/              MOV R6, RZ ;                 // |  3 ::    ^ |        |
.L_x_2:                                                    // |  1  :      |        |
        /*0c90*/              EXIT ;                       // |  1  :      |        |
        /*0ca0*/              MOV R5, RZ ;                 // |  1      ^  |        |
"""


def test_operations_are_counted_by_name() -> None:
    """Guards and modifiers are not part of an operation's name."""
    names = read_sass(LISTING).names()
    assert (names["BRA"], names["HGMMA"], names["BSYNC"]) == (3, 1, 2)
    assert read_sass(LISTING).code[1].opcode == "BRA"


def test_each_setmaxnreg_has_its_own_code() -> None:
    """A region goes through branches and meeting points, and ends before the next setmaxnreg."""
    first, more, fewer = read_sass(LISTING).regions()
    assert (first.limit, more.limit, fewer.limit) == (None, 0xE8, 0x28)
    assert [i.name for i in more.code] == ["BRA", "HGMMA", "BRA", "EXIT"]
    assert [i.name for i in fewer.code] == ["BSSY", "BSYNC", "BSYNC", "MOV", "EXIT"]


def test_registers_are_those_alive() -> None:
    """The highest counts, not how many: R6 alone needs seven registers."""
    first, more, fewer = read_sass(LISTING).regions()
    assert (first.used, first.live) == (2, 2)
    assert (more.used, more.live) == (6, 5)
    assert (fewer.used, fewer.live) == (7, 3)


def test_what_a_call_might_write_is_not_alive() -> None:
    """The marks of a callee that is not known would look like registers of the role."""
    call = "        /*0c90*/              CALL.REL.NOINC `($f) ;     // |  7 xv^^^^^ |        |"
    exit_ = next(line for line in LISTING.splitlines() if "EXIT" in line)
    code = read_sass(LISTING.replace(exit_, f"{call}\n{exit_}")).regions()[1].code
    assert [(i.highest, i.live) for i in code if i.name == "CALL"] == [(1, 2)]


@pytest.mark.parametrize(("listing", "count"), [("", 0), (LISTING * 2, 2)])
def test_exactly_one_kernel_is_expected(listing: str, count: int) -> None:
    """Registers of several kernels would be mixed up."""
    with pytest.raises(ValueError, match=f"holds {count} kernels"):
        read_sass(listing)
