"""Where a study lies: characters that cannot be used are named, and nothing is written."""

import pytest

from tests.faults.harness import Study, assert_clear


@pytest.mark.parametrize("name", ["a {cell}", "$HOME"])
def test_a_path_that_cannot_be_used_is_named(tmp_path, name):
    study = Study(tmp_path / name)
    status, lines = study.make(clear=False)
    assert_clear(status, lines, "the path of this checkout", "move the checkout", most=3)
    assert not (study.folder / "results").exists()
