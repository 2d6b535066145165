"""The functions that are composed from rows: values, gradients, and the calls they refuse."""

import math

import pytest
from hypothesis import given, strategies as st

import microgradx as mg
from microgradx import Value, gradient

numbers = st.floats(-1e3, 1e3)
lists = st.lists(numbers, min_size=1, max_size=6)


def nodes(xs):
    return [Value(x) for x in xs]


@given(lists)
def test_a_mean_shares_its_slope_equally(xs):
    z = nodes(xs)
    m = mg.mean(iter(z))
    assert m.data == pytest.approx(math.fsum(xs) / len(xs), rel=1e-13, abs=1e-12)
    assert gradient(m, z) == [1.0 / len(xs)] * len(xs)


@given(lists)
def test_the_slope_of_a_product_is_the_product_of_the_others(xs):
    z = nodes(xs)
    for i, slope in enumerate(gradient(mg.prod(z), z)):
        assert slope == pytest.approx(math.prod(xs[:i] + xs[i + 1 :]), rel=1e-13)


@pytest.mark.parametrize("size", [1.0, 1e200, 1e-200, 1e300, 1e-320])
@pytest.mark.parametrize("extra", [[], [0.0, 0.0]])
def test_a_norm_neither_overflows_nor_underflows(size, extra):
    z = nodes([3.0 * size, 4.0 * size, *extra])
    length = mg.norm(z)
    assert length.data == pytest.approx(math.hypot(3.0 * size, 4.0 * size), rel=1e-15)
    assert gradient(length, z) == pytest.approx(
        [0.6, 0.8, *extra], rel=1e-3 if size < 1e-300 else 1e-15
    )


def test_a_norm_at_the_origin_is_zero_and_has_no_gradient():
    z = nodes([0.0, 0.0])
    assert mg.norm(z).data == 0.0
    with pytest.raises(mg.GradientError, match="sqrt"):
        gradient(mg.norm(z), z)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
def test_the_slope_of_the_mean_squared_error_is_twice_the_error_over_n(pairs):
    p = nodes([x for x, _ in pairs])
    error = mg.mse(p, [t for _, t in pairs])
    expected = [2.0 * (x - t) / len(pairs) for x, t in pairs]
    assert gradient(error, p) == pytest.approx(expected, rel=1e-13, abs=1e-12)


def test_the_hinge_loss_slopes_only_inside_the_margin():
    s = nodes([2.0, 0.5, 0.5])
    loss = mg.hinge(s, [1, 1, -1])
    assert loss.data == pytest.approx((0.0 + 0.5 + 1.5) / 3)
    assert gradient(loss, s) == pytest.approx([0.0, -1 / 3, 1 / 3])


@pytest.mark.parametrize(("extreme", "best"), [(mg.maximum, max), (mg.minimum, min)])
def test_extremes_are_called_as_pythons_are_and_ties_share(extreme, best):
    x, y = Value(2.0), Value(2.0)
    assert extreme(x, 1.0, 3.0).data == extreme([x, 1.0, 3.0]).data == best(2.0, 1.0, 3.0)
    assert extreme(iter([4.0, 5.0])) == best(4.0, 5.0)
    assert gradient(extreme(x, y, 2.0, x), [x, y]) == [0.5, 0.25]
    with pytest.raises(ValueError, match="empty sequence"):
        extreme([])
    with pytest.raises(TypeError, match="takes a sequence"):
        extreme(x)


def test_where_slopes_by_the_operand_that_is_taken():
    x, y = Value(2.0), Value(-3.0)
    for condition in (True, 1.0, Value(1.0)):
        assert gradient(mg.where(condition, x * x, y * y), [x, y]) == [4.0, 0.0]
    for condition in (False, 0.0, x < 0):
        assert gradient(mg.where(condition, x * x, y * y), [x, y]) == [0.0, -6.0]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: mg.mean([]), ValueError, r"mean of an empty sequence.*mean\(\[x, y\]\)"),
        (lambda: mg.mean(2.0), TypeError, r"mean takes a sequence, not 2.0"),  # type: ignore
        (lambda: mg.mse([1.0], [1.0, 2.0]), ValueError, "not 2 for 1"),
        (lambda: mg.hinge([], []), ValueError, r"as in hinge\(\[x, y\], \[1.0, -1.0\]\)$"),
        (lambda: mg.mse(3.0, [1.0]), TypeError, r"as in mse\(\[x, y\], \[1.0, -1.0\]\)$"),  # type: ignore
        (lambda: mg.cross_entropy(3.0, 0), TypeError, r"_entropy\(\[x, y\], \[1.0, 0.0\]\)$"),  # type: ignore
        (lambda: mg.softmax_cross_entropy([], 0), ValueError, r"\(\[x, y\], \[1.0, 0.0\]\)$"),
        (lambda: mg.where("a", 1.0, 2.0), TypeError, r"where\(x > 0.0, x, y\) or where\(greater"),
        (lambda: mg.sum(["a"]), TypeError, r"as in sum\(\[Value\(2.0\), 3.0\]\)"),
        (lambda: mg.maximum(1.0, None), TypeError, r"as in maximum\(\[Value\(2.0\), 3.0\]\)"),
        (lambda: mg.norm([1.7e308, 1.7e308]), mg.RangeError, "exceeds the largest float"),
        (lambda: mg.prod([1e200, 1e200]), mg.RangeError, "exceeds the largest float"),
        (lambda: mg.mse([1e308], [-1e308]), mg.RangeError, "exceeds the largest float"),
        (lambda: mg.hinge([1e308], [-10.0]), mg.RangeError, "exceeds the largest float"),
        (lambda: mg.log_softmax([1e308, -1e308]), mg.RangeError, "exceeds the largest float"),
        (lambda: mg.softmax([-1e3, -1e3], shift=False), mg.PoleError, "without shift=False"),
        (lambda: mg.softmax([1.0], shift="no"), TypeError, r"True or False, not 'no'$"),  # type: ignore
        (lambda: mg.softmax_cross_entropy([1.0, 2.0], "ab"), TypeError, "2 targets .* not 'ab'"),
        (lambda: mg.cross_entropy([0.5], ["a"]), TypeError, "^cross_entropy: a target is .* 'a'$"),
        (
            lambda: mg.cross_entropy([1.0], [math.nan]),
            mg.DomainError,
            "entropy: a target is .* nan$",
        ),
        (lambda: mg.prod(["a"]), TypeError, "^prod: a member is a real number, not 'a'$"),
        (lambda: mg.norm([math.inf]), mg.DomainError, "^norm: a member is a finite number"),
        (lambda: mg.dot([Value(1.0)], [1.0, 2.0]), ValueError, "1 and 2 members"),
        (lambda: mg.sum([Value(1.0), None]), TypeError, "NoneType"),
        (lambda: mg.sum(2.0), TypeError, r"sum takes a sequence, not 2.0; as in sum\(\[x, y\]\)"),  # type: ignore
        (lambda: mg.dot([1.0], None), TypeError, r"dot takes a sequence, not None"),  # type: ignore
        (lambda: mg.sum(len(x) for x in [2.0]), TypeError, r"no len\(\)"),  # type: ignore
        (lambda: mg.mean(len(x) for x in [2.0]), TypeError, r"no len\(\)"),  # type: ignore
    ],
)
def test_what_makes_no_sense_is_refused_with_the_reason(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_empty_sums_and_products_are_numbers():
    assert (mg.sum([]), mg.dot([], []), mg.prod([]), mg.norm([])) == (0.0, 0.0, 1.0, 0.0)
    assert math.copysign(1.0, mg.sum([])) == 1.0


@pytest.mark.parametrize("call", [mg.exp, Value, mg.sigmoid, lambda x: mg.sum([x])])
def test_an_error_does_not_show_all_of_a_long_list(call):
    with pytest.raises(TypeError) as caught:
        call([*range(20_000)])
    assert len(str(caught.value)) < 500
