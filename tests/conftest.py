"""Settings and fixtures of all tests."""

import hypothesis
import pytest

from tests.support import PRIOR_REFERENCES, REFERENCES, load_reference

# The same examples in every run: a failure is a change of the code, never of luck.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("repeatable")


@pytest.fixture(params=REFERENCES)
def reference(request):
    """One exact small case: its problem, and what was computed for it elsewhere."""
    return load_reference(request.param)


@pytest.fixture(params=PRIOR_REFERENCES)
def prior_reference(request):
    """The same with a prior on the nodes."""
    return load_reference(request.param)
