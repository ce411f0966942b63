"""The analyses of a collection: each is had by its name; which are followed is known without building any."""

from core.services.analysis import analysis as module


def test_each_is_had_by_its_name(services):
    assert {name: services.analysis.get(name).name for name in module.JOBS} == {name: name for name in module.JOBS}


def test_only_what_was_carried_out_is_followed_and_none_is_built_for_that(services):
    assert services.analysis.followed() == []
    for name in ("map", "compare"):
        services.analysis.kept.of(name).note("found", 1)
    built = set(vars(services.analysis))
    assert services.analysis.followed() == ["map"]
    assert set(vars(services.analysis)) == built
