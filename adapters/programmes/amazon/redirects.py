"""Amazon's own redirects, and which parameter says where they lead."""

from __future__ import annotations

from adapters.programmes.amazon.tables import rows

_PARAMETERS: dict[str, list[str]] = {}
for _form, _name, _, _ in rows("redirects.tsv"):
    _PARAMETERS.setdefault(f"/{_form}", []).append(_name)


def parameters_of(path: str) -> tuple[str, ...]:
    """The parameters that may say where this path leads; none for a path that is no redirect."""
    segments = path.lower().split("/")[:5]
    for length in range(len(segments), 1, -1):
        names = _PARAMETERS.get("/".join(segments[:length]))
        if names:
            return tuple(names)
    return ()
