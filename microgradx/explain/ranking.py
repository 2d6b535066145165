"""The paths of a graph one after the other, the one with the largest |product| first.

The k-th best path from a node goes on with the j-th best from one of its operands, for some j ≤ k;
so each node keeps the paths found so far, and a heap of candidates for the next. Ties cost nothing.
Source: V. M. Jiménez and A. Marzal, "Computing the K shortest paths: a new algorithm and an
experimental comparison", WAE 1999; here with a stack in place of recursion, for any depth.
"""

import math
from heapq import heapify, heappop, heappush


class Ranking:
    """The paths from every node to `end`, shortest first, where an edge has length −log|factor|.

    Logarithms neither overflow nor underflow, and a factor of 0 has length ∞.

    Attributes:
        edges: By node, (where it leads, its factor) for each of its edges.
        count: By node, how many paths there are.
    """

    def __init__(self, edges: dict[int, list[tuple[int, float]]], end: int):
        self.edges, self.end = edges, end
        self.count = {end: 1}
        self.lengths: dict[int, list[float]] = {}
        # A path is (its length, its first edge, the rank of the rest among the paths from there).
        self.found: dict[int, list[tuple[float, int, int]]] = {end: [(0.0, 0, 0)]}
        self.candidates: dict[int, list[tuple[float, int, int]]] = {}
        for v in sorted(edges):
            self.count[v] = sum(self.count[u] for u, _ in edges[v])
            self.lengths[v] = lengths = [-math.log(abs(d)) if d else math.inf for _, d in edges[v]]
            heap = [
                (length + self.found[u][0][0], e, 0)
                for e, (length, (u, _)) in enumerate(zip(lengths, edges[v], strict=True))
            ]
            heapify(heap)
            self.found[v] = [heappop(heap)]
            self.candidates[v] = heap

    def path(self, v: int, k: int) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """The nodes and the factors of the k-th path from v, which has more than k."""
        while len(self.found[v]) <= k:
            self.find_next(v)
        rows, factors = [v], []
        while v != self.end:
            _, e, k = self.found[v][k]
            v, d = self.edges[v][e]
            rows.append(v)
            factors.append(d)
        return tuple(rows), tuple(factors)

    def find_next(self, v: int) -> None:
        """One more path from v; there is one."""
        waiting = [v]
        while waiting:
            v = waiting[-1]
            # The last path that was found makes way for the next with the same first edge.
            _, e, k = self.found[v][-1]
            u, _ = self.edges[v][e]
            if k + 1 < self.count[u]:
                if k + 1 == len(self.found[u]):
                    waiting.append(u)
                    continue
                length = self.lengths[v][e] + self.found[u][k + 1][0]
                heappush(self.candidates[v], (length, e, k + 1))
            self.found[v].append(heappop(self.candidates[v]))
            waiting.pop()
