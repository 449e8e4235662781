"""The reference pages, written from the code: `make docs`. A test fails when they drift.

docs/settings.md, docs/commands.md, docs/errors.md and docs/channels/KIND.md.
"""

import inspect
import io
import sys
from contextlib import redirect_stdout, suppress
from dataclasses import MISSING, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic_core import PydanticUndefined

from cli import main as command_line
from service import errors, plugins, settings

DOCS = Path(__file__).parent
_NOTE = "<!-- Written by `make docs`. Change the code, not this page. -->\n\n"
_SECTIONS = (
    ("[blog]", settings.BlogSection),
    ("[fetch]", settings.FetchSection),
    ("[online]", settings.OnlineSection),
    ("[serve]", settings.ServeSection),
    ("[[source]]", settings.SourceSection),
    ("[[channel]]", settings.ChannelSection),
    ("[channel.rule]", settings.RuleSection),
)


def pages() -> dict[Path, str]:
    """Every reference page, by its path below docs/."""
    made = {
        Path("settings.md"): _settings(),
        Path("commands.md"): _commands(),
        Path("errors.md"): _errors(),
    }
    for kind in plugins.channel_kinds():
        made[Path("channels") / f"{kind}.md"] = _channel(kind)
    for kind in plugins.lookup_kinds():
        made[Path("catalogues") / f"{kind}.md"] = _lookup(kind)
    return made


def _settings() -> str:
    intro = inspect.cleandoc(settings.__doc__ or "")
    parts = [f"# Settings\n\n{_NOTE}{intro}\n"]
    top = {
        name: field
        for name, field in settings.Settings.model_fields.items()
        if field.description is not None
    }
    parts.append("## At the top\n\n" + _table(top))
    for name, section in _SECTIONS:
        about = inspect.cleandoc(section.__doc__ or "")
        parts.append(f"## {name}\n\n{about}\n\n{_table(section.model_fields)}")
    return "\n".join(parts)


def _table(model_fields: dict[str, Any]) -> str:
    rows = ["| setting | default | what |", "|---|---|---|"]
    for name, field in model_fields.items():
        default = "needed" if field.is_required() else _default(field.default)
        rows.append(f"| `{name}` | {default} | {field.description or ''} |")
    return "\n".join(rows) + "\n"


def _default(value: object) -> str:
    if value is MISSING:
        return "needed"
    if value is PydanticUndefined:
        return ""
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        return f'`"{seconds // 60}m"`' if seconds >= 60 else f'`"{seconds}s"`'
    if value is None or value == "":
        return ""
    if isinstance(value, tuple):
        return f"`{list(value)}`"
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def _commands() -> str:
    parts = [f"# Commands\n\n{_NOTE}```\n{_help()}```\n"]
    parts += [f"## bookplate {name}\n\n```\n{_help(name)}```\n" for name in command_line.COMMANDS]
    return "\n".join(parts)


def _help(*words: str) -> str:
    """What `bookplate WORDS --help` prints, 90 columns wide."""
    import typer

    app = command_line.application(words[0] if words else None)
    command = typer.main.get_command(app)
    said = io.StringIO()
    with redirect_stdout(said), suppress(SystemExit):
        command.main(
            [*words, "--help"],
            prog_name="bookplate",
            standalone_mode=False,
            terminal_width=90,
            max_content_width=90,
        )
    return "\n".join(line.rstrip() for line in said.getvalue().splitlines()) + "\n"


def _errors() -> str:
    about = inspect.cleandoc(errors.__doc__ or "")
    parts = [f"# Errors\n\n{_NOTE}{about.partition(chr(10))[0]}\n"]
    rows = ["| error | what it means | what to do |", "|---|---|---|"]
    for name, each in vars(errors).items():
        if isinstance(each, type) and issubclass(each, errors.BookplateError):
            meaning = " ".join(inspect.cleandoc(each.__doc__ or "").split())
            rows.append(f"| `{name}` | {meaning} | {each.mend} |")
    return "\n".join(parts + rows) + "\n"


def _channel(kind: str) -> str:
    adapter = plugins.channel_class(kind)
    can = adapter.abilities
    about = inspect.cleandoc(adapter.__doc__ or "")
    return (
        f"# {kind}\n\n{_NOTE}{about}\n\n"
        f"Carries: {can.form.replace('_', ' ')}. Edits: {_yes(can.edit)}. "
        f"Takes back: {_yes(can.delete)}. A retry is safe by: {_SAFE[can.idempotency]}.\n\n"
        + _options(adapter.Options)
    )


def _lookup(kind: str) -> str:
    adapter = plugins.lookup_class(kind)
    about = inspect.cleandoc(inspect.getmodule(adapter).__doc__ or "")
    return (
        f"# {kind}\n\n{_NOTE}{about}\n\n"
        f'Asked with `[online] catalogues = ["{kind}"]`, at most once in {adapter.pause:g} s. '
        f"Its answers are kept for {adapter.keep_days} days.\n\n" + _options(adapter.Options)
    )


def _options(declared: type) -> str:
    about = inspect.cleandoc(declared.__doc__ or "")
    rows = ["| setting | default | kind of value |", "|---|---|---|"]
    for field in fields(declared):
        default = _default(field.default) if field.default_factory is MISSING else "empty"
        secret = "" if field.repr else ' (a secret: `{ env = "NAME" }`)'
        rows.append(f"| `{field.name}` | {default} | `{field.type}`{secret} |")
    return f"## Settings\n\n{about}\n\n" + "\n".join(rows) + "\n"


_SAFE = {
    "key": "an idempotency key",
    "record": "the record's own id",
    "readback": "looking first what is there",
    "none": "asking you, where an attempt was cut off",
}


def _yes(can: bool) -> str:
    return "yes" if can else "no"


def main() -> None:
    """Write every page."""
    for path, text in pages().items():
        (DOCS / path).write_text(text, "utf-8")
        sys.stdout.write(f"docs/{path}\n")


if __name__ == "__main__":
    main()
