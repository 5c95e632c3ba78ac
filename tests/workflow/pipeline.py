"""A copy of the pipeline in a folder of its own, run and edited by the tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SMOKE = ("--configfile", "workflow/presets/smoke.yaml")
_PARTS = ("Snakefile", "config.yaml", "workflow", "scripts", "src", "envs")


class Pipeline:
    """The files of the repository that a run needs, and further parts, copied to ``folder``."""

    def __init__(self, folder, *further):
        self.folder = Path(folder)
        for part in (*_PARTS, *further):
            source = ROOT / part
            # Metadata is kept, so that compiled kernels beside the modules stay valid.
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, self.folder / part)

    def run(self, *arguments, cores=2, timeout=1200):
        """Run Snakemake without the default profile and return the finished process."""
        command = [sys.executable, "-m", "snakemake", "--workflow-profile", "none"]
        command += ["--scheduler", "greedy"]
        environment = os.environ | {"PYTHONPATH": str(self.folder / "src")}
        return subprocess.run(
            [*command, "--cores", str(cores), *arguments],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )

    def planned(self, *arguments, cores=2):
        """Return the outputs that a run would make, by rule, without the results folder."""
        finished = self.run("--summary", *arguments, cores=cores)
        assert finished.returncode == 0, finished.stdout
        planned = {}
        for line in finished.stdout.splitlines():
            columns = line.split("\t")
            if columns[-1] == "update pending":
                output, rule = columns[0].removeprefix("results/smoke/"), columns[2]
                planned.setdefault(rule, set()).add(output)
        return planned

    def edit(self, path, old="", new="\n# An edit that changes no result.\n"):
        """Change a file; by default add a comment at its end."""
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1) if old else text + new)

    def files(self):
        """Return the paths of all files below the results."""
        return {path for path in (self.folder / "results").rglob("*") if path.is_file()}

    def sources(self, parts):
        """Return the contents of all files of some parts."""
        files = [
            path
            for part in parts
            for path in [self.folder / part, *(self.folder / part).rglob("*.*")]
            if path.is_file() and path.suffix in {".py", ".smk", ".yaml"}
        ]
        return {path: path.read_bytes() for path in files}

    def restore(self, sources):
        """Undo all edits of files whose contents are given."""
        for path, data in sources.items():
            if path.read_bytes() != data:
                path.write_bytes(data)
