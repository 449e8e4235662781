"""The shops' rules, for the configured channels and as whole packs, and which are outdated."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from cli import tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from service.deliver.publisher import Publisher
    from service.model import Rule
    from service.ports import Programme

#: a rule pack that is older is to be read anew
_YEAR = timedelta(days=365)
_ANY_OTHER = "any_other_network"


class ChannelRule(NamedTuple):
    """What one shop's policy says of one configured channel."""

    channel: str
    shop: str
    rule: "Rule"


class PackRule(NamedTuple):
    """What one shop's rule pack says of links to a marketplace on a network."""

    shop: str
    network: str
    marketplace: str
    rule: "Rule"


def channel_rules(publisher: "Publisher") -> Iterator[ChannelRule]:
    """Each channel's rules, of the shops that are wished or have an id, as the blogger decided."""
    from service import pipeline
    from service.model import Document

    blog = publisher.blog
    post = Document("", url=blog.url, language=blog.language)
    for channel in blog.channels:
        shops = pipeline.shops_for(blog, publisher.shops.programmes, channel)
        network = publisher.abilities(channel).network
        found = pipeline.rules(post, (), shops, network, channel.rule)
        for kind in dict.fromkeys((*shops.wished, *shops.tracking_ids)):
            yield ChannelRule(channel.name, kind, found[kind])


def pack_rules(programmes: "Sequence[Programme]") -> Iterator[PackRule]:
    """Every rule of the packs: network by network, marketplace by marketplace."""
    for shop in programmes:
        pack = getattr(shop, "pack", None)
        if pack is None:
            continue
        markets = getattr(shop, "marketplaces", pack.marketplaces)
        for network in (*pack.networks, _ANY_OTHER):
            for market in markets:
                yield PackRule(shop.kind, network, market, shop.rule(network, [market], None))


def channel_table(rows: "Sequence[ChannelRule]") -> "Table":
    made = tables.table("channel", "shop", "rule", "the pack says", "why", "source")
    for channel, shop, rule in rows:
        made.add_row(
            channel, shop, _words(rule.verdict), _words(rule.pack or rule.verdict), rule.why,
            _source(rule),
        )  # fmt: skip
    return made


def pack_table(rows: "Sequence[PackRule]") -> "Table":
    """Alike rules of a network's marketplaces on one row."""
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for shop, network, market, rule in rows:
        why = rule.why.split(f" {market} has a text")[0]
        alike.setdefault((shop, network, rule.verdict, why), []).append(market)
    made = tables.table("shop", "network", "marketplaces", "rule", "why")
    for (shop, network, verdict, why), markets in alike.items():
        many = f"{', '.join(markets[:3])} and {len(markets) - 3} more"
        shown = ", ".join(markets) if len(markets) <= 4 else many
        made.add_row(shop, _words(network), shown, _words(verdict), why)
    return made


def without_text(rows: "Sequence[PackRule]") -> str:
    """Which marketplaces the packs judge by another's text, in one line; "" where none."""
    lacking = dict.fromkeys(
        each.marketplace
        for each in rows
        if f" {each.marketplace} has a text of its own" in each.rule.why
    )
    if not lacking:
        return ""
    return f"Judged by another marketplace's text, read their own: {', '.join(lacking)}."


def outdated(publisher: "Publisher", today: date) -> Iterator[tuple[str, str]]:
    """(shop, what to do) for each pack that is older than a year where a channel's rule is not
    confirmed since."""
    waiting: dict[str, tuple[Rule, list[str]]] = {}
    for channel, shop, rule in channel_rules(publisher):
        read_on = max(filter(None, (rule.dated, rule.confirmed)), default=None)
        if read_on is not None and today - date.fromisoformat(read_on) > _YEAR:
            waiting.setdefault(shop, (rule, []))[1].append(channel)
    for shop, (rule, channels) in waiting.items():
        yield (
            shop,
            f"the rules are of {rule.dated}: read {rule.source}, then confirm them for "
            f"{', '.join(channels)}: [channel.rule] confirmed = {today.isoformat()}",
        )


def _words(name: str) -> str:
    return name.replace("_", " ")


def _source(rule: "Rule") -> str:
    dates = [f"of {rule.dated}"] if rule.dated else []
    dates += [f"confirmed {rule.confirmed}"] if rule.confirmed else []
    return f"{rule.source or ''} {', '.join(dates)}".strip()
