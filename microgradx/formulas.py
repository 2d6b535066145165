"""The formulas of rows that users add: of what every kind of number understands, or refused."""

import ast
import re
from collections.abc import Collection
from sys import float_info
from typing import Any

from microgradx.libraries import FLOAT, FLOATS, function_text, statements
from microgradx.operators import RESERVED
from microgradx.primitives import PRIMITIVES, Primitive

SEQUENCES = ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp
SYNTAX = (  # of formulas, which every kind of number understands
    *(ast.Module, ast.Name, ast.NamedExpr, ast.expr_context, *SEQUENCES, ast.comprehension),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub),
)
CONDITIONS = ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.Not, ast.Mod
LOCALS = {"a", "b", "dx", "v", "x", "y", "z"}  # of the functions that are written


def parsed(formula: str) -> list[Any]:
    """The nodes of the syntax tree of a formula, the value of which is called result."""
    return [*ast.walk(ast.parse("\n".join(statements(formula, "result = "))))]


def decides(nodes: list[Any]) -> bool:
    """Whether a formula has a comparison, or anything else that asks what is true."""
    kinds = ast.Compare | ast.BoolOp | ast.IfExp | ast.Not
    return any(isinstance(node, kinds) for node in nodes)


def is_arithmetic(node: Any, condition: bool) -> bool:
    """Whether every kind of number can do what a node of a syntax tree says."""
    if isinstance(node, ast.Constant):
        x: Any = node.value
        return type(x) in (int, float) and x <= float_info.max
    if isinstance(node, ast.Assign):  # of a number to a name, or of a list that will be added up
        several = isinstance(node.value, SEQUENCES)
        return not (several and ast.unparse(node.targets[0]) == "result")
    if isinstance(node, ast.Call):
        row = PRIMITIVES.get(getattr(node.func, "id", ""))
        fits = row is None or row.variadic or len(node.args) == len(row.operands)
        return isinstance(node.func, ast.Name) and not node.keywords and fits
    return isinstance(node, (*SYNTAX, *(CONDITIONS if condition else ())))


def names_in(nodes: list[Any]) -> tuple[set[str], set[str]]:
    """The names that a formula uses, and those that it assigns to."""
    names = [x for x in nodes if isinstance(x, ast.Name)]
    inner = {  # the variables of `for` in a list
        x for each in nodes if isinstance(each, ast.comprehension) for x in ast.walk(each.target)
    }
    local = {x.id for x in names if x in inner}
    assigned = {x.id for x in names if isinstance(x.ctx, ast.Store) and x not in inner}
    used = {x.id for x in names if isinstance(x.ctx, ast.Load)} - local - assigned
    return used, assigned - {"result"}


def check_formula(
    name: str,
    formula: str,
    known: set[str],
    operands: Collection[str] = (),
    condition: bool = False,
) -> None:
    """Refuse a formula that does not parse, uses unknown names, assigns to names that mean
    something in what is written out of it, or decides, unless it is a condition."""
    try:
        nodes = parsed(formula)
        compile(function_text("formula", (), formula), name, "exec")
    except SyntaxError as error:
        raise ValueError(f"primitive {name!r}: {formula!r} is no formula: {error.msg}") from None
    if not condition and decides(nodes):
        raise ValueError(
            f"primitive {name!r}: {formula!r} decides by its operands, which arrays and programs "
            "do not let it: write where(greater(x, 0.0), y, z)"
        )
    used, assigned = names_in(nodes)
    if taken := assigned & {*operands, *LOCALS, *RESERVED}:
        raise ValueError(
            f"primitive {name!r}: {formula!r} assigns to {', '.join(sorted(taken))}, which has a "
            "meaning already: call it s or t"
        )
    if unknown := sorted(used - known):
        may = "a condition may use the operands and abs"
        if not condition:
            own = "z and the operands" if "z" in known else "the operands"
            may = (
                f"a formula may use {own} ({', '.join(sorted(operands))}: one for each formula of "
                "a derivative), arithmetic and the functions of the table"
            )
        raise ValueError(f"primitive {name!r}: {formula!r} uses {', '.join(unknown)}; {may}")
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    bare = {x.id for x in nodes if isinstance(x, ast.Name) and id(x) not in called}
    if bare & used & {*FLOATS, *PRIMITIVES}.difference(operands) or not all(
        is_arithmetic(node, condition) for node in nodes
    ):
        refuse(name, formula)


def refuse(name: str, formula: str) -> None:
    of_several = re.search(r"\bm(ax|in)\(", formula)
    remedy = "; of several numbers write maximum or minimum" if of_several else ""
    raise ValueError(
        f"primitive {name!r}: {formula!r} is not made of + - * / **, finite numbers and calls of "
        f"the table's functions alone, which every kind of number understands{remedy}"
    )


def of_floats(formula: str) -> str:
    """A formula with floats for its whole numbers, a power of which no float might hold."""
    return re.sub(r"(?<![\w.])(?<!\d[eE][-+])\d[\d_]*(?![\w.])", r"\g<0>.0", formula)


def try_out(row: Primitive, formula: str) -> None:
    """Refuse a formula that has no number as its result; a number may be outside its domain."""
    operands, space = ("z", *row.operands), {**FLOAT.complete()}
    exec(function_text("formula", operands, of_floats(formula)), space)
    try:
        found = space["formula"](*[0.5] * len(operands))
    except (ArithmeticError, ValueError):
        return
    except TypeError:
        found = None
    if not isinstance(found, float | int | complex):
        refuse(row.name, formula)
