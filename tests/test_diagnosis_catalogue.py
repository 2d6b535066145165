"""The diagnosis, measured by derivations that were written without looking at it."""

import re
from collections import Counter

import pytest

import microgradx as mg
from microgradx import Value
from microgradx.explain.diagnosis import check_derivation
from microgradx.explain.diagnosis.arguments import gathered
from microgradx.explain.diagnosis.evidence.evidence import ENOUGH
from microgradx.explain.diagnosis.findings import KINDS
from microgradx.explain.diagnosis.search import families, search, stages

from .derivations.mistakes import MISTAKES
from .derivations.random_claims import RANDOM
from .derivations.right import RIGHT
from .diagnosing import state

pytestmark = pytest.mark.untraced


def for_each(cases):
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def diagnose(case):
    """The diagnosis of a case, which must not have changed the graph."""
    output, wrt, claim = case.build()
    output.backward()
    before = state(output, claim)
    diagnosis = check_derivation(output, wrt, claim)
    assert state(output, claim) == before
    return diagnosis


def mentions(diagnosis, label):
    """Whether a finding has a label in its sentence, or in what it is about."""
    word = re.compile(rf"(?<!\w){re.escape(label)}(?!\w)")
    return any(word.search(f"{found.sentence} {found.about}") for found in diagnosis.findings)


@for_each(MISTAKES)
def test_a_mistake_is_explained(case):
    diagnosis = diagnose(case)
    assert diagnosis.verdict == case.verdict
    assert not diagnosis.ok
    assert {found.kind for found in diagnosis.findings} in case.kinds
    assert not case.place or any(mentions(diagnosis, label) for label in case.place)


@for_each(RIGHT)
def test_a_right_derivation_is_accepted_in_any_form(case):
    diagnosis = diagnose(case)
    assert diagnosis.ok
    assert diagnosis.verdict == "right"
    assert not diagnosis.findings


@for_each(RANDOM)
def test_a_claim_without_a_reason_gets_none(case):
    diagnosis = diagnose(case)
    assert diagnosis.verdict == "wrong"
    assert {found.kind for found in diagnosis.findings} <= {"dependence"}


def test_no_hypothesis_costs_less_than_its_family_is_said_to():
    """If one did, the search might leave it out, and nobody would see that."""
    logits = [Value(0.3, "z1"), Value(-0.4, "z2"), Value(0.9, "z3")]
    o = mg.softmax(logits)[0]  # the catalogue has softmax written out only
    spoke = Counter()
    for output, wrt, claim in [(o, logits[0], o), *(case.build() for case in MISTAKES[::2])]:
        ev = gathered(output, wrt, claim, {}, (), None, ())
        ev.gather(ENOUGH)
        for _, stops in stages(ev):
            for least, family in families(ev, stops, single=False):
                costs = [hypothesis.cost for hypothesis in family()]
                assert all(cost >= least for cost in costs)
                spoke[family.__code__] += len(costs)
    assert all(spoke.values()), "a family has no hypothesis in any of the cases"


def test_a_bound_of_the_cost_leaves_out_what_costs_more_and_nothing_else():
    x = Value(0.7, "x")
    u = x * x * x
    u.label = "u"
    claim = (1.0 - mg.tanh(x) ** 2) * 3.0 * x * x
    ev = gathered(mg.tanh(u), x, claim, {}, (), None, ())
    best = search(ev)
    again = search(ev, best.cost + 0.1) if best else None
    assert best and again and again.findings == best.findings
    assert not search(ev, best.cost) and not search(ev, single=True)


def test_the_names_of_the_cases_are_distinct():
    names = [case.name for case in MISTAKES + RIGHT + RANDOM]
    assert len(set(names)) == len(names)


def test_every_kind_of_finding_occurs_several_times():
    kinds = [kind for case in MISTAKES for kind in set().union(*case.kinds)]
    assert min(kinds.count(kind) for kind in KINDS) >= 3
