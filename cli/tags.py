"""`--tag MARKET=TRACKING_ID` for every shop: whose id it is, by the marketplace."""

from collections.abc import Sequence

from cli.urls import checked_id, tracking_ids


def tracking_ids_by_shop(tags: Sequence[str]) -> dict[str, dict[str, str]]:
    """Programme kind → marketplace → tracking id, in the order given. Raises UsageError.

    Amazon's marketplaces may be named by their suffix ("com"), those of other shops as they are.
    """
    from service.plugins import programmes

    shops = {
        market: each.kind
        for each in programmes()
        if each.kind != "amazon"
        for market in each.marketplaces
    }
    found: dict[str, dict[str, str]] = {}
    for tag in tags:
        market, _, tracking_id = (part.strip() for part in tag.partition("="))
        market = market.lower().removeprefix("www.")
        if market in shops:
            ids = found.setdefault(shops[market], {})
            checked_id(tag, tracking_id, market, ids)
            continue
        ids = found.setdefault("amazon", {})
        before = [f"{name}={known}" for name, known in ids.items()]
        ids |= tracking_ids([*before, tag], others=tuple(shops))
    return found
