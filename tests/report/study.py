"""A finished study to report on: the committed figures and claims, with records made here."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

from scripts.write_report import write
from winning_tickets.config_files import DEFAULT, read_config
from winning_tickets.records.files import save_json
from winning_tickets.records.machine import machine_record
from winning_tickets.records.step import logged
from winning_tickets.report.contents import STAGES
from winning_tickets.study import load_figures

ROOT = Path(__file__).parents[2]
CLAIMS = ROOT / "workflow/reference/default/claims.csv"


def report_on(folder, nodes=48):
    """Write the report of a study below a folder and return its path."""
    results = folder / "results/mine"
    default = read_config(ROOT / DEFAULT)
    shutil.copytree(ROOT / "figures", results / "figures")
    save_json(results / "machine.json", machine_record())
    for stage in STAGES:
        save_json(results / f"provenance/{stage}.json", _record(stage))
        with logged(results / f"logs/{stage}/job.log"):
            pass
    risks = results / "risks.csv"
    risks.write_text(
        "nodes,status,reason\n8,ok,\n8,skipped,too <large> & more\n8,skipped,no room\n"
    )
    files = SimpleNamespace(
        claims=CLAIMS,
        tables=[risks],
        machine=results / "machine.json",
        provenance=sorted((results / "provenance").iterdir()),
        template=ROOT / "workflow/report/study.html",
    )
    settings = {
        "results": str(results),
        "figures_folder": str(results / "figures"),
        "default": default,
        "config": default | {"nodes": nodes, "families": default["families"][:2]},
        "figures": {name: module_of(name) for name in default["figures"]},
    }
    page = results / "report.html"
    write(page, files, json.loads(json.dumps(settings)))
    return page


def module_of(figure):
    """Return the path of the module that draws a figure."""
    return (
        str(ROOT / "src/winning_tickets" / load_figures()[figure].module.replace(".", "/")) + ".py"
    )


def _record(stage):
    known = {"stage": stage, "commit": "0123456789abcdef", "dirty": stage == "risks"}
    return known | {"settings_sha256": "f" * 64, "inputs": {}, "outputs": {"a.csv": "0"}}
