"""Measure the samplers against what the machine allows: a table, a CSV and a plot.

Times are medians over interleaved repeats on one BLAS thread, with their quartiles; ratios are
ratios of medians. ``--quick`` measures `spectral` against its yardstick, and its threads, at the
full sizes with fewer repeats, in less than two minutes; ``--tiny`` only checks that everything runs
and that the draws are exact.
"""

import argparse
import multiprocessing
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import blas  # isort: skip  (before NumPy)
import numpy as np
import pandas as pd
import psutil
from cases import (
    EXACT_SIZES,
    MEMORY_SIZES,
    MEMORY_SIZES_TINY,
    SECTIONS,
    Case,
    Section,
    random_problem,
)
from contenders import COLUMNS, Row, measure_contenders
from matplotlib.figure import Figure
from threadpoolctl import threadpool_info, threadpool_limits

import winning_tickets as wt
from winning_tickets.plotting import style
from winning_tickets.records.files import save_json
from winning_tickets.records.frames import save_table
from winning_tickets.records.machine import machine_record
from winning_tickets.records.step import keep_freed_memory
from winning_tickets.samplers.enumeration import enumerate_energies
from winning_tickets.statistics import chi_square, power_law_slope

SEED = 20260513
CASE_SECONDS = 240.0
EXACT_DRAWS = 20_000
# A right sampler falls below this once in a million runs.
EXACT_LEVEL = 1e-6
PEAK_RESET = Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Form:
    """How much is measured: repeats, sections (none means all), and whether sizes are tiny."""

    repeats: int
    sections: tuple[str, ...] = ()
    tiny: bool = False


FULL, QUICK, TINY = Form(5), Form(3, ("product", "threads")), Form(2, tiny=True)

Record = dict[str, Any]
Sizes = tuple[int, int, int]


def record(
    section: str,
    contender: str,
    sizes: Sizes,
    quantity: str,
    values: tuple[float, ...],
    limit: float | None = None,
    at_least: bool = False,
) -> Record:
    """One number with its quartiles or interval, judged against its limit if it has one."""
    low, value, high = (float(entry) for entry in values)
    kept = "" if limit is None else "no"
    if limit is not None and (value >= limit if at_least else value <= limit):
        kept = "yes"
    dimension, points, nodes = sizes
    return {
        "section": section,
        "contender": contender,
        "dimension": dimension,
        "points": points,
        "nodes": nodes,
        "quantity": quantity,
        "value": value,
        "low": low,
        "high": high,
        "limit": limit,
        "kept": kept,
    }


def quartiles(values: list[float]) -> tuple[float, ...]:
    return tuple(np.percentile(values, (25, 50, 75)))


def time_case(name: str, case: Case, repeats: int) -> tuple[list[Record], list[Row]]:
    """Time one case; return its records and every repeat."""
    rows = measure_contenders(
        case.contenders, case.nodes, seed=SEED, repeats=repeats, seconds=CASE_SECONDS
    )
    facts = {"grid": name, "dimension": case.dimension, "points": case.points}
    rows = [row | facts | {"nodes": case.nodes} for row in rows]
    if failed := [f"{r['sampler']}: {r['reason']}" for r in rows if r["status"] == "failed"]:
        sys.exit(f"benchmark: {name} failed: " + "; ".join(failed))
    sizes = (case.dimension, case.points, case.nodes)
    own = {c: [r for r in rows if r["sampler"] == c and not r["warmup"]] for c in case.contenders}
    records = []
    for contender, measured in own.items():
        for quantity in ("prepare_seconds", "draw_seconds"):
            values = quartiles([row[quantity] for row in measured])
            records.append(record(name, contender, sizes, quantity, values))
        costs = np.array([case.cost(row) for row in measured])
        records.append(record(name, contender, sizes, "cost", quartiles(costs)))
        if case.reference and contender != case.reference:
            against = np.array([case.cost(row) for row in own[case.reference]])
            low, _, high = quartiles(costs / against)
            ratio = (low, np.median(costs) / np.median(against), high)
            limit = case.limits.get(contender)
            records.append(record(name, contender, sizes, "ratio", ratio, limit, case.at_least))
            if contender in case.goals:
                goal = case.goals[contender]
                records.append(record(name, contender, sizes, "ratio_goal", ratio, goal))
    return records, rows


def slopes(name: str, section: Section, records: list[Record]) -> list[Record]:
    """Fit the growth of every sampler's cost per node over the sizes of a section."""
    table = pd.DataFrame(records).query("quantity == 'cost' and dimension >= @section.slope_from")
    axis = "dimension" if table["dimension"].nunique() > 1 else "points"
    found = []
    for contender, own in table.groupby("contender", sort=False):
        if len(own) >= 3:
            fit = power_law_slope(own[axis], own["value"])
            largest = tuple(own[["dimension", "points", "nodes"]].max())
            limit = section.slope_limit if contender == "spectral" else None
            values = (fit.low, fit.value, fit.high)
            found.append(record(name, contender, largest, f"slope_over_{axis}", values, limit))
    return found


def step_shares(dimension: int, points: int, nodes: int) -> tuple[list[Record], list[Row]]:
    """Return the share of time that each step of `spectral` takes."""
    records = []
    for backend in ("numba", "numpy"):
        sampler = wt.make_sampler("spectral", random_problem(dimension, points), backend=backend)
        sampler.sample(1, rng=SEED)
        shares: dict[str, list[float]] = {step: [] for step in sampler.step_seconds}
        with threadpool_limits(limits=1):
            for repeat in range(3):
                before = dict(sampler.step_seconds)
                sampler.sample(nodes, rng=SEED + repeat)
                spent = {step: sampler.step_seconds[step] - before[step] for step in before}
                for step, seconds in spent.items():
                    shares[step].append(seconds / sum(spent.values()))
        contender = "spectral" if backend == "numba" else "spectral_numpy"
        records += [
            record("steps", contender, (dimension, points, nodes), f"share: {step}", quartiles(own))
            for step, own in shares.items()
        ]
    return records, []


def memory_use(name: str, dimension: int, points: int, nodes: int) -> dict[str, float]:
    """Run one sampler in a process of its own; return peaks in bytes, and seconds."""
    wt.make_sampler(name, random_problem(2, 5)).sample(1, rng=SEED)  # loads and compiles
    problem = random_problem(dimension, points)
    before, peak_before = psutil.Process().memory_info().rss, _peak_bytes()
    PEAK_RESET.write_text("5")
    with threadpool_limits(limits=1):
        begun = perf_counter()
        sampler = wt.make_sampler(name, problem)
        prepared = perf_counter()
        sampler.sample(nodes, rng=SEED)
        drawn = perf_counter()
    return {
        "prepare_seconds": prepared - begun,
        "draw_seconds": drawn - prepared,
        "declared_bytes": sampler.report.memory_bytes,
        "peak_bytes": _peak_bytes() - before,
        "process_bytes": max(peak_before, _peak_bytes()),
    }


def _peak_bytes() -> int:
    """Return the largest resident size of this process since the last reset."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def memory_records(
    name: str, dimension: int, points: int, nodes: int, limit: float | None
) -> tuple[list[Record], list[Row]]:
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        used = pool.apply(memory_use, (name, dimension, points, nodes))
    sizes = (dimension, points, nodes)
    limits = {"process_bytes": limit}
    return [
        record("memory", name, sizes, quantity, (value,) * 3, limits.get(quantity))
        for quantity, value in used.items()
    ], []


def exactness(dimension: int, points: int) -> tuple[list[Record], list[Row]]:
    """Test the draws of every exact sampler against the enumerated distribution, or exit."""
    problem = random_problem(dimension, points)
    energies = enumerate_energies(problem)
    nodes = {
        name: wt.make_sampler(name, problem).sample(EXACT_DRAWS, rng=SEED)
        for name in ("enumeration", "fft", "rejection", "spectral")
    }
    plain = wt.make_sampler("spectral", problem, backend="numpy").sample(EXACT_DRAWS, rng=SEED)
    if not all(
        np.array_equal(*pair) for pair in zip(_both(plain), _both(nodes["spectral"]), strict=True)
    ):
        sys.exit("benchmark: spectral draws other nodes with NumPy than with Numba")
    records = []
    for name, drawn in nodes.items():
        digits = np.column_stack(_both(drawn)).astype(np.int64)
        index = np.ravel_multi_index(tuple(digits.T), (problem.modulus,) * (dimension + 1))
        counts = np.bincount(index, minlength=len(energies))
        p_value = chi_square(counts, energies / energies.sum()).p_value
        if p_value < EXACT_LEVEL:
            sys.exit(f"benchmark: {name} does not draw from p* (chi-square p = {p_value:.1e})")
        sizes, values = (dimension, points, EXACT_DRAWS), (p_value,) * 3
        records.append(record("exact", name, sizes, "p_value", values, EXACT_LEVEL, True))
    return records, []


def _both(nodes: wt.Nodes) -> tuple[np.ndarray, np.ndarray]:
    return nodes.a, nodes.b


def draw_growth(records: list[Record], path: Path) -> None:
    """Plot the cost per node of every sampler over D and over M, with the fitted slopes."""
    table = pd.DataFrame(records)
    figure = Figure(figsize=(7.2, 3.6), layout="constrained")
    for axis, name, column in zip(
        figure.subplots(1, 2), ("dimension", "points"), ("dimension", "points"), strict=True
    ):
        own = table[table["section"] == name]
        for contender, costs in own[own["quantity"] == "cost"].groupby("contender", sort=False):
            fit = own[(own["contender"] == contender) & own["quantity"].str.startswith("slope")]
            slope = f", slope {fit['value'].iloc[0]:.2f}" if len(fit) else ""
            label = style.look(contender).label + slope
            axis.loglog(costs[column], costs["value"], label=label, **style.line(contender))
        axis.set(xlabel={"dimension": "D", "points": "M"}[name], ylabel="seconds per node")
        axis.legend(fontsize=7, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    figure.savefig(path, dpi=200, metadata={"Software": None})


def show(entries: list[Record]) -> None:
    """Print the numbers of one case, one line a contender."""
    sizes = entries[0]
    print(f"  D = {sizes['dimension']:,}  M = {sizes['points']:,}  N = {sizes['nodes']:,}")
    for contender in dict.fromkeys(entry["contender"] for entry in entries):
        parts = [in_words(entry) for entry in entries if entry["contender"] == contender]
        print(f"    {contender:<21} " + "   ".join(parts), flush=True)


def in_words(entry: Record) -> str:
    quantity, value = entry["quantity"], entry["value"]
    name, _, unit = quantity.rpartition("_")
    if unit == "seconds":
        return f"{name} {value:.3g} s"
    if quantity.startswith("share: "):
        return f"{quantity.removeprefix('share: ')} {value:.0%}"
    if quantity == "cost":
        return f"cost {value:.3g} s"
    if unit == "bytes":
        text, limit = f"{name} {value / 2**20:,.0f} MiB", f"{(entry['limit'] or 0) / 2**20:,.0f}"
    else:
        text, limit = f"{quantity} {value:.3g}", f"{entry['limit'] or 0:.3g}"
        if entry["low"] < entry["high"]:
            text += f" [{entry['low']:.3g}, {entry['high']:.3g}]"
    return text + (f", limit {limit} kept: {entry['kept']}" if entry["kept"] else "")


Job = Callable[..., tuple[list[Record], list[Row]]]


def jobs(form: Form) -> dict[str, tuple[str, Job, list[tuple]]]:
    """Return title, function and sizes of every section."""
    found: dict[str, tuple[str, Job, list[tuple]]] = {}
    for name, section in SECTIONS.items():

        def run_case(*sizes: Any, name: str = name, section: Section = section) -> tuple:
            return time_case(name, section.make(*sizes), form.repeats)

        found[name] = (section.title, run_case, section.tiny if form.tiny else section.full)
    product_sizes = list(dict.fromkeys(sizes[:3] for sizes in found["product"][2]))
    memory_sizes = (MEMORY_SIZES_TINY if form.tiny else MEMORY_SIZES) if PEAK_RESET.exists() else []
    found["steps"] = ("share of time in the steps of spectral", step_shares, product_sizes)
    found["memory"] = ("peak memory, in processes of their own", memory_records, memory_sizes)
    found["exact"] = ("draws against enumerated probabilities", exactness, EXACT_SIZES)
    return found


def unjudged(records: list[Record]) -> list[Record]:
    """Take off the limits, which say nothing at tiny sizes."""
    return [entry | {"limit": None, "kept": ""} for entry in records]


def run(names: Iterable[str], form: Form, folder: Path) -> list[Record]:
    """Run sections of the benchmark, printing as it goes; every case is saved when it is done."""
    # Not machine.json itself: that belongs to the study's own times.
    save_json(folder / "benchmark_machine.json", machine_record())
    every_record: list[Record] = []
    every_row: list[Row] = []
    for name in names:
        title, job, sizes = jobs(form)[name]
        print(f"\n{name}: {title}")
        records: list[Record] = []
        for number, case_sizes in enumerate(sizes, 1):
            print(f"  [{number}/{len(sizes)}]", end="", flush=True)
            new_records, new_rows = job(*case_sizes)
            if form.tiny:
                new_records = unjudged(new_records)
            show(new_records)
            records += new_records
            every_row += new_rows
            save_table(folder / "benchmark.csv", pd.DataFrame(every_record + records))
            repeats = pd.DataFrame(every_row, columns=COLUMNS)
            save_table(folder / "benchmark_repeats.csv", repeats)
        if name in SECTIONS and SECTIONS[name].slope_limit:
            growth = slopes(name, SECTIONS[name], records)
            growth = unjudged(growth) if form.tiny else growth
            show(growth)
            records += growth
        every_record += records
        save_table(folder / "benchmark.csv", pd.DataFrame(every_record))
    return every_record


def main() -> None:
    names = list(jobs(TINY))
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    forms = parser.add_mutually_exclusive_group()
    add = partial(forms.add_argument, dest="form", action="store_const", default=FULL)
    add("--quick", const=QUICK, help="product and threads with fewer repeats")
    add("--tiny", const=TINY, help="tiny sizes: only see that it runs")
    parser.add_argument("--only", nargs="+", choices=names, metavar="SECTION", help=str(names))
    parser.add_argument("--folder", type=Path, default=Path("results"), help="where results go")
    arguments = parser.parse_args()
    keep_freed_memory()
    print(*blas.describe(threadpool_info(), blas.FORCED), sep="\n")
    chosen = arguments.only or arguments.form.sections or names
    records = run(chosen, arguments.form, arguments.folder)
    if {"dimension", "points"} & {entry["section"] for entry in records}:
        draw_growth(records, arguments.folder / "benchmark.png")
    missed = [entry for entry in records if entry["kept"] == "no"]
    judged = sum(entry["kept"] != "" for entry in records)
    print(f"\n{judged - len(missed)} of {judged} limits kept")
    for entry in missed:
        place = f"D = {entry['dimension']:,}, M = {entry['points']:,}"
        print(f"  missed: {entry['section']}, {entry['contender']}, {place}: {in_words(entry)}")
    print(
        f"written: {arguments.folder}/benchmark.csv, benchmark_repeats.csv, benchmark_machine.json"
    )


if __name__ == "__main__":
    main()
