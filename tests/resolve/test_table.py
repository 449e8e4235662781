"""The resolve table: the right work, the right edition, an honest link."""

import pytest

from benchmarks.resolving.table import ROWS, Case, cases, judged, resolved
from service.resolve import open_catalogue

CASES = cases()
CATALOGUE = open_catalogue(ROWS)


def by_title(case: Case) -> str:
    return f"{case.text} by {', '.join(case.authors) or 'nobody'} ({case.category})"


@pytest.mark.parametrize("case", CASES, ids=by_title)
def test_a_named_book_gets_its_work_its_edition_and_an_honest_link(case: Case) -> None:
    verdict = judged(case, resolved(case, CATALOGUE))
    assert (verdict.work, verdict.edition, verdict.link) == (True, True, True)
