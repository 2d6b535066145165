"""`check_derivation`: is a derivation made by hand right, and if not, which slip explains it."""

from collections.abc import Iterable, Mapping
from typing import Any

from microgradx.collector import collector_paused
from microgradx.explain.diagnosis.answers import (
    at_a_kink,
    conditional,
    explained,
    with_one_slip,
)
from microgradx.explain.diagnosis.arguments import Claim, gathered
from microgradx.explain.diagnosis.conditions.sides import (
    IN_OTHER_CASES,
    decided_once,
    side,
    taken,
    where_defined,
)
from microgradx.explain.diagnosis.evidence.evidence import ENOUGH, SAMPLE, Evidence
from microgradx.explain.diagnosis.evidence.further import further
from microgradx.explain.diagnosis.nearby import (
    between_slopes,
    for_one_sign,
    hidden,
    is_right_nearby,
    right_only_here,
    right_only_nearby,
)
from microgradx.explain.diagnosis.nearly import nearly_right
from microgradx.explain.diagnosis.numbers import claimed_number
from microgradx.explain.diagnosis.result import (
    Diagnosis,
    concluded,
    right_only_if,
)
from microgradx.explain.diagnosis.slips.dependence import apart
from microgradx.explain.diagnosis.targets import as_simple, of_numbers, varied
from microgradx.explain.kinks import on_a_kink
from microgradx.graph import topological
from microgradx.names import caller_variables, names_of
from microgradx.value import Value

NAMINGS = 2  # ways of reading the numbers of a claim as members of lists, in which a slip is sought


def check_derivation(
    output: Value,
    wrt: Value | str,
    claim: Claim,
    *,
    fixed: Iterable[Value | str] = (),
    ranges: Mapping[Any, tuple[float, float]] | None = None,
    points: Iterable[Mapping[Any, float]] = (),
) -> Diagnosis:
    """Compare a derivation of ∂output/∂wrt with the derivative, and say which slip explains it.

    The graph is run again at random points near its own, and a finding is made only if it
    reproduces the claim at every one of them, or, which it says, where the leaves keep their signs.
    What is right at all of them is tried further and further away, too. What is right for one sign
    of a leaf, as of a mass, is right with that scope. A leaf that has no name, neither a label nor
    that of a variable of the caller, keeps its number if other leaves have labels: it stands for
    one. If the graph uses numbers from a list in the caller's variables, such as targets, a wrong
    claim is also tried at other values of them: it may be right where they add up to 1.

    Args:
        output: The value that was differentiated.
        wrt: What it was differentiated with respect to: any node, most often one under it, or the
            label of one.
        claim: The derivation: an expression of the same nodes; a function that computes it from a
            dict of the labelled nodes' numbers, 'w#4' where several have the label w; or a number,
            which proves nothing elsewhere.
        fixed: Leaves that keep their values.
        ranges: (lowest, highest) by leaf, where the derivation is meant to hold.
        points: Points to use in place of random ones: numbers by leaf.

    Returns:
        A Diagnosis; `print` it.

    Raises:
        TypeError, ValueError: If an argument is none of these, or one contradicts another; or a
            number in the graph is not what its operands give, since a leaf has been changed, as a
            training step changes it.
        KeyError: If a leaf or a label is not in the graph, or a function asks for one that is not.
        GradientError: If the derivative, or what is claimed of it, does not exist at the point.
        DomainError: If the graph or the claim is not defined at one of `points`, or nowhere within
            `ranges`, as far as that was tried.

    Example:
        >>> import microgradx as mg
        >>> x = mg.Value(0.7, "x")
        >>> a, b = mg.sin(x), mg.exp(x)
        >>> a.label, b.label = "a", "b"
        >>> print(check_derivation(a * b, x, a * b))
        ∂(a·b)/∂x is 2.8375 here; your derivation gives 1.2973.
        - The path a·b → a → x is missing: 1.5402.
          counted: a·b → b → x = 1.2973
          missing: a·b → a → x = 1.5402

    Reference:
        J. T. Schwartz, "Fast probabilistic algorithms for verification of polynomial identities",
        J. ACM 27 (1980), for polynomials: those that agree at random points are most likely equal.
    """
    variables = caller_variables()
    if isinstance(claim, Value) and is_number(claim, output, wrt):
        claim = claim.data
    with collector_paused():
        ev = gathered(output, wrt, claim, names_of(variables), fixed, ranges, points)
        return diagnosed(ev, claim, variables)


def diagnosed(ev: Evidence, claim: Claim, variables: Mapping[str, object]) -> Diagnosis:
    """The diagnosis of a claim by the evidence for it."""
    if all(ev.agreements()):
        ev.look_at_edges()
    if all(ev.agreements()):
        if (wrong := hidden(ev)) is not None:
            return wrong
        right = if_right(ev)
        # What a function rounds is not seen, and may be much where its numbers are large.
        sound = right.ok and not (is_for_one_side(ev) or callable(claim))
        found = further(ev) if sound else None
        if found is None:
            return right
        leaf, wider = found
        if all(wider.agreements()):
            return right_around(wider, leaf, ev)
        ev = wider
    if (nearly := nearly_right(ev)) is not None:
        return nearly
    if ev.wrt not in ev.under:
        return concluded(ev, "wrong", [apart(ev)])
    if is_right_nearby(ev):
        return right_around(ev)
    if isinstance(claim, Value):
        return of_expression(ev, variables)
    return of_expression(ev, {}) if callable(claim) else of_number(ev)


def is_number(claim: Value, *graphs: Value | str) -> bool:
    """Whether a claim is a number in a Value of its own, which has no label."""
    others = (leaf for x in graphs if isinstance(x, Value) for leaf in topological(x)[1])
    return claim.op == "leaf" and not claim.label and all(leaf is not claim for leaf in others)


def assert_derivation(output: Value, wrt: Value | str, claim: Claim, **options: Any) -> None:
    """Raise AssertionError, with the diagnosis, unless `check_derivation` finds the claim right.

    Args:
        output, wrt, claim: As for `check_derivation`.
        **options: Its `fixed`, `ranges` and `points`.

    Raises:
        AssertionError: If the claim is wrong, or right only here or under a condition.
        TypeError, ValueError, KeyError, GradientError, DomainError: As `check_derivation` does.

    Example:
        >>> import microgradx as mg
        >>> x = mg.Value(0.7, "x")
        >>> assert_derivation(x**3, x, 3 * x**2)
    """
    __tracebackhide__ = True
    diagnosis = check_derivation(output, wrt, claim, **options)
    if not diagnosis.ok:
        raise AssertionError(str(diagnosis))


def if_right(ev: Evidence) -> Diagnosis:
    """The diagnosis of a claim that is right at every point on the user's side."""
    if len(ev.points) == 1 and not ev.beyond and not ev.given:
        return right_only_here(ev)
    if text := taken(ev):
        return right_only_if(ev, text)
    if is_for_one_side(ev) or all(ev.across):
        right, where = concluded(ev, "right"), "" if ev.given else where_defined(ev)
        return right._replace(scope=where) if where else right
    text = side(ev)
    return right_only_if(ev, text) if text else right_only_here(ev)


def is_for_one_side(ev: Evidence) -> bool:
    """Whether the claim was decided once, as by `where(x > 0, …)`: it is meant for one side."""
    return any(decided_once(ev.tape, i) for i in ev.tape.outputs[2:])


def of_expression(ev: Evidence, variables: Mapping[str, object]) -> Diagnosis:
    """The diagnosis of a wrong claim that can be tried elsewhere, at other targets too."""
    ev.gather(ENOUGH)
    if len(ev.points) < SAMPLE:
        found = at_a_kink(ev)
        return claimed_number(ev, typed=False) if found is None else found
    others = []
    for other in varied(ev, variables):
        if len(other.points) >= SAMPLE:
            if (found := conditional(other)) is not None:
                return found
            others.append(other)
    found = explained(ev)
    named = map(with_one_slip, others[:NAMINGS] if of_numbers(found) else ())
    return next((one for one in named if one is not None and as_simple(one, found)), found)


def right_around(
    ev: Evidence, leaf: int | None = None, narrower: Evidence | None = None
) -> Diagnosis:
    """The diagnosis of a claim that is right around the user's point, and wrong further away, as
    where a leaf has gone far, which it did not in a narrower evidence."""
    ev.gather(ENOUGH)
    if (found := for_one_sign(ev, narrower or ev)) is not None:
        return found
    text = side(ev)
    if text is None or text.endswith(IN_OTHER_CASES):
        return right_only_nearby(ev, leaf)
    return right_only_if(ev, text)


def of_number(ev: Evidence) -> Diagnosis:
    """The diagnosis of a wrong number."""
    here = on_a_kink(ev.tape, ev.points[0], ev.kinks & ev.under)
    if here and (found := at_a_kink(ev)) is not None:
        return found
    found = claimed_number(ev, typed=True)
    if found.ok or found.findings:
        return found
    if (between := between_slopes(ev)) is not None:
        return between
    ev.gather(ENOUGH)
    beyond = at_a_kink(ev)
    return found if beyond is None else beyond
