"""A short run of the fuzz script, the same each time: that it works, and that the promises hold."""

import pytest

from tests.fuzz.fuzz_links import Broken, Run, try_url


def test_two_thousand_tries_break_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(seed=1)
    for _ in range(2_000):
        run.step()
    assert run.broken == 0, capsys.readouterr().out
    assert run.counts["product, tagged"] > 100
    assert run.counts["pages changed"] > 0


def test_a_broken_promise_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tests.fuzz.fuzz_links.affiliate", lambda *_: "https://evil.example/")
    with pytest.raises(Broken, match="another host"):
        try_url("https://www.amazon.com/dp/0201633612")
    run = Run(seed=1)
    for _ in range(100):
        run.step()
    assert run.broken > 0
    assert "BROKEN Broken: tagged for another host" in capsys.readouterr().out
