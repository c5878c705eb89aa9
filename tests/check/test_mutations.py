"""Random damage: nothing that changes a claim is accepted."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.check.bundles import Bundle, deep, endless, figure1, pair
from tests.check.mutate import bundle_files, claim, damages, survives
from twill.check import check

EACH = 400


@pytest.mark.parametrize("make", [figure1, pair, endless, deep])
def test_no_damage_changes_a_claim(tmp_path: Path, make: Callable[[], Bundle]) -> None:
    """A damaged bundle is rejected, or proves what it proved before: the damage was none.

    What may survive is what means nothing: the version, white space, another valid witness, an
    atom or a source that nothing uses.
    """
    make().write(tmp_path / "whole")
    files = bundle_files(tmp_path / "whole")
    before = claim(check(tmp_path / "whole"))
    survived = []
    for damage in damages(files, EACH, EACH):
        folder = tmp_path / "damaged"
        message = survives(damage.files, folder, before)
        if not message:
            survived.append(damage.what)
        shutil.rmtree(folder)
    assert len(survived) <= EACH // 10, survived
