"""Progress is told twice a second at most, and its rate is of all that was done since it was last told."""

import pytest

from core.analysis import reports as module
from core.analysis.reports import Reports
from core.ingest.journal.progress import Counts, Phase, Rate


@pytest.fixture
def due(monkeypatch):
    """Whether the next report is due."""
    told = {"due": True}
    monkeypatch.setattr(module, "Throttle", lambda seconds: lambda: told["due"])
    return told


def test_the_rate_is_of_all_since_the_last_report(due, monkeypatch):
    added = []
    monkeypatch.setattr(Rate, "add", lambda self, count: added.append(count) or float(count))
    reports = Reports(100)
    assert [one.counts for one in reports.more(Phase.LOOKING, 10)] == [Counts(updated=10)]
    due["due"] = False
    assert list(reports.more(Phase.LOOKING, 20)) == []
    due["due"] = True
    (report,) = reports.more(Phase.LOOKING, 5)
    assert (report.counts, report.rate, added) == (Counts(updated=35), 25.0, [10, 25])


def test_a_share_never_goes_back_and_the_whole_grows_with_what_comes_in(due):
    reports = Reports(10)
    assert [one.counts.updated for share in (0.5, 0.2) for one in reports.at(Phase.COMPARING, share)] == [5, 5]
    (report,) = reports.more(Phase.LOOKING, 8)
    assert (report.total, reports.total, reports.now(Phase.NOTING).counts) == (13, 13, Counts(updated=13))
