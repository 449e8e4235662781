"""bookplate export: everything we know, as JSON Lines."""

from cli import tables
from cli.workplace import ConfigOption, opened

_PAGE = 100


def export(config: ConfigOption = None) -> None:
    """Everything we know, as JSON Lines: sources, rulings, books, posts with their content,
    deliveries.

    Example: bookplate export > everything.jsonl
    """
    from service.store import ledger, rulings, views

    with opened(config) as publisher:
        with publisher.store.reading() as session:
            for source in views.sources(session, publisher.owner):
                told = {"source_kind": source.kind, **tables.plain(source)}
                tables.print_json({**told, "kind": "source"})
            for ruling in rulings.of_blog(session, publisher.owner):
                tables.print_json({"kind": "ruling", **tables.plain(ruling)})
            for book in ledger.ledger(session, publisher.owner):
                tables.print_json({"kind": "book", **tables.plain(book)})
        before: int | None = None
        while True:
            with publisher.store.reading() as session:
                page = views.posts(session, publisher.owner, before=before, limit=_PAGE)
                contents = [views.revision(session, publisher.owner, each.id) for each in page]
            for post, content in zip(page, contents, strict=True):
                tables.print_json({"kind": "post", **tables.plain(post), "content": content})
            if len(page) < _PAGE:
                return
            before = page[-1].id
