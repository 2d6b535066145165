"""What the documents say is so."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import microgradx
from microgradx import Value
from microgradx.apply import FUNCTIONS

from .operations_table import README, with_table
from .package import PACKAGE, public_names

ROOT = Path(__file__).parents[1]
TEXT = README.read_text("utf-8")
PUBLIC = sorted(public_names())


def test_the_readme_shows_the_table_as_it_is():
    assert with_table(TEXT) == TEXT, "run: python -m tests.operations_table"


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\bmg\.([A-Za-z_]\w*)", TEXT)) - {"name"}))
def test_what_the_readme_calls_exists(name):
    assert name in PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_the_readme_names_all_that_is_public(name):
    assert f"`{name}`" in TEXT


def test_the_readme_names_the_two_commands():
    assert "pip install . && python -m microgradx" in TEXT
    assert "pip install -e '.[test]' && pytest" in TEXT


def test_the_readme_shows_what_the_demonstration_prints():
    command = [sys.executable, "-X", "utf8", "-m", "microgradx"]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=120).stdout
    (picture,) = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)
    assert picture in printed.decode("utf-8")


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", TEXT))))
def test_a_file_that_the_readme_links_to_exists(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("anchor", sorted(set(re.findall(r"\]\(#([^)]+)\)", TEXT))))
def test_a_section_that_the_readme_links_to_exists(anchor):
    titles = re.findall(r"^##+ (.*)$", TEXT, re.MULTILINE)
    assert anchor in {re.sub(r"[^\w -]", "", x).lower().replace(" ", "-") for x in titles}


LISTED = dict(re.findall(r"`(\w+)`, with ((?:`\.\w+(?:\(\))?`(?:, )?)+)", TEXT))


def test_the_readme_lists_what_has_attributes():
    expected = {"Value", "compile", "Tape", "paths", "chain_rule", "check_derivation"}
    assert LISTED.keys() == expected


@pytest.mark.parametrize(("name", "listed"), LISTED.items())
def test_what_the_readme_lists_of_a_name_it_has(name, listed):
    x = Value(2.0, "x")
    y = x * x
    made = {"Value": x, "compile": microgradx.compile(y, inputs=x), "Tape": microgradx.Tape(y)}
    made |= {"check_derivation": microgradx.check_derivation(y, x, 2.0 * x)}
    thing = made.get(name) or getattr(microgradx, name)(y, x)
    if name == "compile":
        thing(2.0)
    for attribute in re.findall(r"\.(\w+)", listed):
        assert hasattr(thing, attribute)
        found = getattr(type(thing), attribute, None)
        if callable(found) or isinstance(found, property):  # others, the class describes
            assert ">>> " in (found.__doc__ or ""), attribute


def test_the_extras_that_the_readme_names_are_those_that_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["dependencies"] == []
    assert set(re.findall(r"`\[(\w+)\]`", TEXT)) == set(project["optional-dependencies"])


def test_the_changelog_mentions_the_version():
    assert microgradx.__version__ in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_has_an_example_or_is_documented_by_its_row(name):
    thing = getattr(microgradx, name)
    text = inspect.cleandoc(thing.__doc__ or "")  # its own: `getdoc` takes that of a base class
    if FUNCTIONS.get(name) is thing:
        assert f"z = {name}(" in text
        assert "∂z/∂" in text
    else:
        assert ">>> " in text


def test_the_docstring_of_a_row_says_what_it_takes_and_raises():
    power, dot, largest = (FUNCTIONS[name].__doc__ or "" for name in ("pow", "dot", "max"))
    assert "(x < 0 and y % 1 == 0), and x >= 0 for a Value as y; PoleError, which is one" in power
    assert "RangeError if z exceeds the largest float" in power
    assert "operands are sequences of one length, of Values or numbers" in dot
    assert "operands are the members of a sequence, Values or numbers" in largest


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix()
)
def test_a_file_and_every_class_in_it_say_what_they_are(path):
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree)
    assert all(ast.get_docstring(node) for node in tree.body if isinstance(node, ast.ClassDef))
