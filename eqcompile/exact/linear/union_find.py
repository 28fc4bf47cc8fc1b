"""Disjoint sets that are joined one by one."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=Hashable)


class UnionFind(Generic[Item]):
    """A partition that only grows coarser; items are added when they are first named.

    Args:
        items: each in a set of its own.

    >>> union = UnionFind("abcd")
    >>> union.union("a", "c", "d")
    >>> union["a"] == union["d"], union["a"] == union["b"]
    (True, False)
    >>> [sorted(part) for part in union.to_sets()]
    [['a', 'c', 'd'], ['b']]

    References:
        Tarjan, J. ACM 22, 215 (1975).
    """

    def __init__(self, items: Iterable[Item] = ()) -> None:
        self._parents = {item: item for item in items}
        self._sizes = dict.fromkeys(self._parents, 1)

    def __getitem__(self, item: Item) -> Item:
        """The item that stands for the set of this one."""
        parents = self._parents
        if item not in parents:
            parents[item], self._sizes[item] = item, 1
        root = item
        while parents[root] != root:
            root = parents[root]
        while parents[item] != root:
            parents[item], item = root, parents[item]
        return root

    def union(self, *items: Item) -> None:
        """Join the sets of all these items."""
        if not items:
            return
        root = self[items[0]]
        for item in items[1:]:
            other = self[item]
            if other != root:
                if self._sizes[root] < self._sizes[other]:
                    root, other = other, root
                self._parents[other] = root
                self._sizes[root] += self._sizes[other]

    def __iter__(self) -> Iterator[Item]:
        return iter(list(self._parents))

    def to_sets(self) -> list[set[Item]]:
        """The sets, in the order in which their first items were named."""
        found: dict[Item, set[Item]] = {}
        for item in self:
            found.setdefault(self[item], set()).add(item)
        return list(found.values())
