"""Finds and lazily imports adapters: in-tree by file name, third-party by entry point.

An adapter's file name is the name of its kind; the file holds one class of that kind. Nothing is
imported before it is asked for by name.
"""

import importlib
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from service.errors import SettingsError

if TYPE_CHECKING:
    from service.ports import Channel, Export, Lookup, Programme

_ADAPTERS = Path(__file__).parent.parent / "adapters"
_CHANNEL_FOLDERS = ("newsletters", "social", "blogs", "local")


def channel_kinds() -> tuple[str, ...]:
    """Every kind of channel there is, by name; imports none."""
    return tuple(sorted(_modules("channels", _CHANNEL_FOLDERS)))


def channel_class(kind: str) -> "type[Channel]":
    """The adapter of this kind. Raises SettingsError for a kind that there isn't."""
    return _adapter("channels", _CHANNEL_FOLDERS, kind)  # type: ignore[no-any-return]


@cache
def programme(kind: str) -> "Programme":
    """The shop's programme of this kind. Raises SettingsError for a kind that there isn't."""
    return _adapter("programmes", ("programmes",), kind)()  # type: ignore[no-any-return]


def programmes() -> "tuple[Programme, ...]":
    """Every shop's programme."""
    return tuple(programme(kind) for kind in sorted(_modules("programmes", ("programmes",))))


def exports() -> "tuple[Export, ...]":
    """The reader of every kind of export of a library, by name of kind."""
    kinds = sorted(_modules("exports", ("exports",)))
    return tuple(_adapter("exports", ("exports",), kind)() for kind in kinds)


def lookup_kinds() -> tuple[str, ...]:
    """Every kind of online catalogue there is, by name; imports none."""
    return tuple(sorted(_modules("catalogues", ("catalogues",))))


def lookup_class(kind: str) -> "type[Lookup]":
    """The online catalogue of this kind. Raises SettingsError for a kind that there isn't."""
    return _adapter("catalogues", ("catalogues",), kind)  # type: ignore[no-any-return]


def _adapter(group: str, folders: tuple[str, ...], kind: str) -> Any:
    modules = _modules(group, folders)
    if kind not in modules:
        known = ", ".join(sorted(modules))
        raise SettingsError(
            f'There is no kind "{kind}" among the {group}.', mend=f"Use one of: {known}"
        )
    target = modules[kind]
    if ":" in target:
        return _third_party(group, kind, target)
    return _class_in(importlib.import_module(target), kind)


def _third_party(group: str, kind: str, target: str) -> Any:
    from importlib import metadata

    try:
        return metadata.EntryPoint(kind, target, f"bookplate.{group}").load()
    except (ImportError, AttributeError) as error:
        raise SettingsError(
            f"The kind {kind} ({target}) can't be loaded: {error}.",
            mend="Install the package that brings it again, or remove it.",
        ) from error


def _class_in(module: ModuleType, kind: str) -> type:
    """The one class of an adapter's module: defined in its package and calling itself `kind`."""
    for each in vars(module).values():
        if isinstance(each, type) and vars(each).get("kind") == kind:
            return each
    raise SettingsError(f"{module.__name__} holds no class of kind {kind!r}.")


@cache
def _modules(group: str, folders: tuple[str, ...]) -> dict[str, str]:
    from importlib import metadata

    found = {each.name: each.value for each in metadata.entry_points(group=f"bookplate.{group}")}
    for folder in folders:
        for path in sorted((_ADAPTERS / folder).glob("[a-z]*")):
            if path.suffix == ".py" or (path / "__init__.py").is_file():
                found[path.stem] = f"adapters.{folder}.{path.stem}"
    return found
