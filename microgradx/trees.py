"""Trees: numbers in nested lists, tuples, dicts and object arrays."""

from microgradx.graph import array_kind


def flatten(tree) -> tuple:
    """What nested lists, tuples, dicts and object arrays hold, and how to fill them with other."""
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


def in_shape(xs, shape: tuple):
    """The array of what an array of some shape holds, numbers or arrays alike."""
    return xs.reshape(*shape, *xs.shape[1:])
