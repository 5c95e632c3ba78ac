"""What runs again after an edit, and what does not; on the smoke preset."""

import time

import pandas as pd
import pytest
import yaml

from tests.workflow.pipeline import SMOKE, Pipeline
from winning_tickets.config_files import STAGES
from winning_tickets.experiments import NAMES

CELLS = {"grid_D2", "random_D2", "random_D12", "digits_D64"}
BROKEN = """\
def mistake_of_ones_own():
    raise ValueError("a mistake of one's own")


def make_dataset(*args, **kwargs):
    mistake_of_ones_own()


def replaced("""
EDITABLE = ("src", "scripts", "workflow", "config.yaml")


def figures(*names):
    """Return the files of some figures."""
    return {f"figures/{name}.{ending}" for name in names for ending in ("png", "pdf", "csv")}


def of_cells(folder, cells=CELLS, ending=".csv"):
    """Return a file for each of some cells."""
    return {f"{folder}/{cell}{ending}" for cell in cells}


def tickets(*samplers, cells=CELLS):
    """Return the tickets of some samplers."""
    return {f"tickets/{cell}/{sampler}.npz" for cell in cells for sampler in samplers}


def question(name, *jobs):
    """Return the table of a question and those of its jobs."""
    return {f"{name}.csv", *(f"{name}/{job}.csv" for job in jobs)}


SMALL = {"grid_D2", "random_D2"}
ALL_TICKETS = tickets("uniform", "rejection", "spectral")
ALL_TICKETS |= tickets("enumeration", "fft", cells=SMALL)
RISK_FIGURES = figures("risk_vs_dimension", "risk_vs_nodes", "risk_vs_nodes_digits")
AFTER_RISKS = (
    {"risks.csv", "paper_points.csv", "claims.csv"} | RISK_FIGURES | figures("acceptance_vs_points")
)
AFTER_TIMES = {"machine.json", "claims.csv"}
AFTER_TIMES |= figures("runtime_vs_dimension", "acceptance_vs_points")
ALL_TIMES = {"timings.csv"} | AFTER_TIMES
IDENTITIES = question("identities", "checks") | {"claims.csv"}
FIDELITY = question("fidelity", "random_D3_labels", "grid_D2_sines")
ORACLE = question("oracle", "D6")
GENERALIZATION = question("generalization", "grid_D4")
SWEEP = question("threshold_sweep", "random_D12")
BETTER = question("better_tickets", "random_D12")
PRUNING = question("pruning", "random_D4")

# Written down apart from the code that follows imports: what a reader expects to be renewed.
EDITS = {
    # A sampler: its tickets, and every question that asks for it by name.
    "samplers/rejection.py": (
        tickets("rejection") | of_cells("risks") | AFTER_RISKS | ALL_TIMES | IDENTITIES | FIDELITY
    ),
    # What softens p* proposes uniform nodes: every ticket rests on them, and all that is drawn.
    "samplers/uniform.py": (
        ALL_TICKETS
        | of_cells("risks")
        | AFTER_RISKS
        | ALL_TIMES
        | IDENTITIES
        | FIDELITY
        | ORACLE
        | GENERALIZATION
        | SWEEP
        | BETTER
        | PRUNING
    ),
    "samplers/heavy.py": ORACLE,
    # A family: its cells, and the jobs that ask for it.
    "families/digits.py": (
        of_cells("datasets", {"digits_D64"}, ".npz")
        | tickets("uniform", "rejection", "spectral", cells={"digits_D64"})
        | of_cells("risks", {"digits_D64"})
        | AFTER_RISKS
    ),
    # There is no table of the user's own in the smoke study.
    "families/table.py": set(),
    "experiments/own_tables/measure.py": set(),
    # A measure: one question. What plans it and finds faults: nothing.
    "experiments/generalization/measure.py": GENERALIZATION,
    "experiments/better_tickets/methods/distinct.py": BETTER,
    "experiments/risks/measure.py": of_cells("risks") | AFTER_RISKS,
    "experiments/timings/measure.py": ALL_TIMES,
    "experiments/generalization/plan.py": set(),
    "experiments/base.py": set(),
    "study/faults.py": set(),
    "config.py": set(),
    # A caption: one figure. The look that all share: all.
    "experiments/risks/risk_vs_nodes.py": figures("risk_vs_nodes"),
    "experiments/timings/runtime_vs_dimension.py": figures("runtime_vs_dimension"),
    "plotting/style.py": RISK_FIGURES | figures("runtime_vs_dimension", "acceptance_vs_points"),
    "claims/judges.py": {"claims.csv"},
    "claims/figure.py": set(),  # not drawn in the smoke study
}


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory):
    """Return the pipeline after a complete run of the smoke preset on two cores."""
    pipeline = Pipeline(tmp_path_factory.mktemp("finished"))
    finished = pipeline.run(*SMOKE)
    assert finished.returncode == 0, finished.stdout
    return pipeline


@pytest.fixture
def pipeline(finished_run):
    """Return the finished pipeline; edits of its sources are undone afterwards."""
    before = finished_run.sources(EDITABLE)
    yield finished_run
    finished_run.restore(before)


def ran(planned, *rules):
    """Return what a dry run would make by some rules, as paths without the folder of the rule."""
    return {path.split("/", 1)[1].rsplit(".", 1)[0] for rule in rules for path in planned[rule]}


def test_the_run_left_all_results(finished_run):
    risks = pd.read_csv(finished_run.folder / "results/smoke/risks.csv")
    assert set(risks["status"]) == {"ok", "skipped"}
    named = risks.dropna(subset=["sampler"])
    assert {f"{row.family}_D{row.dimension}" for row in named.itertuples()} == CELLS
    assert (
        risks.loc[risks["status"] == "skipped", "reason"].str.contains("budget|points_most").all()
    )
    assert risks["relative_risk"].dropna().between(0, 1 + 1e-9).all()
    measured = risks[risks["status"] == "ok"]
    assert not measured.duplicated(
        ["family", "target", "dimension", "sampler", "replicate", "draw", "nodes"]
    ).any()
    assert (finished_run.folder / "results/smoke/report.html").stat().st_size
    preset = yaml.safe_load((finished_run.folder / "workflow/presets/smoke.yaml").read_text())
    for figure in preset["figures"]:
        for ending in ("png", "pdf", "csv"):
            assert (finished_run.folder / f"results/smoke/figures/{figure}.{ending}").stat().st_size


def test_every_folder_of_the_results_is_known(finished_run):
    results = finished_run.folder / "results/smoke"
    folders = {path.name for path in results.iterdir() if path.is_dir()}
    # Questions that are not asked, and those without a table or points of one's own, have none.
    asked = {*yaml.safe_load((finished_run.folder / "config.yaml").read_text())["questions"]}
    absent = {*NAMES} - asked | {"paper_points", "own_tables"}
    assert folders == {*STAGES, "figures"} - absent


def test_a_second_run_does_nothing_and_says_so(pipeline):
    before = {path: path.stat().st_mtime_ns for path in pipeline.files()}
    started = time.monotonic()
    finished = pipeline.run(*SMOKE)
    assert time.monotonic() - started < 30  # 10 s on an idle machine; the tests share theirs
    assert finished.returncode == 0
    assert "Nothing to be done" in finished.stdout
    assert {path: path.stat().st_mtime_ns for path in pipeline.files()} == before


def test_another_number_of_cores_reruns_nothing(pipeline):
    assert pipeline.planned(*SMOKE, cores=1) == {}


def test_an_edit_renews_exactly_what_rests_on_it(pipeline):
    for module, expected in EDITS.items():
        before = pipeline.sources(EDITABLE)
        pipeline.edit(f"src/winning_tickets/{module}")
        planned = pipeline.planned(*SMOKE)
        pipeline.restore(before)
        for record in ("record_provenance", "write_report"):
            planned.pop(record, None)
        found = set().union(*planned.values())
        assert found == expected, module


def test_a_further_dimension_runs_its_own_jobs_and_the_aggregates(pipeline):
    preset = "workflow/presets/smoke.yaml"
    pipeline.edit(preset, "dimensions: [2, 12]", "dimensions: [2, 3, 12]")
    planned = pipeline.planned(*SMOKE)
    added = {"grid_D3", "random_D3"}
    assert ran(planned, "generate_dataset") == added
    assert {path.split("/")[0] for path in ran(planned, "draw_tickets")} == added
    assert ran(planned, "measure_risks") == added
    assert "aggregate_risks" in planned
    assert "time_samplers" not in planned


def test_swapped_values_are_noticed(pipeline):
    # Two numbers change places.
    preset = "workflow/presets/smoke.yaml"
    swapped = "  passes: 4\n  seconds: 0.001\n  least_seconds: 0.0\n"
    pipeline.edit(preset, "  passes: 4\n  seconds: 0.0\n  least_seconds: 0.001\n", swapped)
    assert pipeline.planned(*SMOKE)["time_samplers"] == {"timings.csv"}


def test_swapped_targets_are_noticed(pipeline):
    pipeline.edit("config.yaml", "[sines, ridge, labels]", "[labels, ridge, sines]")
    planned = pipeline.planned(*SMOKE)
    assert ran(planned, "generate_dataset") == CELLS - {"digits_D64"}


def test_times_that_were_broken_off_go_on_after_the_passes_that_are_there(pipeline):
    table = pipeline.folder / "results/smoke/timings.csv"
    folder = table.with_suffix("")
    passes = sorted(folder.iterdir())
    whole = {path: path.read_bytes() for path in [table, *passes]}
    script, mistake = "scripts/time_samplers.py", "        raise OSError('no space')\n"
    pipeline.edit(script, "        save_rows", f"{mistake}        save_rows")
    passes[3].unlink()
    target = ("results/smoke/timings.csv", "--force", *SMOKE)
    assert pipeline.run(*target).returncode != 0
    pipeline.edit(script, mistake, "")
    renewed = passes[3].read_bytes()
    assert pipeline.run(*target).returncode == 0
    found = [path.read_bytes() for path in passes]
    assert found == [*(whole[path] for path in passes[:3]), renewed]
    assert len(table.read_text().splitlines()) == len(whole[table].splitlines())


def test_a_timing_key_touches_no_risk(pipeline):
    pipeline.edit("workflow/presets/smoke.yaml", "  passes: 4\n", "  passes: 5\n")
    planned = pipeline.planned(*SMOKE)
    assert {"time_samplers", "record_machine"} <= planned.keys()
    assert not {"generate_dataset", "draw_tickets", "measure_risks"} & planned.keys()
    assert not {name for name in ran(planned, "draw_figure") if name.startswith("risk")}


def test_a_damaged_dataset_is_named_with_the_remedy(pipeline):
    victim = pipeline.folder / "results/smoke/datasets/random_D2.npz"
    whole = victim.read_bytes()
    victim.write_bytes(whole[: len(whole) // 2])
    tickets = "results/smoke/tickets/random_D2/uniform.npz"
    finished = pipeline.run(tickets, "--force", *SMOKE)
    victim.write_bytes(whole)
    assert finished.returncode != 0
    assert "Traceback" not in finished.stdout
    line = "results/smoke/datasets/random_D2.npz: the file is damaged or incomplete"
    assert line in finished.stdout


def test_an_error_in_a_family_keeps_its_traceback_in_the_log_that_is_named(pipeline):
    pipeline.edit("src/winning_tickets/families/making.py", "def make_dataset(", BROKEN)
    finished = pipeline.run("results/smoke/datasets/random_D2.npz", "--force", *SMOKE)
    assert finished.returncode != 0
    log = "results/smoke/logs/datasets/random_D2.log"
    line = f"ValueError: a mistake of one's own (the traceback is in {log})"
    assert line in finished.stdout
    assert "Traceback" not in finished.stdout
    assert "mistake_of_ones_own()" in (pipeline.folder / log).read_text()


def test_a_figure_that_cannot_be_drawn_leaves_the_last_good_one(pipeline):
    figures = pipeline.folder / "results/smoke/figures"
    before = {path: path.read_bytes() for path in figures.glob("risk_vs_nodes.*")}
    assert len(before) == 3
    # After the first of its three files is written.
    style, mistake = "src/winning_tickets/plotting/style.py", "raise OSError('no space')\n        "
    pipeline.edit(style, "with whole_file(pdf)", f"{mistake}with whole_file(pdf)")
    target = ("results/smoke/figures/risk_vs_nodes.png", *SMOKE)
    for _ in range(2):  # a run that failed must not count as done
        assert pipeline.run(*target).returncode != 0
        assert {path: path.read_bytes() for path in before} == before
    pipeline.edit(style, mistake, "")
    finished = pipeline.run(*target)
    assert finished.returncode == 0, finished.stdout
    assert {path: path.read_bytes() for path in before} == before
    assert "Nothing to be done" in pipeline.run(*target).stdout


def test_a_failed_job_is_tried_again_though_what_follows_from_it_is_there(pipeline):
    pipeline.edit("src/winning_tickets/families/making.py", "def make_dataset(", BROKEN)
    dataset = "results/smoke/datasets/random_D2.npz"
    whole = (pipeline.folder / dataset).read_bytes()
    assert pipeline.run(dataset, *SMOKE).returncode != 0
    planned = pipeline.planned(*SMOKE)
    (pipeline.folder / dataset).write_bytes(whole)
    assert "random_D2" in ran(planned, "generate_dataset")


def test_a_file_that_is_missing_is_made_though_what_follows_from_it_is_there(pipeline):
    for name in ("datasets/random_D2.npz", "tickets/grid_D2/fft.npz", "oracle/D6.csv"):
        path = pipeline.folder / "results/smoke" / name
        content = path.read_bytes()
        path.unlink()
        missing = set().union(*pipeline.planned(*SMOKE).values())
        path.write_bytes(content)
        assert name in missing


def test_risks_do_not_depend_on_the_number_of_cores(finished_run, tmp_path):
    other = Pipeline(tmp_path)
    finished = other.run("risks", *SMOKE, cores=1)
    assert finished.returncode == 0, finished.stdout
    folder = "results/smoke/risks"
    tables = sorted(path.name for path in (finished_run.folder / folder).iterdir())
    assert tables == sorted(f"{cell}.csv" for cell in CELLS)
    for path in [*(f"{folder}/{name}" for name in tables), f"{folder}.csv"]:
        assert (other.folder / path).read_bytes() == (finished_run.folder / path).read_bytes()


def planned_science(pipeline):
    """Return the rules that a dry run would run, those that only keep records aside."""
    return set(pipeline.planned(*SMOKE)) - {"record_provenance"}
