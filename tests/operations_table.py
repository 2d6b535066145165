"""The README's table of operations, out of the table itself.

`python -m tests.operations_table` writes it into the README; a test holds the README equal to it.
"""

import re
from pathlib import Path

from microgradx.primitives import PRIMITIVES, Primitive

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- operations -->\n", "<!-- /operations -->"
HEAD = "| name | z = | derivatives | domain | convention |\n|---|---|---|---|---|\n"


def formula(row: Primitive) -> str:
    r"""A row's LaTeX as GitHub shows it: no \operatorname, and no | inside a table."""
    text = row.latex.replace(r"\operatorname", r"\mathrm")
    return "$`" + re.sub(r"\|(.*?)\|", r"\\lvert \1 \\rvert", text) + "`$"


def cells(row: Primitive) -> list[str]:
    """What the README says of a row."""
    name = f"`{row.name}`" + (f" `{row.sign}`" if row.sign else "")
    slopes = [f"∂z/∂{x} = `{d}`" for x, d in zip(row.operands, row.partials, strict=True)]
    needs = [f"`{condition}` for a Value as {x}" for x, condition in row.needs.items()]
    domain = "; ".join([f"`{row.domain}`", *needs] if row.domain else needs)
    return [name, formula(row), "<br>".join(slopes), domain, row.kink]


def rows(internal: bool) -> str:
    """The table of all rows of one kind."""
    lines = [cells(row) for row in PRIMITIVES.values() if row.internal == internal]
    return HEAD + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def table() -> str:
    """All that stands between the README's markers."""
    return (
        f"\n{rows(internal=False)}\n"
        "These rows serve the derivatives of others, so that nothing cancels at any order. They are for\n"
        "formulas alone, those of your own primitives too, and are neither functions nor methods:\n\n"
        f"{rows(internal=True)}\n"
    )


def with_table(readme: str) -> str:
    """The README with the table brought up to date."""
    before, rest = readme.split(BEGIN)
    _, after = rest.split(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    README.write_text(with_table(README.read_text("utf-8")), "utf-8")
