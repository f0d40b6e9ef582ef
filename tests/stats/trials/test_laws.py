"""The laws of the split tests against those of a numerical library."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import special

from piste.stats.trials import laws


def test_the_normal_law_reaches_far_into_its_tails() -> None:
    for distance in (-37.0, -9.0, -3.0, -0.1, 0.0, 0.4, 2.0, 8.0):
        assert laws.normal(distance) == pytest.approx(float(special.ndtr(distance)), rel=1e-12)
    for chance in (1e-290, 1e-20, 1e-4, 0.025, 0.5, 0.8, 0.999):
        assert laws.normal_at(chance) == pytest.approx(float(special.ndtri(chance)), rel=1e-11, abs=1e-15)
    given = np.linspace(-12, 12, 80)
    assert np.allclose(laws.normal_each(given), special.ndtr(given), rtol=1e-12, atol=0)
    assert (laws.normal_at(0), laws.normal_at(1)) == (-math.inf, math.inf)


@pytest.mark.parametrize("freedom", [1, 2.5, 7, 60, 1234.5, 4e5, 3e9])
def test_students_law_is_the_one_of_the_tables(freedom: float) -> None:
    for distance in (-30.0, -6.0, -1.96, -0.3, -1e-6, 0.0, 0.7, 4.0):
        assert laws.student(freedom, distance) == pytest.approx(float(special.stdtr(freedom, distance)), rel=1e-8)
    for chance in (1e-200, 1e-12, 1e-4, 0.025, 0.3, 0.499):
        if freedom > 3 or chance > 1e-100:
            away = laws.student_at(freedom, chance)
            assert laws.student(freedom, away) == pytest.approx(chance, rel=1e-7)
            assert away == pytest.approx(float(special.stdtrit(freedom, chance)), rel=1e-6)


def test_chi_square() -> None:
    for freedom in (1, 2, 3, 4, 7):
        for value in (0.0, 1e-9, 0.3, 4.0, 25.0, 400.0):
            assert laws.chi_square_beyond(freedom, value) == pytest.approx(float(special.chdtrc(freedom, value)), rel=1e-11)


def test_roots_are_found_where_the_sign_changes() -> None:
    assert laws.root(lambda x: math.exp(x) - 3, -5, 9, within=1e-12) == pytest.approx(math.log(3), abs=1e-11)
    assert laws.root(lambda x: x**9, -1, 2, within=1e-9) == pytest.approx(0, abs=1e-8)
    assert laws.root(lambda x: (x - 2) * 1e-30, 2, 5, within=1e-9) == 2
    with pytest.raises(ValueError, match="same sign"):
        laws.root(lambda x: x * x + 1, -1, 1, within=1e-9)


def test_a_plan_and_a_reading_load_no_numerical_library_for_it() -> None:
    asked = (
        "import sys; from piste.stats.trials import planning, watching; planning.found_share(0.3, 900); "
        "planning.plan_mean(9.0, 2.0); assert watching._repeated_p((0.2, 0.5), 3.0) < 0.5; assert 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, timeout=60)
