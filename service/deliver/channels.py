"""A channel from its settings: options checked against what its adapter declares."""

from dataclasses import MISSING, fields
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.errors import SettingsError
from service.model import ChannelSettings
from service.plugins import channel_class
from service.ports import Channel, ChannelContext


def options_of(settings: ChannelSettings) -> object:
    """The adapter's Options, filled and checked. Raises SettingsError naming each wrong key."""
    declared: Any = channel_class(settings.kind).Options
    known = {field.name: field for field in fields(declared)}
    complaints = [f"there is no setting {key}" for key in settings.options if key not in known]
    complaints += [
        f"{name} is missing"
        for name, field in known.items()
        if field.default is MISSING
        and field.default_factory is MISSING
        and name not in settings.options
    ]
    if not complaints:
        try:
            checked: object = TypeAdapter(declared).validate_python(dict(settings.options))
        except ValidationError as error:
            complaints = [
                f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
                for each in error.errors(include_url=False, include_input=False)
            ]
        else:
            return checked
    raise SettingsError(
        f"Channel {settings.name} ({settings.kind}) is set up wrongly: {'; '.join(complaints)}.",
        mend=f"Its settings are: {', '.join(known)}. See docs/channels/{settings.kind}.md.",
    )


def open_channel(settings: ChannelSettings, context: ChannelContext) -> Channel:
    """The channel, ready to speak; nothing has been sent or asked. Raises SettingsError."""
    options = options_of(settings)
    return channel_class(settings.kind)(settings.name, options, context)
