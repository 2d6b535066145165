"""Trees: numbers in nested lists, tuples, dicts and object arrays."""

from microgradx.errors import MathError
from microgradx.graph import array_kind, brief, data_of, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def flatten(tree, kinds=("O",)) -> tuple:
    """(what nested lists, tuples, dicts and object arrays hold, what builds the same of others).

    Arrays of other `kinds` may be asked for, too: what they hold is not one number, then.
    """
    tree = item(tree)
    if isinstance(tree, dict):
        branches, build = tree.values(), in_dict
    elif isinstance(tree, list | tuple):
        branches, build = tree, in_sequence
    elif array_kind(tree) in kinds:
        branches, build = tree.ravel().tolist(), in_array
    else:
        return [tree], lambda xs: xs[0]
    parts = [flatten(branch, kinds) for branch in branches]

    def rebuild(xs):
        rest = iter(xs)
        return build([fill([next(rest) for _ in leaves]) for leaves, fill in parts], tree)

    return [x for leaves, _ in parts for x in leaves], rebuild


def refusals(tree, name: str) -> "Iterator[Exception]":
    """An error for all that is no number in the tree of an argument; each says its place."""
    tree = tree.tolist() if array_kind(tree) == "O" else tree
    if isinstance(tree, dict | list | tuple):
        for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from refusals(branch, f"{name}[{key!r}]")
        return
    try:
        number(data_of(tree), name)
    except MathError as error:
        yield error
    except TypeError as error:
        accepted = "numbers, alone or in lists, tuples and dicts"
        given = f"{brief(tree)} ({name}); as in grad(f)([2.0, 3.0])"
        # That of an array says what is wrong with its numbers.
        yield (
            error if array_kind(tree) else TypeError(f"a derivative is by {accepted}, not {given}")
        )


def matched(tree, other) -> list:
    """What another tree holds, in the order of the first: members of dicts are found by their keys.

    Raises:
        ValueError: If its structure is another one; an array is like nested lists, a tuple a list.
    """
    tree, other = (x.tolist() if array_kind(x) == "O" else x for x in (tree, other))
    if isinstance(tree, dict):
        if not isinstance(other, dict) or tree.keys() != other.keys():
            raise ValueError(f"{brief(other)} is no dict with the keys {brief([*tree])}")
        pairs = [(branch, other[key]) for key, branch in tree.items()]
    elif isinstance(tree, list | tuple):
        if getattr(other, "shape", ()):  # an array of numbers, as `grad` gives one
            other = [*other]
        if not isinstance(other, list | tuple) or len(tree) != len(other):
            raise ValueError(f"{brief(other)} is no sequence of {len(tree)}")
        pairs = zip(tree, other, strict=True)
    elif isinstance(other, dict | list | tuple):
        raise ValueError(f"{brief(other)} is no single number")
    else:
        return [other]
    return [x for pair in pairs for x in matched(*pair)]


def item(x):
    """What an object array without axes holds; anything else as it is."""
    return x.item() if array_kind(x) == "O" and x.shape == () else x


def in_dict(xs: list, tree):
    """A dict of the same class and keys."""
    other = tree.copy()
    for key, x in zip(tree, xs, strict=True):  # a Counter's update would add
        other[key] = x
    return other


def in_sequence(xs: list, tree):
    """A list or tuple of the same class."""
    return getattr(tree, "_make", type(tree))(xs)


def in_array(xs: list, tree):
    """An array of the same shape: of numbers, of arrays of one shape, or else of objects."""
    xp = tree.__array_namespace__()
    if any(isinstance(x, list | tuple | dict) for x in xs):
        found = xp.empty(len(xs), dtype=object)
        for i, x in enumerate(xs):
            found[i] = x
    elif any(getattr(x, "shape", ()) for x in xs):  # of a batch; 0.0 is that of none of its points
        found = xp.asarray(xp.broadcast_arrays(*xs))
    else:
        found = xp.asarray(xs) if xs else tree.ravel()
    return found.reshape((*tree.shape, *found.shape[1:]))
