"""Tables on the standard output: rows, heads, and whether a target is met."""


def print_row(name: str, *cells: str) -> None:
    """A line of a table."""
    print("  ".join((f"{name:<24}", *(f"{cell:>12}" for cell in cells))).rstrip(), flush=True)


def print_title(title: str, *columns: str) -> None:
    """The head of a table."""
    print(f"\n{title}")
    print_row("", *columns)


def at_least(figure: float, target: float) -> str:
    """Whether a figure that is to be large is."""
    return f"≥ {target:g} {'met' if figure >= target else 'MISSED'}"


def at_most(figure: float, target: float) -> str:
    """Whether a figure that is to be small is."""
    return f"≤ {target:g} {'met' if figure <= target else 'MISSED'}"
