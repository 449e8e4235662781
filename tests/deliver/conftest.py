"""The publisher that the tests of delivering work with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store.engine import Store
from tests.blog import Blog
from tests.deliver.rig import PromptEngine, Rig, rig

#: for tests of what does not touch the database: one kind is enough
on_sqlite = pytest.mark.parametrize("store", ["sqlite"], indirect=True)

SECRET = "whsec_" + "c2hlbGYgYnkgc2hlbGYsIHNsb3dseSwgYWxsIHdpbnRlcg=="


@pytest.fixture
def publisher(
    store: Store, blog: Blog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rig]:
    """A publisher of the blog with scripted channels; deliveries are done at once."""
    monkeypatch.setattr("service.deliver.engine.Engine", PromptEngine)
    with rig(blog.feed, store, tmp_path, SECRET) as made:
        yield made
