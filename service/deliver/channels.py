"""A channel from its settings: options checked against what its adapter declares."""

from service.deliver.options import checked_options
from service.model import ChannelSettings
from service.plugins import channel_class
from service.ports import Channel, ChannelContext


def options_of(settings: ChannelSettings) -> object:
    """The adapter's Options, filled and checked. Raises SettingsError naming each wrong key."""
    where = f"Channel {settings.name} ({settings.kind})"
    page = f"docs/channels/{settings.kind}.md"
    return checked_options(channel_class(settings.kind).Options, settings.options, where, page)


def open_channel(settings: ChannelSettings, context: ChannelContext) -> Channel:
    """The channel, ready to speak; nothing has been sent or asked. Raises SettingsError."""
    options = options_of(settings)
    return channel_class(settings.kind)(settings.name, options, context)
