"""The house: which file may know which, how large they are, and what `import microgradx` costs."""

import ast
import builtins
import subprocess
import sys
from pathlib import Path

import pytest

import microgradx
from microgradx import operators
from microgradx.primitives import PRIMITIVES

from .package import PACKAGE, public_names, tree

# Each may import those before it. Some stand apart: they are imported when an array is met.
CORE = [
    *("errors", "primitives", "libraries", "graph", "messages", "value", "apply", "operators"),
    *("functions", "softmax", "sweeps", "trees", "positions", "derivatives"),
]
LAZY = {"arrays", "ufuncs"}
CALLED_OTHERWISE = {"max": "maximum", "min": "minimum"}  # their rows take a sequence
# Slow to import, or a sign that the core does more than it should.
HEAVY = {
    *("argparse", "collections", "contextlib", "copy", "ctypes", "dataclasses", "enum"),
    *("fractions", "functools", "inspect", "json", "pathlib", "random", "re", "typing"),
}

for_every_core_file = pytest.mark.parametrize("name", [*CORE, *sorted(LAZY)])


def for_type_checkers(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imports(node: ast.AST, inside=False):
    """(module, whether a function imports it) for each import that is ever executed."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from ((alias.name, inside) for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield "." * child.level + (child.module or ""), inside
        elif for_type_checkers(child):
            assert isinstance(child, ast.If)
            for other in child.orelse:
                yield from imports(other, inside)
        else:
            function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports(child, inside or function)


def ours(module: str) -> bool:
    return module.startswith(".") or module.split(".")[0] == "microgradx"


def in_fresh_python(program: str) -> str:
    """What a program prints in a Python of its own, without the site's packages."""
    command = [sys.executable, "-S", "-c", program]
    result = subprocess.run(
        command, cwd=PACKAGE.parent, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@for_every_core_file
def test_imports_point_one_way(name):
    allowed = CORE[: CORE.index(name)] if name in CORE else [*CORE, "arrays"]
    eager = [module for module, inside in imports(tree(name)) if ours(module) and not inside]
    assert set(eager) <= {f"microgradx.{earlier}" for earlier in allowed}


@for_every_core_file
def test_what_a_function_imports_is_for_arrays_or_of_the_standard_library(name):
    modules = {module for module, inside in imports(tree(name)) if inside}
    lazy = {f"microgradx.{other}" for other in LAZY}
    libraries = {"numpy", "jax"} if name in LAZY else set()
    others = {module for module in modules - lazy if module.split(".")[0] not in libraries}
    assert others <= sys.stdlib_module_names


@for_every_core_file
def test_at_its_top_a_file_imports_the_standard_library_and_the_package_only(name):
    eager = {module for module, inside in imports(tree(name)) if not (inside or ours(module))}
    assert eager <= sys.stdlib_module_names


def test_every_file_has_its_place():
    """A new file of the core is entered in CORE; the others are imported by none of it."""
    imported = {
        module for name in [*CORE, "__init__"] for module, _ in imports(tree(name)) if ours(module)
    }
    assert imported <= {f"microgradx.{name}" for name in [*CORE, *LAZY]}
    assert all((PACKAGE / f"{name}.py").exists() for name in CORE)


def test_importing_the_package_imports_its_core_and_the_standard_library_only():
    loaded = in_fresh_python(
        "import sys; before = set(sys.modules); import microgradx\n"
        "print(*(set(sys.modules) - before))"
    ).split()
    written = "microgradx.operators.written"  # the functions of the rows, which have no file
    files = {name for name in loaded if ours(name) and not name.startswith(written)}
    assert files == {"microgradx", *(f"microgradx.{name}" for name in CORE)}
    others = {name.split(".")[0] for name in loaded if not ours(name)}
    assert others <= sys.stdlib_module_names
    assert not HEAVY & set(loaded)


def test_a_function_is_compiled_at_its_first_call_and_keeps_its_lines():
    printed = in_fresh_python(
        "import inspect, microgradx as mg\n"
        "x, before = mg.Value(0.5), inspect.getsource(mg.tanh)\n"
        "same = x.tanh().data == mg.tanh(0.5) and before == inspect.getsource(mg.tanh)\n"
        "print(same, 'tanh(x)' in before, 'at_first' in mg.tanh.__code__.co_names,\n"
        "      'at_first' in mg.sinh.__code__.co_names)"
    )
    assert printed.split() == ["True", "True", "False", "True"]


def test_the_engine_works_where_numpy_cannot_be_imported():
    printed = in_fresh_python(
        "import sys; sys.modules.update(numpy=None, jax=None)\n"
        "import copy, pickle, microgradx as mg\n"
        "z = [mg.Value(1.0), mg.Value(2.0)]\n"
        "loss = mg.softmax_cross_entropy(z, [1.0, 2.0]) + mg.norm(z) * mg.maximum(*z)\n"
        "loss.backward(); copy.deepcopy(loss); pickle.loads(pickle.dumps(loss))\n"
        "mg.hessian(mg.logsumexp)([1.0, 2.0])\n"
        "try: mg.log(-z[0])\n"
        "except mg.DomainError: print('works')"
    )
    assert printed == "works\n"


def test_the_public_names_are_those_imported_by_name():
    starred = {}
    exec("from microgradx import *", starred)
    assert (
        {*starred} - {"__builtins__"} == {*microgradx.__all__} == public_names() - {*dir(builtins)}
    )
    assert {name for name in dir(microgradx) if not name.startswith("_")} == public_names()
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = microgradx.nothing  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.stem)
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= 300


def test_no_file_of_tests_imports_another():
    for path in Path(__file__).parent.rglob("*.py"):
        modules = {module for module, _ in imports(ast.parse(path.read_text("utf-8")))}
        assert not [module for module in modules if module.split(".")[-1].startswith("test_")]


EXPLAINING = [  # by layer: each may import those before it, and the engine
    {"notation", "logits", "words", "reach", "condense", "ranking"},
    {"points", "kinks", "surroundings"},
    {"paths", "steps", "monomials", "symbolic", "expressions"},
    {"symbols"},
    {"chain", "stepper", "diagnosis"},
]


def test_explanations_read_tapes_and_import_one_way():
    files = {path.stem for path in (PACKAGE / "explain").glob("*.py")} - {"__init__"}
    assert files | {"diagnosis"} == set().union(*EXPLAINING)
    before: set[str] = set()
    for layer in EXPLAINING:
        for name in layer & files:
            seen = {
                module.split(".")[2]
                for module, _ in imports(tree(f"explain/{name}"))
                if module.startswith("microgradx.explain.")
            }
            assert seen <= before | (layer - {name}), name
        before |= layer


DIAGNOSIS = [
    *("findings", "evidence.subject"),
    *("evidence.rounding", "evidence.measured", "evidence.sampling", "evidence.evidence"),
    *("evidence.kept", "evidence.variants", "evidence.constants", "evidence.lists"),
    "evidence.further",
    *("pieces.linear", "pieces.composed", "pieces.places", "pieces.parts", "pieces.origins"),
    *("pieces.divisors", "pieces.candidates", "pieces.multipliers", "pieces.renamed"),
    *("conditions.familiar", "conditions.relations", "conditions.sides"),
    *("slips.wording", "slips.as_written", "slips.factor_wording", "slips.classical"),
    "slips.replaced",
    *("slips.coefficients", "slips.factors", "slips.terms", "slips.beside", "slips.logistic"),
    *("slips.local", "slips.rewritten", "slips.miswritten", "slips.jacobians", "slips.elsewhere"),
    *("slips.spread", "slips.rules", "slips.chains", "slips.exchanged", "slips.by_others"),
    *("slips.each", "slips.added", "slips.dependence"),
    *("result", "nearby", "search", "nearly", "answers", "numbers", "arguments", "targets"),
    "check",
]


COMPILER = [
    *("recording", "symbols", "program", "bounds", "dialects", "structure", "signature", "trace"),
    *("writer", "targets.text", "targets.python", "targets.layout", "targets.numpy"),
    *("targets.javascript", "targets.native", "targets.interpreter", "targets.c"),
    *("eager", "version", "compiled", "targets.jax_form", "targets.jax"),
]
FOLDERS = {"explain.diagnosis": DIAGNOSIS, "compiler": COMPILER}  # by file, as they may import


def path_of(module: str) -> str:
    return module.replace(".", "/")


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder, names in FOLDERS.items() for name in names]
)
def test_the_files_of_a_folder_import_one_way(folder, name):
    prefix = f"microgradx.{folder}."
    modules = {module for module, _ in imports(tree(path_of(f"{folder}.{name}")))}
    seen = {module.removeprefix(prefix) for module in modules if module.startswith(prefix)}
    assert seen <= set(FOLDERS[folder][: FOLDERS[folder].index(name)])


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_a_folder_has_its_place(folder):
    place = PACKAGE / path_of(folder)
    files = {
        ".".join(path.relative_to(place).with_suffix("").parts) for path in place.rglob("*.py")
    }
    assert {name for name in files if not name.endswith("__init__")} == set(FOLDERS[folder])


def test_compiling_to_python_imports_the_standard_library_only():
    printed = in_fresh_python(
        "import sys; sys.modules.update(numpy=None, jax=None)\n"
        "import microgradx as mg\n"
        "print(mg.compile(lambda w, x: w * x, batch=1, reduce='sum')(2.0, [1.0, 2.0]))"
    )
    assert printed == "(6.0, 3.0)\n"


def test_where_a_library_is_missing_a_target_says_what_to_install():
    printed = in_fresh_python(
        "import sys; sys.modules.update(numpy=None, jax=None)\n"
        "import microgradx as mg\n"
        "for target in ('numpy', 'c', 'jax'):\n"
        "    try: mg.compile(lambda x: x * x, target=target)\n"
        "    except ImportError as error: print(type(error).__name__, error)"
    )
    assert printed.splitlines() == [
        f"ImportError target='{target}' takes {library}: pip install 'microgradx[{extra}]'"
        for target, library, extra in [
            ("numpy", "NumPy", "numpy"),
            ("c", "NumPy", "numpy"),
            ("jax", "JAX", "jax"),
        ]
    ]


def test_every_row_for_users_is_a_public_name():
    rows = {CALLED_OTHERWISE.get(r.name, r.name) for r in PRIMITIVES.values() if not r.internal}
    assert rows <= public_names()
    assert not {row.name for row in PRIMITIVES.values() if row.internal} & public_names()


def test_type_checkers_are_told_of_every_row():
    """`operators.pyi` lists the functions that are written when the package is imported."""
    stub = ast.parse((PACKAGE / "operators.pyi").read_text("utf-8"))
    declared = {node.target.id for node in stub.body if isinstance(node, ast.AnnAssign)
                and isinstance(node.target, ast.Name)}  # fmt: skip
    declared |= {node.name for node in stub.body if isinstance(node, ast.FunctionDef)}
    functions = {name for name in declared if not name.isupper()}
    rows = {row.name for row in PRIMITIVES.values() if not row.internal}
    assert rows <= functions
    assert all(hasattr(operators, name) for name in declared)


def test_type_checkers_are_told_of_every_method_that_a_row_gives():
    stub = ast.parse((PACKAGE / "operators.pyi").read_text("utf-8"))
    (base,) = (n for n in stub.body if isinstance(n, ast.ClassDef) and n.name == "Operators")
    declared = {n.name for n in base.body if isinstance(n, ast.FunctionDef)}
    declared |= {n.target.id for n in base.body if isinstance(n, ast.AnnAssign)
                 and isinstance(n.target, ast.Name)}  # fmt: skip
    methods = {
        f"__{row.name}__" if row.name in ("neg", "abs") else row.name
        for row in PRIMITIVES.values()
        if row.unary and not row.internal
    }
    assert methods <= declared
    assert all(hasattr(microgradx.Value, name) for name in declared)
