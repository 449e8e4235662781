"""An adapter's options, from its table in bookplate.toml, checked against what it declares."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from service.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


def checked_options(declared: Any, options: Mapping[str, object], where: str, page: str) -> object:
    """The declared dataclass, filled. Raises SettingsError that names each wrong key; `where`
    says in words whose options they are, `page` is the page of the documentation."""
    known = {field.name: field for field in fields(declared)}
    complaints = [f"there is no setting {key}" for key in options if key not in known]
    complaints += [
        f"{name} is missing"
        for name, field in known.items()
        if field.default is MISSING and field.default_factory is MISSING and name not in options
    ]
    if not complaints:
        try:
            checked: object = TypeAdapter(declared).validate_python(dict(options))
        except ValidationError as error:
            complaints = [
                f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False)
            ]
        else:
            return checked
    raise SettingsError(
        f"{where} is set up wrongly: {'; '.join(complaints)}.",
        mend=f"Its settings are: {', '.join(known)}. See {page}.",
    )
