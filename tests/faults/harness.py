"""A study in a folder of its own, run as `make` runs it, that tests may kill, damage and starve."""

import csv
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time

from tests.workflow.pipeline import ROOT, Pipeline

# Sixteen jobs, a few seconds: datasets, tickets and risks of three cells.
TINY = """\
families: [random]
dimensions: [2, 3, 4]
targets: [sines]
samplers: [uniform, rejection, spectral]
replicates: 2
draws: 1
nodes: 8
sweep: {dimensions: [2], nodes: [4]}
random: {points: 12}
results: results/tiny
figures_folder: results/tiny/figures
"""
# Taken on the clock, or resting on what is: no two runs have the same.
OF_THE_CLOCK = ("timings", "logs", "provenance", "report", "claims", "screenshots")
OF_THE_CLOCK += ("runtime_vs_dimension", "acceptance_vs_points")

# Takes from root what lets it write where the permissions do not.
PLAIN = ("setpriv", "--bounding-set=-dac_override,-dac_read_search,-fowner")


class Study(Pipeline):
    """A copy of the project with its profile, and a study of it that is small."""

    def __init__(self, folder, config=TINY, targets=("risks",)):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        shutil.copytree(ROOT / "profiles", self.folder / "profiles")
        (self.folder / "tiny.yaml").write_text(config)
        self.targets = targets

    def start(self, *arguments, before="", environment=None, clear=True, plain=False):
        """Start a run in a process group of its own; a plain one heeds permissions as root, too."""
        python = shlex.quote(sys.executable)
        goal = [*self.targets, "--configfile", "tiny.yaml", "--cores", "2", *arguments]
        runner = "scripts/run_snakemake.py" if clear else "-m snakemake"
        command = f"exec {python} {runner} {shlex.join(goal)}"
        other = [*PLAIN] if plain and os.geteuid() == 0 else []
        return subprocess.Popen(
            [*other, "bash", "-c", f"{before}\n{command}"],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": str(self.folder / "src")} | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )

    def finish(self, process, timeout=900):
        """Wait for a run; return its exit status and its lines."""
        said = process.communicate(timeout=timeout)[0]
        return process.returncode, said.splitlines()

    def make(self, *arguments, **options):
        """Run to the end; return exit status and lines."""
        return self.finish(self.start(*arguments, **options))

    def made(self):
        """Make the study, which must succeed."""
        status, lines = self.make()
        assert status == 0, "\n".join(lines)
        return self.tables()

    def kill(self, process, number=signal.SIGKILL):
        """Send a signal to the whole process group and wait for its end."""
        if process.poll() is None:
            os.killpg(process.pid, number)
        return self.finish(process)

    def tables(self):
        """Return the contents of all files that two runs have in common, by path.

        Hidden ones, such as the half of a file that a killed run leaves behind, are not among them.
        """
        results = self.folder / "results"
        return {
            str(path): without_seconds(results / path)
            for path in sorted(file.relative_to(results) for file in self.files())
            if not path.name.startswith(".")
            and not any(part.split(".")[0] in OF_THE_CLOCK for part in path.parts)
        }

    def partial(self):
        """Return the files that are not finished."""
        return sorted((self.folder / "results").rglob("*.partial"))


def without_seconds(path):
    """Return what a file holds; of a table that has them, without the columns of seconds."""
    data = path.read_bytes()
    if path.suffix != ".csv" or b"seconds" not in data.partition(b"\n")[0]:
        return data
    rows = csv.DictReader(data.decode().splitlines())
    return [{name: row[name] for name in row if "seconds" not in name} for row in rows]


def until(happens, timeout=120):
    """Wait until something happens."""
    deadline = time.monotonic() + timeout
    while not happens():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def assert_clear(status, lines, *words, most=15):
    """Check that a run failed with a few lines that name what is wrong, and no traceback."""
    told = "\n".join(lines)
    assert status != 0, told
    assert "Traceback" not in told
    for word in words:
        assert word in told, told
    assert len(lines) <= most, told
