"""Trees: numbers in nested lists, tuples, dicts and object arrays."""

from microgradx.graph import array_kind


def flatten(tree) -> tuple:
    """(what nested lists, tuples, dicts and object arrays hold, what builds the same of others)."""
    if isinstance(tree, dict):
        branches = tree.values()
        build = lambda xs: dict(zip(tree, xs, strict=True))  # noqa: E731
    elif isinstance(tree, list | tuple):
        branches = tree
        build = getattr(tree, "_make", type(tree))
    elif array_kind(tree) == "O":
        branches = tree.ravel().tolist()
        build = lambda xs: in_shape(tree.__array_namespace__().asarray(xs), tree.shape)  # noqa: E731
    else:
        return [tree], lambda xs: xs[0]
    parts = [flatten(branch) for branch in branches]

    def rebuild(xs):
        rest = iter(xs)
        return build([fill([next(rest) for _ in leaves]) for leaves, fill in parts])

    return [x for leaves, _ in parts for x in leaves], rebuild


def matched(tree, other) -> list:
    """What another tree holds, in the order of the first: members of dicts are found by their keys.

    Raises:
        ValueError: If its structure is another one; an array is like nested lists, a tuple a list.
    """
    tree, other = (x.tolist() if array_kind(x) == "O" else x for x in (tree, other))
    if isinstance(tree, dict):
        if not isinstance(other, dict) or tree.keys() != other.keys():
            raise ValueError(f"{other!r} is no dict with the keys {', '.join(map(repr, tree))}")
        pairs = [(branch, other[key]) for key, branch in tree.items()]
    elif isinstance(tree, list | tuple):
        if not isinstance(other, list | tuple) or len(tree) != len(other):
            raise ValueError(f"{other!r} is no sequence of {len(tree)}")
        pairs = zip(tree, other, strict=True)
    elif isinstance(other, dict | list | tuple):
        raise ValueError(f"{other!r} is no single number")
    else:
        return [other]
    return [x for pair in pairs for x in matched(*pair)]


def in_shape(xs, shape: tuple):
    """The array of what an array of some shape holds, numbers or arrays alike."""
    return xs.reshape(*shape, *xs.shape[1:])
