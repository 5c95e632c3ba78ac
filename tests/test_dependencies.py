"""Which modules a file rests on, read from its imports."""

from winning_tickets.dependencies import library_files


def rests_on(*files):
    return {path.removeprefix("src/winning_tickets/") for path in library_files(*files)}


def test_modules_are_followed_through_imports():
    found = rests_on("scripts/draw_tickets.py")
    assert {"problem.py", "field.py", "records/files.py", "samplers/base.py"} <= found
    # Found although it is imported inside a function.
    assert "samplers/walk_numba.py" in rests_on("src/winning_tickets/samplers/spectral.py")


def test_a_registry_does_not_make_all_it_offers_a_dependency():
    found = rests_on("scripts/draw_tickets.py")
    assert "samplers/making.py" in found
    assert not {"samplers/__init__.py", "samplers/spectral.py", "study/plan.py"} & found
    dataset = rests_on("scripts/generate_dataset.py")
    assert "families/making.py" in dataset
    assert not {"families/__init__.py", "families/digits.py"} & dataset


def test_a_name_defined_in_another_module_counts_as_that_module():
    """``from ..families import make_dataset`` rests on families/making.py, not on the registry."""
    measure = rests_on("src/winning_tickets/experiments/oracle/measure.py")
    assert {"families/grid.py", "samplers/making.py", "subnetwork.py"} <= measure
    assert not [path for path in measure if path.startswith(("plotting/", "claims/", "study/"))]
