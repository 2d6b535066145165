"""What is said of kinks, of conditions, and of what a single slip leaves open."""

import pytest

import microgradx as mg
from microgradx import Value, check_derivation


def values(**numbers):
    return [Value(x, name) for name, x in numbers.items()]


def test_the_formula_of_the_other_side_of_a_kink():
    x, k = values(x=-0.8, k=2.0)
    assert "right only if x > 0." in str(check_derivation(k * abs(x), x, k))
    w, x, t = values(w=-1.0, x=0.8, t=0.3)
    claim = 2.0 * (w * x - t) * x
    assert "right only if w·x > 0." in str(check_derivation((mg.relu(w * x) - t) ** 2, w, claim))


def test_the_side_of_0_of_a_function_that_the_claim_is_written_with():
    x, k = values(x=0.35, k=1.8)
    y = mg.asinh(mg.tan(k * x))
    diagnosis = check_derivation(y, x, k / mg.cos(k * x))
    assert diagnosis.verdict == "right only if"
    assert [finding.about for finding in diagnosis.findings] == ["cos(k·x) > 0"]


def leaky(z, a):
    return mg.where(mg.greater(z, 0.0), z, a * z)


def elu(z, a):
    return mg.where(mg.greater(z, 0.0), z, a * (mg.exp(z) - 1.0))


def clipped(z, a):
    return mg.minimum(mg.maximum(z, -1.0), 1.0) * a


@pytest.mark.parametrize(
    ("z", "output", "claim", "condition"),
    [
        (-1.2, leaky, lambda z, a: Value(1.0), "z > 0"),
        (1.2, leaky, lambda z, a: a, "z ≤ 0"),
        (1.2, elu, lambda z, a: a * mg.exp(z), "z ≤ 0"),
        (3.0, clipped, lambda z, a: a, "z > −1 and max(z, −1) < 1"),
        (1.2, lambda z, a: mg.minimum(z, a * z), lambda z, a: Value(1.0), "z < a·z"),
        (-1.2, lambda z, a: a * mg.maximum(0.0, z), lambda z, a: a, "z > 0"),
        (-1.2, mg.maximum, lambda z, a: Value(1.0), "z > a"),
        (
            -1.2,
            lambda z, a: mg.maximum(z, a, a * a) * a,
            lambda z, a: a,
            "z is the largest of z, a and a·a",
        ),
    ],
)
def test_the_formula_of_the_branch_that_is_not_taken(z, output, claim, condition):
    z, a = values(z=z, a=0.3)
    diagnosis = check_derivation(output(z, a), z, claim(z, a))
    assert diagnosis.verdict == "right only if"
    assert [finding.about for finding in diagnosis.findings] == [condition]


def test_the_formula_of_a_branch_and_of_one_side_of_a_kink_in_it():
    w, x, y, d = values(w=0.58, x=0.91, y=0.13, d=0.86)
    r = w * x - y
    m = abs(r)
    huber = mg.where(mg.greater(d, m), 0.5 * r * r, d * (m - 0.5 * d))
    assert "right only if r > 0 and d ≤ m." in str(check_derivation(huber, w, d * x))


def test_a_kink_beside_the_paths_has_sides_too():
    w, x = values(w=1.3, x=-0.6)
    assert "right only if x > 0." in str(check_derivation(w * abs(x), w, x))


def test_a_factor_that_is_0_where_its_kink_is_crossed_is_no_condition():
    w1, w2, x, b = values(w1=-0.4, w2=-0.7, x=0.9, b=0.2)
    o = w2 * mg.relu(w1 * x + b) + b
    claim = 2.0 * (o - 1.0) * (w1 * x + b)
    assert "right only if w1·x + b > 0." in str(check_derivation((o - 1.0) ** 2, w2, claim))
    w, x, c = values(w=0.7, x=0.8, c=0.3)
    m = 1.0 - w * x
    hinge = mg.relu(m) + c * w * w
    claim = 2.0 * c * w + x * mg.greater(m, 0.0)
    assert check_derivation(hinge, w, claim).findings[0].kind == "sign"


def test_a_kink_counts_as_crossed_where_what_moves_crosses_it():
    z = [Value(float(i), f"z{i}") for i in range(5)]
    text = str(check_derivation(mg.maximum(*z), z[0], Value(0.0)))
    assert "right only if z0 is not the largest of z0, z1, z2 and 2 more." in text
    v, a, b = values(v=0.6, a=1.2, b=0.1)
    assert "right only if a ≥ b." in str(check_derivation(v * mg.maximum(a, b), v, a))


def test_of_several_kinks_that_is_told_on_which_it_depends():
    x, w, v = values(x=0.25, w=1.23, v=0.98)
    h = leaky(w * x, 0.1)
    h.label = "h"
    claim = v * mg.where(mg.greater(w * x, 0.0), 1.0, 0.1) * x
    assert "right only if v·h > 0." in str(check_derivation(leaky(v * h, 0.1), w, claim))
    w, *v = values(w=-0.3, v1=0.5, v2=0.6)
    output = mg.sum([mg.relu(w * x) for x in v])
    text = str(check_derivation(output, w, mg.sum(v)))
    assert "right only if" in text and "w·v1 > 0" in text and "w·v2 > 0" in text


@pytest.mark.parametrize("first", [0.6, -0.6])
def test_what_a_relation_does_by_crossing_a_kink_is_no_relation(first):
    w, x1, x2 = values(w=0.7, x1=first, x2=0.4)
    diagnosis = check_derivation(w * (abs(x1) + abs(x2)), w, (x1 + x2) ** 2)
    assert bool(diagnosis.findings) == (first > 0.0)


def verdict(*claim, **options):
    """The verdict, and the condition if there is one."""
    diagnosis = check_derivation(*claim, **options)
    return diagnosis.verdict, *[f.about for f in diagnosis.findings if f.kind == "relation"]


def test_what_is_compared_with_nothing_that_moves_is_no_bound_with_a_sign():
    b, d, x, a, e = values(b=-0.24, d=0.28, x=1.1, a=0.6, e=0.7)
    flat, found = verdict(mg.maximum(b, 0.0) * abs(d), d, mg.maximum(b, 0.0))
    assert flat == "right only if" and found == "b ≤ 0, or in some other cases"
    claim = x * mg.maximum(a, e, 0.0), x, mg.maximum(a, e)
    assert verdict(*claim) == ("right only if", "0 is not the largest of a, e and 0")


def test_a_condition_that_is_no_comparison_is_turned_too():
    m, n, x, k, a, e = values(m=1.0, n=0.0, x=0.8, k=2.0, a=0.6, e=0.7)
    assert verdict(mg.where(m, x * x, x * k), x, 2.0 * x) == ("right only if", "m ≠ 0")
    assert verdict(mg.where(n, x * x, x * k), x, k * 1.0) == ("right only if", "n = 0")
    either = mg.greater(a, 0.0) + mg.greater(e, 0.0)
    found = verdict(mg.where(either, x * x, x * k), x, 2.0 * x)
    assert found == ("right only if", "greater(a, 0) + greater(e, 0) ≠ 0")


def test_where_leaves_are_0_no_tie_is_tried():
    above = mg.greater
    c, p, q = values(c=1.0, p=0.0, q=0.0)
    assert verdict(mg.maximum(c, p, q), p, above(p, c) * above(p, q)) == ("right",)
    sign = mg.where(above(p, 0.0), 1.0, -1.0)
    output = mg.where(above(c, 0.0), c * p, abs(p))
    assert verdict(output, p, mg.where(above(c, 0.0), c, sign)) == ("right",)


def test_the_end_of_a_range_is_not_tried_in_place_of_all_that_lies_beyond():
    x, c, k = values(x=1.0, c=0.5, k=2.0)
    ends = {x: (0.0, 5.0), c: (0.0, 1.0)}
    assert verdict(k * mg.relu(x * c), x, k * c, ranges=ends) == ("right",)
    assert verdict(mg.maximum(c, 1.0) * k, c, 0.0 * k, ranges={c: (0.0, 1.0)}) == ("right",)


def test_far_kinks_are_found():
    n, x = values(n=400.0, x=0.8)
    found = verdict(mg.relu(mg.log(n)) * x, x, mg.log(n))
    assert found == ("right only if", "log(n) > 0")


def test_where_no_other_point_is_on_the_kink():
    z, k, x, y = values(z=0.0, k=2.0, x=1.0, y=1.0)
    assert verdict(k * abs(z), z, k * 1.0) == ("right only if", "z > 0")
    tie = check_derivation(k * mg.maximum(x, y), x, k * mg.where(mg.greater(y, x), 0.0, 1.0))
    slope = check_derivation(k * abs(z), z, lambda n: n["k"] * (1.0 if n["z"] >= 0.0 else -1.0))
    for diagnosis in (tie, slope):
        assert "right at all other points that were tried. Here is a kink" in str(diagnosis)


def test_a_claim_that_is_0_on_the_other_side_is_tried_there():
    above = mg.greater
    x, k, a, b = values(x=-0.5, k=2.0, a=1.0, b=0.5)
    off = 1.0 - above(x, 0.0)
    assert verdict(k * abs(x), x, -k * off) == ("right only if", "x < 0")
    assert verdict(k * x * x, x, k * (x - abs(x))) == ("right only if", "x < 0")
    output = mg.where(above(b, a), b * b, b * a)
    assert verdict(output, b, a * (1.0 - above(b, a))) == ("right only if", "b ≤ a")
    given = [{x: 1.0}, {x: 2.0}]
    assert verdict(k * abs(x), x, -k * off, points=given) == ("right only if", "x < 0")


def test_a_kink_is_here_only_where_one_is():
    x, k = values(x=-0.5, k=2.0)
    u = k * x
    u.label = "u"
    given = [{x: 1.0}, {x: 2.0, k: 1.0}, {x: 0.3}]
    found = verdict(mg.relu(u) * u, u, 2.0 * u, points=given)
    assert found == ("right only if", "u > 0")


def test_a_claim_that_branches_by_itself_is_for_both_sides():
    w, x = values(w=0.7, x=-0.8)
    u = w * x
    h = leaky(u, 0.1)
    diagnosis = check_derivation(h * h, w, 2.0 * h * x * mg.greater(u, 0.0))
    assert [finding.kind for finding in diagnosis.findings] == ["missing path"]


def test_a_branch_whose_paths_are_missing_is_no_condition():
    x, k = values(x=0.8, k=2.0)
    diagnosis = check_derivation(x * k + mg.maximum(x, 0.0), x, k)
    assert diagnosis.verdict == "wrong" and diagnosis.findings[0].kind == "missing path"


def test_a_slip_in_a_term_that_vanishes_on_the_other_side_is_a_slip():
    x, w, y = values(x=0.8, w=0.9, y=0.4)
    output = mg.relu(w * x) * y + w
    diagnosis = check_derivation(output, w, 1.0 - x * y)
    assert diagnosis.verdict == "wrong" and {f.kind for f in diagnosis.findings} == {"sign"}


@pytest.mark.parametrize("largest", [0.8, 0.1])
def test_who_is_not_the_largest_need_not_be_the_second(largest):
    a, b, c = values(a=0.6, b=largest, c=0.9)
    text = str(check_derivation(mg.maximum(a, b, c), a, 0.0 * a))
    assert "right only if a is not the largest of a, b and c." in text


def test_at_a_kink_the_slope_is_a_convention():
    x, k = values(x=0.0, k=2.0)
    diagnosis = check_derivation(mg.relu(x) * k, x, lambda n: n["k"] * (n["x"] >= 0.0))
    assert diagnosis.verdict == "wrong"
    assert "right at all other points that were tried. Here is a kink" in str(diagnosis)


def test_a_sign_beside_a_condition():
    z, t = values(z1=0.3, z2=1.0, z3=-2.0), values(t1=0.2, t2=0.5, t3=0.4)
    o = mg.softmax(z)
    diagnosis = check_derivation(mg.cross_entropy(o, t), z[0], t[0] - o[0])
    assert [f.kind for f in diagnosis.findings] == ["sign", "relation"]
    assert "With that mended, it is right only if t1 + t2 + t3 = 1." in str(diagnosis)


def test_a_number_that_is_added_is_found():
    [x] = values(x=0.7)
    assert "There is an extra term 1." in str(check_derivation(x * x, x, 2.0 * x + 1.0))


@pytest.mark.parametrize(
    ("claim", "sentence"),
    [
        (lambda r: 1.0 / r, "Of ∂(x·x)/∂x only the 2 is counted: the other factor is missing."),
        (lambda r: 1.0 / (2.0 * r), "The factor ∂(x·x)/∂x is missing."),
    ],
)
def test_what_is_left_of_the_derivative_of_a_square(claim, sentence):
    x, y = values(x=0.7, y=2.0)
    r = mg.sqrt(x * x + y)
    r.label = "r"
    assert sentence in str(check_derivation(r, x, claim(r)))


def test_a_factor_lost_with_its_minus_is_two_slips():
    x, t = values(x=0.9, t=1.2)
    s = x * x
    m = 1.0 - t * s
    diagnosis = check_derivation(mg.exp(m), x, mg.exp(m) * 2.0 * x)
    assert [finding.kind for finding in diagnosis.findings] == ["missing factor", "sign"]
    assert "The factor ∂m/∂s = −t is missing." in str(diagnosis)
    assert "The minus of ∂m/∂s = −t is lost with it, so the sign is wrong too." in str(diagnosis)


def test_a_function_applied_once_more_outside_is_a_factor_too_much():
    w, x, t = values(w=0.6, x=0.9, t=0.2)
    z = w * x
    p = mg.sigmoid(z)
    loss = -(t * mg.log(p) + (1.0 - t) * mg.log(1.0 - p))
    diagnosis = check_derivation(loss, w, (p - t) * p * (1.0 - p) * x)
    assert [finding.kind for finding in diagnosis.findings] == ["extra factor"]
    assert "∂p/∂z" in str(diagnosis)


def test_what_was_derived_where_one_of_a_list_is_0():
    x, y, k = values(x=0.7, y=-0.4, k=0.3)
    r = x * x + y * y
    diagnosis = check_derivation(x * (1.0 + k * r), x, 1.0 + 3.0 * k * x * x)
    assert "right only if y = 0." in str(diagnosis)


def test_paths_that_are_missing_where_a_leaf_is_0_make_a_condition():
    w, x, h = values(w=0.6, x=0.9, h=0.0)
    first = mg.tanh(x + w * h)
    second = mg.tanh(x + w * first)
    diagnosis = check_derivation(second, w, (1.0 - second * second) * first)
    assert diagnosis.verdict == "right only if"
    assert [finding.about for finding in diagnosis.findings] == ["h = 0"]


def test_a_claim_for_one_sign_of_a_leaf_that_is_far_from_0():
    x, y = values(x=3.9, y=1.3)
    f = mg.sqrt(x * x) * y
    diagnosis = check_derivation(f, y, x * 1.0)
    assert diagnosis.ok
    assert "your derivation holds where x > 0." in str(diagnosis)
    assert check_derivation(f, y, f / y).scope == "everywhere"
