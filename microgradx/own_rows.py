"""Rows that a user adds to the table."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from keyword import iskeyword
from typing import Any
from unicodedata import normalize

import microgradx
from microgradx.formulas import LOCALS, check_formula, names_in, of_floats, parsed, try_out
from microgradx.libraries import FLOATS, LIBRARIES
from microgradx.operators import FUNCTIONS, RESERVED, SPACE, WRITTEN, write
from microgradx.primitives import PRIMITIVES, Primitive
from microgradx.rows import LEAVES
from microgradx.value import FIXED, Value


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
            everywhere. It says what is wrong where the formula fails elsewhere, by DomainError, and
            is not looked at where the formula works.
        pole: Where z is infinite, a condition as "x == 0", for PoleError; "" if nowhere.
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
    taken = name in {*RESERVED, *LOCALS, *LEAVES, *FIXED, *dir(microgradx)}
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
    if users := users_that_do_not_fit(row):
        raise ValueError(
            f"primitive {name!r}: {users} uses it, and not with {len(names)} operands: give that "
            "anew first, without it, or this another name"
        )
    known = {"z", *FLOATS, *PRIMITIVES, name}
    for x in (*row.operands, *row.needs):
        if x not in names - known - RESERVED or not is_identifier(x):
            raise ValueError(f"primitive {name!r}: {x!r} cannot name an operand")
    check_formula(name, row.value, known - {"z"} | names, names)
    if uses(row.value, names, name):
        raise ValueError(
            f"primitive {name!r}: {row.value!r} uses {name} itself, or what is made of it"
        )
    for formula in row.partials:
        check_formula(name, formula, known | names, names)
    for condition in filter(None, (row.domain, row.pole, *row.needs.values())):
        check_formula(name, condition, {"abs", *names}, condition=True)
    for formula in (row.value, *row.partials):
        try_out(row, formula)


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


def users_that_do_not_fit(row: Primitive) -> str:
    """The rows that use one of this name, if that has another number of operands."""
    if len(PRIMITIVES.get(row.name, row).operands) == len(row.operands):
        return ""

    def used(other: Primitive) -> bool:
        formulas = map(parsed, (other.value, *other.partials))
        names = (names_in(nodes)[0].difference(other.operands) for nodes in formulas)
        return any(row.name in each for each in names)

    others = [x for x in PRIMITIVES.values() if x.name != row.name]
    return ", ".join(x.name for x in others if used(x))
