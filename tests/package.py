"""The package as text: its files, and the names that it offers."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "microgradx"


def tree(name: str) -> ast.Module:
    return ast.parse((PACKAGE / f"{name}.py").read_text("utf-8"))


def public_names() -> set[str]:
    """The names that `__init__` offers: those it imports as themselves."""
    return {
        alias.asname
        for node in ast.walk(tree("__init__"))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
