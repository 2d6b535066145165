"""What is special at the user's own point: leaves that are 0, ties, the side of a kink it is on."""

import pytest

import microgradx as mg
from microgradx import Value, check_derivation


def two_inputs(x):
    x1, x2, w1, w2 = Value(x, "x1"), Value(1.1, "x2"), Value(0.5, "w1"), Value(-0.3, "w2")
    h = mg.tanh(w1 * x1 + w2 * x2)
    L = (h - 1.0) ** 2
    h.label, L.label = "h", "L"
    return L, w1, x1, h


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (lambda x, h: 2.0 * (h - 1.0) * x, "(1 − h^2) is missing."),
        (lambda x, h: 2.0 * (1.0 - h) * (1.0 - h * h) * x, "The sign is wrong"),
        (lambda x, h: 2.0 * (h - 1.0) * (1.0 - h * h), "= x1 is missing."),
        (lambda x, h: 2.0 * (h - 1.0) * (1.0 + h * h) * x, "is not 1 + h·h"),
        (lambda x, h: 2.0 * (h - 1.0) * (1.0 - h * h) * x * x, "extra factor"),
    ],
)
def test_a_leaf_that_is_0_hides_nothing_that_it_is_multiplied_by(claim, sentence):
    said = []
    for number in (0.7, 0.0):
        L, w1, x1, h = two_inputs(number)
        diagnosis = check_derivation(L, w1, claim(x1, h))
        assert diagnosis.verdict == "wrong" and sentence in str(diagnosis)
        said.append(diagnosis.findings)
    assert said[0] == said[1]


def test_a_factor_that_is_0_here_is_found_on_one_path_too():
    a, b, u = Value(0.0, "a"), Value(1.0, "b"), Value(0.6, "u")
    h, g = mg.tanh(u * a + b), mg.tanh(u * b)
    L = h * h + 2.0 * g
    h.label, g.label, L.label = "h", "g", "L"
    claim = 2.0 * h * (1.0 - h * h) + 2.0 * (1.0 - g * g) * b
    diagnosis = check_derivation(L, u, claim)
    assert diagnosis.verdict == "wrong" and "= a is missing." in str(diagnosis)
    right = 2.0 * h * (1.0 - h * h) * a + 2.0 * (1.0 - g * g) * b
    assert "There is an extra factor" in str(check_derivation(L, u, right * a))


def test_of_paths_the_amounts_are_those_at_the_users_point_though_a_leaf_is_0():
    x, v = Value(0.6, "x"), Value(0.0, "v")
    h, g = mg.tanh(x), mg.exp(x)
    s = h + g
    L = v * s
    h.label, g.label, s.label, L.label = "h", "g", "s", "L"
    diagnosis = check_derivation(L, x, v * (1.0 - h * h))
    assert diagnosis.verdict == "wrong" and "The path L → s → g → x is missing: 0." in str(
        diagnosis
    )


@pytest.mark.parametrize("claim", [1.0, lambda d: 1.0, lambda d: d["x"] / d["x"]])
def test_a_row_of_ones_own_has_the_kinks_that_its_formulas_decide_at(claim):
    slope = "where(greater(x, 0.0), 1.0, 0.1)"
    leaky = mg.primitive("leaky", "maximum(x, 0.1 * x)", slope, kink="slope 0.1 at 0")
    x = Value(0.7, "x")
    diagnosis = check_derivation(leaky(x), x, claim)
    assert diagnosis.verdict == "right only if" and "right only if x > 0." in str(diagnosis)
    everywhere = mg.where(mg.greater(x, 0.0), 1.0, 0.1)
    assert check_derivation(leaky(x), x, everywhere).ok
    [factor] = mg.chain_rule(leaky(x) * x, x).factors
    assert not factor.symbol


def test_a_smooth_row_of_ones_own_has_no_kink():
    cube = mg.primitive("cube", "x * x * x", "3.0 * x * x")
    x = Value(0.7, "x")
    [factor] = mg.chain_rule(cube(x), x).factors
    assert factor.symbol == "3·x^2"


@pytest.mark.parametrize("typed", [True, False], ids=["number", "function"])
@pytest.mark.parametrize(
    ("x", "y", "slope", "condition"),
    [
        (Value(1.0, "x"), Value(1.0, "y"), 1.0, "x > y"),
        (Value(1.0, "x"), Value(1.0, "y"), 0.0, "y > x"),
        (Value(0.0, "x"), 0.0, 1.0, "x > 0"),
        (Value(0.0, "x"), 0.0, 0.0, "x < 0"),
    ],
)
def test_at_a_tie_the_slope_of_one_side_is_told_so(x, y, slope, condition, typed):
    claim = slope if typed else lambda _: slope
    diagnosis = check_derivation(mg.maximum(x, y), x, claim)
    assert diagnosis.verdict == "right only if" and f"only if {condition}." in str(diagnosis)


def test_a_slope_along_one_route_is_not_called_the_whole_derivative():
    x = Value(0.7, "x")
    h = mg.tanh(x)
    y = h * x
    h.label, y.label = "h", "y"
    text = str(check_derivation(y, x, x * (1.0 - h * h) + 1.0))
    assert "the factor h is missing" in text and "∂y/∂x = h" not in text


def test_a_path_that_is_0_everywhere_is_not_told_of():
    x = [Value(v, f"x{i}") for i, v in enumerate((0.4, 1.3, -0.8), 1)]
    m = mg.mean(x)
    sd = mg.sqrt(mg.mean([(v - m) ** 2 for v in x]))
    n = (x[0] - m) / sd
    m.label, sd.label, n.label = "m", "sd", "n"
    diagnosis = check_derivation(n, x[0], 1.0 / sd * (1.0 - 1.0 / 3.0 - n / 3.0))
    assert [f.kind for f in diagnosis.findings] == ["missing factor"]


def test_a_claim_with_branches_that_is_0_on_this_side_is_told_with_the_side():
    w, a = Value(2.0, "w"), Value(1.0, "a")
    text = str(check_derivation(w * mg.relu(a), a, w * mg.greater(0.0, a)))
    assert "The claim is 0 on this side of the kink: every path is missing." in text


@pytest.mark.parametrize("f", [lambda x: x**3, mg.sin, lambda x: x * x * mg.cos(x) + mg.cosh(x)])
def test_a_constant_is_right_only_here_also_where_the_derivative_is_even(f):
    x = Value(0.7, "x")
    y = f(x)
    slope = mg.gradient(y, x)
    for claim in (slope, lambda numbers: slope):
        diagnosis = check_derivation(y, x, claim)
        assert diagnosis.verdict == "right only here"
        assert [finding.kind for finding in diagnosis.findings] == ["point"]


def test_a_number_that_is_right_where_a_leaf_keeps_its_sign_is_told_so():
    x = Value(2.0, "x")
    root = mg.sqrt(x * x)
    diagnosis = check_derivation(root, x, 1.0)
    assert diagnosis.ok and "holds where x > 0." in str(diagnosis)


def test_nobody_loses_a_fraction():
    """The first path alone, without the 2 of the square; not a factor lost, and 3/2 too many."""
    u, w, h = Value(0.3, "u"), Value(0.8, "w"), Value(0.1, "h0")
    for n in (1.0, 2.0, 3.0):
        h = mg.tanh(w * h + u * n)
        h.label = f"h{n:.0f}"
    E = (h - 1.0) ** 2
    E.label = "E"
    diagnosis = check_derivation(E, u, (h - 1.0) * (1.0 - h * h) * 3.0)
    assert [finding.kind for finding in diagnosis.findings] == ["constant factor", "missing path"]
    assert [path.labels[:3] for path in diagnosis.counted] == [("E", "h3", "u")]


def test_members_of_a_list_that_are_0_here_and_left_out_were_meant_to_be():
    t = [Value(x, f"t{i}") for i, x in enumerate((0.0, 1.0, 0.0), 1)]
    z = [Value(x, f"z{i}") for i, x in enumerate((0.4, -0.3, 1.1), 1)]
    o = mg.softmax(z)
    L = -mg.sum([a * mg.log(b) for a, b in zip(t, o, strict=True)])
    diagnosis = check_derivation(L, z[1], -t[1] * (1.0 - o[1]))
    assert diagnosis.verdict == "right only if"
    assert "only if t1 = 0 and t3 = 0." in str(diagnosis)


def test_leaves_that_are_opposite_here_explain_more_than_paths_that_add_up_to_0():
    c1, c2, x = Value(0.8, "c1"), Value(-0.8, "c2"), Value(0.5, "x")
    m = x * x
    m.label = "m"
    L = c1 * (mg.sin(x) - m) + c2 * (mg.cos(x) - m)
    diagnosis = check_derivation(L, x, c1 * mg.cos(x) - c2 * mg.sin(x))
    assert diagnosis.verdict == "right only if"
    assert "only if c1 = −c2." in str(diagnosis)


def test_a_number_may_be_right_since_two_leaves_are_equal():
    R1, R2 = Value(1.8, "R1"), Value(1.8, "R2")
    parallel = R1 * R2 / (R1 + R2)
    assert "only if R1 = R2." in str(check_derivation(parallel, R1, 0.25))
    assert check_derivation(parallel * R2, R1, 0.45).verdict == "right only here"


def test_with_a_slip_that_is_none_here_no_leaf_is_taken_for_its_number():
    h, y = Value(0.5, "h"), Value(1.3, "y")
    lost = "The factor ∂(h·h)/∂h is missing."
    only = "It is right at this point only: elsewhere the derivative is another number."
    [finding] = check_derivation(mg.sin(h * h), h, mg.cos(h * h)).findings
    assert finding.sentence == f"{only} {lost}"
    [finding] = check_derivation(mg.sin(h * h) * y, h, mg.cos(h * h) * y).findings
    assert finding.sentence == f"It is right where h is 0.5, as here, and not elsewhere. {lost}"


def test_paths_that_add_up_to_0_here_are_told_beside_the_point():
    x, a = Value(1.0, "x"), Value(1.7, "a")
    e = a * x
    f = x**e
    e.label, f.label = "e", "f"
    diagnosis = check_derivation(f, x, e * x ** (e - 1.0))
    assert diagnosis.verdict == "right only here" and len(diagnosis.missing) == 1
    [finding] = diagnosis.findings
    assert finding.kind == "point" and finding.sentence.endswith("f → e → x is missing: 0.")


def test_what_is_right_at_a_point_that_the_ranges_exclude_may_be_right_beside_it():
    p = Value(1.0, "p")
    [finding] = check_derivation(mg.sqrt(p**2), p, p / p, ranges={p: (-10.0, -1.0)}).findings
    only = "It is right at this point, and at none that was tried within the ranges given."
    assert finding.sentence == only


START = "Here is a kink, and what the slope is there is a convention:"


@pytest.mark.parametrize(
    ("function", "convention"),
    [
        (lambda x: mg.relu(x - 0.7) + x, "0 for relu and abs at 0."),
        (lambda x: mg.maximum(x, 0.7) + x, "equal shares for ties."),
        (lambda x: mg.where(mg.equal(x, 0.7), 3 * x, x), "that of the branch that is taken."),
    ],
    ids=["relu", "maximum", "equal"],
)
def test_of_a_kink_that_convention_is_told_which_it_has(function, convention):
    x = Value(0.7, "x")
    slope = mg.where(mg.greater(x, 0.7), 2.0, 1.0) if "branch" not in convention else 1.0 + 0.0 * x
    text = str(check_derivation(function(x), x, slope + 1e3 * mg.equal(x, 0.7)))
    assert text.endswith(f"It is right at all other points that were tried. {START} {convention}")


def test_a_number_between_the_slopes_beside_a_kink_is_no_slip():
    x = Value(0.0, "x")
    expected = f"{START} 0 for relu and abs at 0. Beside it, the slope is from 0 to 1."
    assert str(check_derivation(mg.relu(x), x, 0.5)).endswith(expected)
    assert "No simple slip" in str(check_derivation(mg.relu(x), x, 7.0))


@pytest.mark.parametrize("x1, verdict", [(1.0, "right only if"), (1.5, "right only here")])
def test_of_a_leaf_that_is_an_indicator_the_number_is_a_condition_and_no_chance(x1, verdict):
    x = [Value(x1, "x1"), Value(0.4, "x2"), Value(-0.8, "x3")]
    v = [Value(0.3, "v1"), Value(-0.9, "v2"), Value(1.2, "v3")]
    S, squares = mg.dot(v, x), mg.sum((a * b) ** 2 for a, b in zip(v, x, strict=True))
    e = 0.5 * (S * S - squares) - 0.3
    L = 0.5 * e * e
    S.label, squares.label, e.label, L.label = "S", "squares", "e", "L"
    diagnosis = check_derivation(L, v[0], e * (S - v[0] * x1) * x1)
    assert diagnosis.verdict == verdict
    assert (verdict == "right only if") == ("It is right only if x1 = 1." in str(diagnosis))
