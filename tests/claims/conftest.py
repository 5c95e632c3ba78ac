"""What all tests of the claims share."""

import pytest

from winning_tickets.claims import power


@pytest.fixture(scope="package", autouse=True)
def fewer_simulations():
    """Simulate less than a study does: chances are then known to about 0.03."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(power, "SIMULATIONS", 400)
        yield
