"""What holds for every test."""

import os
import sys

import pytest
from hypothesis import settings

from microgradx import Value
from microgradx.apply import FUNCTIONS
from microgradx.compiler.eager import Eager
from microgradx.primitives import PRIMITIVES

BUILT_IN = frozenset(PRIMITIVES)  # no test has run yet

# No deadline: a slow machine is no defect. On CI the same examples in every run, so that a failure
# comes from the change and from nothing else.
settings.register_profile("local", deadline=None, print_blob=True)
settings.register_profile("ci", parent=settings.get_profile("local"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture(autouse=True)
def tracing(request: pytest.FixtureRequest):
    """Tests marked `untraced` run without the coverage tracer, at a quarter of the time.

    The mark `no_cover` of pytest-cov leaves the tracer on in the workers of pytest-xdist.
    """
    tracer = sys.gettrace()
    if request.node.get_closest_marker("untraced"):
        sys.settrace(None)
    yield
    sys.settrace(tracer)


@pytest.fixture(autouse=True)
def built_in_table():
    """Every test meets the table as it is shipped, whatever rows other tests and examples add."""
    forget_additions()
    yield
    forget_additions()


def forget_additions():
    """Take the rows that users added off the table."""
    for name in PRIMITIVES.keys() - BUILT_IN:
        del PRIMITIVES[name]
        FUNCTIONS.pop(name, None)
        if name in vars(Value):
            delattr(Value, name)


@pytest.fixture
def asked(monkeypatch):
    """The rows that the engine was asked for."""
    rows = []
    row = Eager.row
    monkeypatch.setattr(Eager, "row", lambda self, i: rows.append(i) or row(self, i))
    return rows
