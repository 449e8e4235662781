"""`--tag MARKET=TRACKING_ID`: every shop's marketplaces, each with one id."""

import pytest

from cli.tags import tracking_ids_by_shop
from service.errors import UsageError


def test_ids_are_sorted_by_the_shop_that_the_marketplace_belongs_to() -> None:
    tags = ["com=me-20", "www.Bookshop.org=7", "de=ich-21", "ebay.com=5331234567"]
    assert tracking_ids_by_shop(tags) == {
        "amazon": {"amazon.com": "me-20", "amazon.de": "ich-21"},
        "bookshop_org": {"bookshop.org": "7"},
        "ebay": {"ebay.com": "5331234567"},
    }


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        (["nowhere.example=me-20"], "names no marketplace"),
        (["nowhere.example=me-20"], "bookshop.org"),
        (["bookshop.org="], "holds no tracking id"),
        (["bookshop.org=a b"], "can't be a tracking id"),
        (["bookshop.org=7", "bookshop.org=8"], "two tracking ids"),
        (["com=a-20", "amazon.com=b-20"], "two tracking ids"),
    ],
)
def test_what_is_no_id_is_told_with_the_mend(tags: list[str], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        tracking_ids_by_shop(tags)
