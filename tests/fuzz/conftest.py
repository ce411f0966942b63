"""How long the tests of this folder look for bytes that break something: a moment, or with HYPOTHESIS_PROFILE=fuzz
some minutes for each file. A test here takes its number of examples from the profile."""

import os

from hypothesis import HealthCheck, settings

_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

settings.register_profile("default", _PATIENT)
settings.register_profile("fuzz", _PATIENT, max_examples=10_000, print_blob=True)

if profile := os.environ.get("HYPOTHESIS_PROFILE"):
    settings.load_profile(profile)
