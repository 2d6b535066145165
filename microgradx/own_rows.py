"""Rows that a user adds to the table."""

import ast
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

import microgradx
from microgradx.libraries import FLOAT, FLOATS, LIBRARIES, function_text, statements
from microgradx.operators import FUNCTIONS, RESERVED, SPACE, WRITTEN, write
from microgradx.primitives import PRIMITIVES, Primitive
from microgradx.rows import LEAVES
from microgradx.value import Value

SEQUENCES = ast.List, ast.Tuple, ast.ListComp, ast.GeneratorExp
SYNTAX = (  # of formulas, which every kind of number understands
    *(ast.Module, ast.Name, ast.NamedExpr, ast.expr_context, *SEQUENCES, ast.comprehension),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UnaryOp, ast.USub),
)
CONDITIONS = ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.Not, ast.Mod
LOCALS = {"a", "b", "dx", "v", "x", "y", "z"}  # of the functions that are written


def primitive(
    name: str,
    value: str,
    *partials: str,
    operands: Sequence[str] | None = None,
    domain: str = "",
    pole: str = "",
    needs: Mapping[str, str] | None = None,
    kink: str = "",
    remedy: str = "",
    latex: str = "",
) -> Callable[..., Any]:
    """Add a row of your own to the table: it then works everywhere, as the built-in ones do.

    Formulas are text, in z, x and y (`operands=` gives other names), made of arithmetic and of
    other rows: so they also run over Values, which is what makes higher derivatives. A row of yours
    may be given anew, as where a cell of a notebook is run again: what an earlier call returned,
    and rows that use it, then follow the new formulas; graphs and programs are to be made anew.

    Args:
        name: The name of the function, and for one operand also of a method of Value.
        value: The formula of z.
        *partials: The formulas of ∂z/∂x, ∂z/∂y, …, one for each operand.
        operands: The names that the formulas give to the operands; most often x, or x and y.
        domain: Where z is a finite real number (overflow aside), a condition as "x > 0"; "" if
            everywhere. Where the formula fails elsewhere, DomainError says so.
        pole: Where z is infinite, a condition as "x == 0": PoleError; "" if nowhere.
        needs: What an operand that is a Value demands of the others: a condition by operand.
        kink: The convention where the derivative does not exist, in words, for the documentation.
        remedy: What to do where z is too large, or the operand outside the domain: a hint.
        latex: How z is written in LaTeX.

    Returns:
        The function.

    Raises:
        TypeError: If a name, formula, condition or hint is no text, `operands` no list or tuple, or
            `needs` no mapping.
        ValueError: If the name is taken or none, operands have no proper names, or a formula or
            condition does not parse, uses an unknown name, or assigns to one that has a meaning; or
            if a formula decides by its operands. Then nothing has changed.

    Example:
        >>> import microgradx as mg
        >>> swish = mg.primitive("swish", "x * sigmoid(x)", "sigmoid(x) + x * sech2(0.5 * x) / 4.0")
        >>> x = mg.Value(1.0)
        >>> swish(x).backward()
        >>> round(x.grad, 6)
        0.927671
    """
    texts = value, *partials, domain, pole, kink, remedy, latex
    check_types(name, operands, needs, texts)
    row = partial(
        Primitive,
        name,
        operands=operands and tuple(operands),
        domain=domain,
        pole=pole,
        needs=dict(needs or {}),
        kink=kink,
        remedy=remedy,
        latex=latex,
    )
    check_row(row(value, *partials))  # as it is given, for errors
    return enter(row(*map(of_floats, (value, *partials))))


def check_types(name: Any, operands: Any, needs: Any, texts: tuple) -> None:
    """Refuse what is no text, or no collection of texts."""
    if not isinstance(name, str):
        raise TypeError(f"primitive takes a name, as in primitive('square', ...), not {name!r}")
    if isinstance(operands, str) or not isinstance(operands or (), (list, tuple)):
        raise TypeError(f"operands are names, as in operands=('x', 'y'), not {operands!r}")
    if not isinstance(needs or {}, Mapping):
        raise TypeError(f"needs has conditions by operand, as {{'y': 'x > 0'}}, not {needs!r}")
    for text in (*(operands or ()), *texts, *(needs or ()), *dict(needs or {}).values()):
        if not isinstance(text, str):
            raise TypeError(
                f"primitive {name!r}: names, formulas, conditions and hints are text, as 'x * x', "
                f"not {text!r}"
            )


def check_row(row: Primitive) -> None:
    """Refuse a name that is taken or none, and operands and formulas that do not go together."""
    name, names = row.name, {*row.operands}
    if not is_identifier(name) or name.startswith("_"):
        raise ValueError(
            f"primitive {name!r}: a name is an identifier and no keyword, and does not begin with "
            "_, as 'square'"
        )
    taken = name in {*RESERVED, *LOCALS, *LEAVES, *dir(microgradx)}
    if taken or (hasattr(Value, name) and name not in FUNCTIONS):
        raise ValueError(f"primitive {name!r}: the name is taken; give another, as 'square'")
    if not len(names) == len(row.operands) == len(row.partials) > 0:
        raise ValueError(
            f"primitive {name!r}: there is one formula of a derivative for each operand x, y, or "
            "those of operands=('x', 'y', 'w')"
        )
    if row.variadic:
        raise ValueError(
            f"primitive {name!r}: xs names a sequence, which rows of your own do not take: call a "
            "single operand x"
        )
    known = {"z", *FLOATS, *PRIMITIVES, name}
    for x in (*row.operands, *row.needs):
        if x not in names - known - RESERVED or not is_identifier(x):
            raise ValueError(f"primitive {name!r}: {x!r} cannot name an operand")
    check(name, row.value, known - {"z"} | names, names)
    if uses(row.value, names, name):
        raise ValueError(
            f"primitive {name!r}: {row.value!r} uses {name} itself, or what is made of it"
        )
    for formula in row.partials:
        check(name, formula, known | names, names)
    for condition in filter(None, (row.domain, row.pole, *row.needs.values())):
        check(name, condition, {"abs", *names}, condition=True)
    for formula in (row.value, *row.partials):
        try_out(row, formula)


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


def is_identifier(x: str) -> bool:
    """Whether Python takes a text for a name, and for the same name everywhere."""
    return x.isidentifier() and not iskeyword(x) and normalize("NFKC", x) == x


def enter(row: Primitive) -> Callable[..., Any]:
    """Make a row part of the table, and give its function.

    Where there was a row of this name, its function stays the one that users hold: it does what the
    new one says, and so does every text in which the name occurs.
    """
    name, old = row.name, FUNCTIONS.get(row.name)
    if old and hasattr(Value, name):
        delattr(Value, name)
    write(f"{__name__}.{name}", [row])
    PRIMITIVES[name] = row
    for library in [*LIBRARIES.values()]:
        library.space.pop(name, None)
        library.compiled.clear()  # the next to be asked for writes what is missing
    if old:
        new, FUNCTIONS[name] = FUNCTIONS[name], old
        old.__code__, old.__doc__ = new.__code__, new.__doc__
        old.__globals__.update(new.__globals__)
        WRITTEN[f"{__name__}.{name}"] = old.__globals__
        if vars(Value).get(name) is new:
            setattr(Value, name, old)
        for space in [*WRITTEN.values()]:
            if name in space:
                space.update(SPACE)
    LIBRARIES[Value].space[name] = FUNCTIONS[name]
    return FUNCTIONS[name]


def uses(formula: str, operands: Collection[str], name: str) -> bool:
    """Whether a formula of some operands uses a row, perhaps within other rows."""
    used = names_in(parsed(formula))[0].difference(operands)
    rows = [PRIMITIVES[x] for x in used if x in PRIMITIVES and x not in FLOATS]
    return name in used or any(uses(row.value, row.operands, name) for row in rows)


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
        return type(node.value) in (int, float)
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


def check(
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
        f"primitive {name!r}: {formula!r} is not made of + - * / ** and calls of the table's "
        f"functions alone, which every kind of number understands{remedy}"
    )
