"""Filters in a pipe: what comes in at one end goes out at the other, however many processes."""

import subprocess
import sys

import pytest

POST = '<p>Read <a href="https://www.amazon.com/dp/0201633612">this</a>.</p>\n'


def piped(given: str, *words: str) -> str:
    command = [sys.executable, "-m", "cli.main", *words]
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_standard_input_is_rewritten(jobs: str) -> None:
    output = piped(POST, "rewrite", "-", "--tag", "com=example-20", "--jobs", jobs)
    assert "dp/0201633612?tag=example-20" in output
    assert output.endswith(">this</a>.</p>\n")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_standard_input_is_scanned(jobs: str) -> None:
    assert '"asin": "0201633612"' in piped(POST, "scan", "-", "--jobs", jobs)


def test_urls_go_through_in_order() -> None:
    urls = [f"https://www.amazon.com/dp/{number:010}" for number in range(3_000)]
    lines = piped("\n".join(urls), "links").splitlines()
    assert [line.split('"')[3] for line in lines] == urls
