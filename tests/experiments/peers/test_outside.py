"""The peer of docs/add-a-peer.md, added to a copy of the library as it stands, is measured."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = Path("src/winning_tickets/experiments/peers/methods")
EDITS = {
    "from .tickets import": "from .tanh_units import TanhUnits\nfrom .tickets import",
    "        Uniform(),\n": "        Uniform(),\n        TanhUnits(),\n",
}
MEASURE = """
from winning_tickets.experiments.peers import methods
from winning_tickets.experiments.peers.measure import Settings, measure
chosen = {name: methods.PEERS[name] for name in ("tanh_units", "uniform")}
methods.PEERS.clear()
methods.PEERS.update(chosen)
rows = [row for row in measure(Settings(1, "wave", (32,), 1)) if row["nodes"]]
print(*(f"{row['peer']} {row['kept_nodes']} {row['test_risk'] < 0.95}" for row in rows))
"""


def test_a_file_and_a_line_make_a_peer(tmp_path):
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "docs/examples/tanh_units.py", tmp_path / FOLDER)
    registry = tmp_path / FOLDER / "__init__.py"
    text = registry.read_text()
    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new, 1)
    registry.write_text(text)
    finished = subprocess.run(
        [sys.executable, "-c", MEASURE],
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    assert "tanh_units 32 True" in finished.stdout
    assert "uniform 32 False" in finished.stdout


def test_the_document_shows_the_file():
    document = (ROOT / "docs/add-a-peer.md").read_text(encoding="utf-8")
    assert (ROOT / "docs/examples/tanh_units.py").read_text(encoding="utf-8") in document
