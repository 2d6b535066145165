"""Every row of the table as a function, written out as `collections.namedtuple` writes its methods.

The text of a row is pasted into a function that reads the operands' numbers, computes the value
and the local derivatives by those operands that are Values, and makes the node: for floats, with
nothing called in between. Whatever is not so simple (plain numbers, batches, Values of Values,
symbols, errors) it leaves to `apply`, which runs the same text.
"""

import sys

from microgradx.apply import FUNCTIONS, apply
from microgradx.graph import ZERO, data_of, number
from microgradx.libraries import FLOATS, LIBRARIES, Library, function_text, statements
from microgradx.messages import refuse_no_sequence
from microgradx.primitives import PRIMITIVES, Primitive
from microgradx.value import Value, new

UNARY = '''
def {name}(a, /):
    """{doc}"""
    if a.__class__ is Value and a.data.__class__ is float:
        x = a.data
        try:
            {z}
            if z.__class__ is float and z - z == 0.0:
                {dx}
                {node}
                v._x = a; v._dx = dx; v._y = None; v._dy = 0.0
                return v
        except UNUSUAL: pass
    return apply("{name}", a)
'''

# Arrays are left to `apply` before anything is computed, since NumPy would warn.
BINARY = '''
def {name}(a, b, /):
    """{doc}"""
    try:
        if b.__class__ is Value:
            y = b.data
            if a.__class__ is Value:
                x = a.data
                if x.__class__ is float and y.__class__ is float:
                    {z}
                    if {finite}:
                        {dx}
                        {dy}
                        {node}
                        v._x = a; v._dx = dx; v._y = b; v._dy = dy
                        return v
            elif y.__class__ is float:
                x = a if a.__class__ is float else single(a)
                {z}
                if {finite} and x - x == 0.0:
                    {dy}
                    {node}
                    v._x = x; v._dx = 0.0; v._y = b; v._dy = dy
                    return v
        elif a.__class__ is Value:
            x = a.data
            if x.__class__ is float:
                y = b if b.__class__ is float else single(b)
                {z}
                if {finite} and y - y == 0.0:
                    {dx}
                    {node}
                    v._x = a; v._dx = dx; v._y = y; v._dy = 0.0
                    return v
    except UNUSUAL: pass
    return apply("{name}", a, b)
'''

# A sequence of Values alone or of floats alone is read at once; any other is left to `apply`.
ONE_SEQUENCE = '''
def {name}(xs, /):
    """{doc}"""
    try: a = tuple(xs)
    except TypeError: refuse_no_sequence("{name}([x, y])", xs); raise
    try:
        xs = [v.data for v in a if v.__class__ is Value]
        if len(xs) == len(a) > 0 and xs[0].__class__ is float{others}:
            {z}
            if z.__class__ is float and z - z == 0.0:
                {dxs}
                {node}
                v._x = a; v._dx = tuple(dxs); v._y = None; v._dy = 0.0
                return v
    except UNUSUAL: pass
    return apply("{name}", a)
'''

TWO_SEQUENCES = '''
def {name}(xs, ys, /):
    """{doc}"""
    try: a, b = tuple(xs), tuple(ys)
    except TypeError: refuse_no_sequence("{name}([x, y], [1.0, 0.0])", xs, ys); raise
    try:
        xs = [v.data for v in a if v.__class__ is Value]
        ys = [v.data for v in b if v.__class__ is Value]
        n = len(a)
        s, t = len(xs) == n, len(ys) == n
        if not s: xs = a if {{*map(type, a)}} == NUMBERS else None
        if not t: ys = b if {{*map(type, b)}} == NUMBERS else None
        if xs and ys and len(b) == n and (s or t) and xs[0].__class__ is float is ys[0].__class__:
            {z}
            if z.__class__ is float and z - z == 0.0:
                {dxs}
                {dys}
                {node}
                if s and t: v._x = a + b; v._dx = (*dxs, *dys); v._y = None; v._dy = 0.0
                else:
                    v._x, v._dx = (a, tuple(dxs)) if s else (b, tuple(dys))
                    v._y = a + b; v._dy = 0.0
                return v
    except UNUSUAL: pass
    return apply("{name}", a, b)
'''

# For what programs seldom call in a loop.
OTHERS = '''
def {name}({operands}, /):
    """{doc}"""
    return apply("{name}", {operands})
'''
TEMPLATES = {("x",): UNARY, ("xs",): ONE_SEQUENCE, ("xs", "ys"): TWO_SEQUENCES}
NODE = 'v = new(); v.data = z; v.grad = ZERO; v.label = ""; v.op = "{name}"'


def source(row: Primitive) -> str:
    """The text of a row's function."""
    blocks = {"{z}": statements(row.value, "z = "), "{node}": [NODE]}
    inlined = {}
    for x, formula in zip(row.operands, row.partials, strict=True):
        if formula in (*"xyz", "1.0", "-1.0"):  # too simple to need a name
            blocks[f"{{d{x}}}"], inlined[f"v._d{x} = d{x}"] = [], f"v._d{x} = {formula}"
        else:
            blocks[f"{{d{x}}}"] = statements(formula, f"d{x} = ")
    lines = []
    template = BINARY if row.infix else TEMPLATES.get(row.operands, OTHERS)
    for line in (OTHERS if row.internal else template).splitlines():
        bare = line.lstrip()
        indent = line[: len(line) - len(bare)]
        lines += [indent + statement for statement in blocks.get(bare, [bare])]
    text = "\n".join(lines)
    for long, short in inlined.items():
        text = text.replace(long, short)
    # A sum with an array in it is an array; a maximum may be a number all the same.
    others = "" if "fold" in row.value else " and {*map(type, xs)} == NUMBERS"
    # Of floats a power alone may be another number, which is complex.
    finite = "z.__class__ is float and z - z == 0.0" if row.sign == "**" else "z - z == 0.0"
    named = {"name": row.name, "operands": ", ".join(row.operands), "others": others}
    return text.format(doc=document(row), finite=finite, **named) + "\n"


def deferred(text: str) -> str:
    """The text of a function, with a call of `at_first` in place of what it does.

    To compile them all takes longer than all else that the package does when it is imported. The
    lines stay as many, so that what is compiled later has its place in the text.
    """
    head, quotes, body = text.rpartition('"""\n')
    name, operands = head[head.index("def ") + 4 : head.index(", /")].split("(")
    return f'{head}{quotes}    return at_first("{name}", {operands})' + "\n" * body.count("\n")


def at_first(name: str, *operands):
    """Compile what a function does, now that it is called, and call it."""
    function = FUNCTIONS[name]
    stub, found = function.__code__, {}
    text = "\n" * (stub.co_firstlineno - 2) + source(PRIMITIVES[name])
    exec(compile(text, stub.co_filename, "exec"), function.__globals__, found)
    function.__code__ = found[name].__code__
    return function(*operands)


def document(row: Primitive) -> str:
    """The docstring of a row's function, out of the row."""
    slopes = [f"∂z/∂{x} = {d}" for x, d in zip(row.operands, row.partials, strict=True)]
    value = "" if row.value == row.call else f" = {row.value}"
    lines = [f"z = {row.call}{value} as a node of the graph, with {', '.join(slopes)}."]
    of = ""
    if row.variadic:
        of = "sequences of one length, of " if row.operands[1:] else "the members of a sequence, "
    lines.append(f"The operands are {of}Values or numbers; the result is a number if all are.")
    if "fold" in row.value:
        lines.append("fold adds up, from left to right.")
    lines.append(
        "Raises TypeError if an operand is no real number, DomainError if one is not finite, and "
        "RangeError if z exceeds the largest float."
    )
    if row.domain:
        needs = [f", and {condition} for a Value as {x}" for x, condition in row.needs.items()]
        pole = f"; PoleError, which is one, if {row.pole}" if row.pole else ""
        lines.append(f"Raises DomainError unless {row.domain}{''.join(needs)}{pole}.")
    if row.kink:
        lines.append(f"Convention: {row.kink}.")
    return "\n\n    ".join(lines).replace("\\", "\\\\").replace('"', '\\"')


def single(x):
    """A number as a float; TypeError for an array, which is left to `apply`."""
    x = float(x) if x.__class__ is int else number(x)
    if x.__class__ is float:
        return x
    raise TypeError


class Text:
    """A loader (PEP 302) of written text: tracebacks and `inspect` ask it what to show."""

    def __init__(self, text: str):
        self.text = text

    def get_source(self, name: str) -> str:
        return self.text


def run(name: str, text: str, space: dict, shown: str = "") -> dict:
    """Execute written text as a module of its own, over the names in `space`; what it defines.

    `linecache` could hold the text as well, but to import it takes as long as all of this package.
    """
    loader = {"__name__": name, "__loader__": Text(shown or text)}
    module = sys.modules[name] = type(sys)(name)
    WRITTEN[name] = {**space, **loader}
    exec(compile(text, name, "exec"), WRITTEN[name], vars(module))
    defined = {key: x for key, x in vars(module).items() if key[0] != "_"}
    vars(module).update(loader)
    return defined


def write(name: str, rows) -> None:
    """Make the functions of some rows, and the operators and methods of Value that they are."""
    values = [row for row in rows if row.name not in FLOATS]
    text = "\n".join(function_text(row.name, row.operands, row.value) for row in values)
    SPACE.update(run(f"{name}_values", text, SPACE))
    texts = [source(row) for row in rows]
    FUNCTIONS.update(run(name, "\n".join(map(deferred, texts)), SPACE, shown="\n".join(texts)))
    for row in rows:
        function = FUNCTIONS[row.name]
        if row.infix:
            setattr(Value, f"__{SIGNS[row.sign]}__", function)
            setattr(
                Value, f"__r{SIGNS[row.sign]}__", lambda b, a, function=function: function(a, b)
            )
        elif row.unary and not row.internal:
            setattr(Value, f"__{row.name}__" if row.name in ("neg", "abs") else row.name, function)


# By these names NumPy looks for the functions of the members of an array of objects; of two arrays,
# for those of the members of the first, which a number has not.
NUMPY_NAMES = {
    "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2", "hypot": "hypot",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
}  # fmt: skip
SIGNS = {"+": "add", "-": "sub", "*": "mul", "/": "truediv", "**": "pow"}
SPACE = {
    **FLOATS, "apply": apply, "single": single, "new": new, "Value": Value, "ZERO": ZERO,
    "NUMBERS": {float}, "at_first": at_first, "refuse_no_sequence": refuse_no_sequence,
    # The last is what an array raises where warnings are errors.
    "UNUSUAL": (ArithmeticError, ValueError, TypeError, RuntimeWarning),
}  # fmt: skip
WRITTEN: dict[str, dict] = {}  # over which names each text was executed: a row may be given anew
write(f"{__name__}.written", PRIMITIVES.values())
for numpys, own in NUMPY_NAMES.items():
    setattr(Value, numpys, FUNCTIONS[own])
RESERVED = frozenset({*PRIMITIVES, *SPACE})
LIBRARIES[Value] = Library("Values", {**FUNCTIONS, "fold": FUNCTIONS["sum"], "detached": data_of})
globals().update(FUNCTIONS)  # so that they can be imported by name
