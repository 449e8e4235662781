"""Secrets: named in bookplate.toml, kept elsewhere.

A value is `{ env = "NAME" }`, `{ file = "path" }` or `{ keyring = "name" }`.
"""

import os
from pathlib import Path

from service.errors import SettingsError


def reveal(value: object, directory: Path, where: str) -> str:
    """A secret's own value. Raises SettingsError that says where it should have come from."""
    if isinstance(value, str):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        raise SettingsError(f"{where} is no secret.", mend='Write { env = "NAME" }.')
    ((way, name),) = value.items()
    if way == "env":
        found = os.environ.get(str(name))
        if not found:
            raise SettingsError(f"{where}: ${name} is not set.", mend=f"export {name}=…")
        return found
    if way == "file":
        return _from_file(directory / str(name), where)
    if way == "keyring":
        return _from_keyring(str(name), where)
    raise SettingsError(f'{where}: no way "{way}" to a secret.', mend="Use env, file or keyring.")


def _from_file(path: Path, where: str) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{where}: {path} can't be read: {error}.", mend="Put the secret there, alone."
        ) from error


def _from_keyring(name: str, where: str) -> str:
    try:
        import keyring
    except ImportError as error:
        raise SettingsError(
            f"{where}: the keyring is not installed.", mend='pip install "bookplate[keyring]"'
        ) from error
    found = keyring.get_password("bookplate", name)
    if not found:
        raise SettingsError(
            f'{where}: the keyring has no "{name}".', mend=f"keyring set bookplate {name}"
        )
    return str(found)
