"""The elements of a page by the names of their classes, read once."""

from __future__ import annotations

from typing import Any


class Marks:
    def __init__(self, tree: Any) -> None:
        self._found: dict[str, list[tuple[int, Any]]] = {}
        for at, element in enumerate(tree.xpath("//*[@class]")):
            for name in dict.fromkeys(element.get("class").split()):
                self._found.setdefault(name, []).append((at, element))

    def all(self, *names: str) -> list[Any]:
        """The elements of any of these classes, in the page's order."""
        found = {at: element for name in names for at, element in self._found.get(name, ())}
        return [found[at] for at in sorted(found)]

    def like(self, part: str) -> list[Any]:
        """The elements with a class that has this in its name, in the page's order."""
        return self.all(*(name for name in self._found if part in name))

    def within(self, name: str, around: str) -> list[Any]:
        """The elements of a class that are inside of one of another class."""
        if around not in self._found:
            return []
        outer = set(self.all(around))
        return [each for each in self.all(name) if not outer.isdisjoint(each.iterancestors())]

    def of_entry(self, name: str) -> list[Any]:
        """The elements of a class in the page's first h-entry (https://microformats.org/wiki/h-entry)."""
        entry = next(iter(self.all("h-entry")), None)
        if entry is None:
            return []
        return [each for each in self.all(name) if any(up is entry for up in each.iterancestors())]
