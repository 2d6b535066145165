"""The positions of arguments, as `argnums` and `wrt` give them."""

from microgradx.graph import array_kind, brief

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeGuard


def positions(option: str, given: "Any", n: int) -> tuple[int, ...]:
    """The positions of some of n arguments, from the front."""
    single = not hasattr(given, "__iter__") or getattr(given, "shape", None) == ()
    found = [given] if single else [*given]
    chosen = tuple(int(i) % n for i in found if is_position(i) and -n <= i < n)
    if len({*chosen}) < len(found):
        advice = f"give the position of one, or several positions that differ, as in {option}=0"
        if not n:
            advice = "give it one without its name, as in grad(f)(2.0)"
        raise ValueError(
            f"{option}={brief(given)} for a function of {n} argument{'s' * (n != 1)}, not counting "
            f"those by keyword: {advice}"
        )
    return chosen


def is_position(x: "Any") -> "TypeGuard[int]":
    """Whether it is a whole number, which NumPy's are too."""
    if array_kind(x) in ("i", "u"):
        return x.shape == ()
    return isinstance(x, int) and not isinstance(x, bool)
