"""A real Slurm of one node on this machine's loopback, for the tests: no systemd, no database.

A job that takes more memory than it asked for is killed, as on most clusters.
Everything it writes, state, logs, sockets and process ids, lies in one folder; only the link
/etc/slurm/slurm.conf does not, which Snakemake's job steps read, and it goes again.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import psutil

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel")
PACKAGES = ("slurm-wlm", "munge")
LINK = Path("/etc/slurm/slurm.conf")
PATIENCE = 30.0
"""Seconds in which the daemons have to answer, or to end."""

JOB = "%i|%T|%m|%h|%k"

CONFIGURATION = """\
ClusterName=loopback
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
MinJobAge=3600
SchedulerParameters=sched_min_interval=100000
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
NodeName={host} NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE OverSubscribe=NO State=UP
"""


def unavailable() -> str:
    """Say why no Slurm can be started here, or an empty text; install it where that is asked."""
    if os.geteuid() != 0:
        return "only root may start Slurm's daemons"
    if os.environ.get("SLURM") == "install" and not _present():
        command = ["apt-get", "install", "--yes", "--no-install-recommends", *PACKAGES]
        subprocess.run(command, check=True, capture_output=True)
    if not _present():
        return f"Slurm is not installed: SLURM=install installs {' and '.join(PACKAGES)} (Debian)"
    if LINK.exists() or LINK.is_symlink():
        return f"{LINK} is there: this machine belongs to a cluster"
    return ""


def _present() -> bool:
    return all(shutil.which(name, path=_search_path()) for name in PROGRAMS)


def _search_path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class Job(NamedTuple):
    """What Slurm tells of a job: `JOB` asks for it; the comment names its rules."""

    number: str
    state: str
    memory: str
    shared: str
    comment: str


class Cluster:
    """Daemons of one node, from `start` to `stop`.

    Parameters
    ----------
    folder : Path
        Where they keep everything; its path is short, for the sake of sockets.
    cores : int
        Cores of the node.
    """

    def __init__(self, folder: Path, cores: int = 2) -> None:
        self.folder = folder
        self.cores = cores

    def __enter__(self) -> Cluster:
        """Start the daemons and wait until the node takes jobs."""
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop what was started, by its process ids, and remove the link."""
        self._stop()

    def _start(self) -> None:
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        host = socket.gethostname().partition(".")[0]
        text = CONFIGURATION.format(
            host=host,
            folder=self.folder,
            cores=self.cores,
            memory=psutil.virtual_memory().total // 2**20 // 2,
            controller_port=_free_port(),
            node_port=_free_port(),
        )
        file = self.folder / "slurm.conf"
        file.write_text(text)
        LINK.parent.mkdir(exist_ok=True)
        LINK.symlink_to(file)
        self._start_munge()
        self.run("slurmctld")
        self.run("slurmd")
        self._wait(self._idle, "the node takes no jobs")

    def _start_munge(self) -> None:
        key = self.folder / "munge.key"
        key.write_bytes(secrets.token_bytes(128))
        key.chmod(0o400)
        self.run(
            "munged",
            "--force",
            f"--key-file={key}",
            f"--socket={self.folder}/munge.socket",
            f"--pid-file={self.folder}/munged.pid",
            f"--log-file={self.folder}/munged.log",
            f"--seed-file={self.folder}/munged.seed",
        )

    def _idle(self) -> bool:
        found = self.run("sinfo", "--noheader", "--format=%T", check=False)
        return found.stdout.strip() == "idle"

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of Slurm's commands."""
        environment = os.environ | {"PATH": _search_path()}
        return subprocess.run(
            command,
            check=check,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def jobs(self, state: str = "all") -> list[Job]:
        """Return all jobs in a state, in the order in which they were submitted."""
        command = ("squeue", "--noheader", f"--states={state}", "--sort=i", f"--format={JOB}")
        lines = self.run(*command).stdout.splitlines()
        return [Job(*line.strip().split("|")) for line in lines]

    def _stop(self) -> None:
        if (self.folder / "slurmctld.pid").exists():
            self.run("scancel", "--me", check=False)
        for name in ("slurmd", "slurmctld", "munged"):
            file = self.folder / f"{name}.pid"
            if file.exists():
                self._end(int(file.read_text()))
        if LINK.is_symlink() and LINK.readlink().parent == self.folder:
            LINK.unlink()

    def _end(self, process: int) -> None:
        try:
            os.kill(process, signal.SIGTERM)
        except ProcessLookupError:
            return
        self._wait(lambda: not psutil.pid_exists(process), f"process {process} does not end")

    def _wait(self, done: Callable[[], bool], fault: str) -> None:
        end = time.monotonic() + PATIENCE
        while not done():
            if time.monotonic() > end:
                raise TimeoutError(f"{fault}; see the logs in {self.folder}")
            time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
