"""Small made-up tables with the columns of the study, for tests of figures and claims."""

import io
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from winning_tickets.experiments.base import labels

SAMPLERS = ("uniform", "enumeration", "fft", "rejection", "spectral")
JUDGED = {
    "domain_least": 100_000,
    "fixed": {"rejection": [512, 8192], "spectral": [16384, 131072]},
    "proportional": {"rejection": [512, 2048], "spectral": [4096, 11585]},
}
SETTINGS = {"seed": 7, "modulus": 5, "nodes": 64, "replicates": 6, "draws": 2} | labels()
SETTINGS |= {"judged": JUDGED, "timed_nodes": 64}

# Family, target, D, P, M, ticket sizes and kappa of the made-up cells.
CELLS = (
    *(("grid", target, d, 5, 5**d, (64,), 300.0) for target in ("sines", "labels") for d in (2, 4)),
    *(
        ("random", target, d, 5, 200, (16, 64, 80, 128), 3.1)
        for target in ("sines", "labels")
        for d in (4, 8, 32)
    ),
    ("line", "sine", 1, 127, 127, (8, 41, 51, 64), 30.0),
    ("digits", "parity", 64, 17, 1200, (64, 384, 480, 512), 3.1),
)


def optimized_risk(nu, kappa):
    return (1 - nu) / (1 + (kappa - 1) * nu)


def risk_table(replicates=6, draws=2, *, seed=0, posing=None):
    """Return risks that follow the law; ``posing`` names a sampler that draws uniform nodes."""
    rng = np.random.default_rng(seed)
    rows = []
    for family, target, dimension, modulus, points, sizes, kappa in CELLS:
        cell = {"family": family, "target": target, "dimension": dimension, "modulus": modulus}
        cell |= {"points": points, "support": points}
        for nodes in sizes:
            for sampler in SAMPLERS:
                common = cell | {"sampler": sampler, "nodes": nodes}
                if sampler in ("enumeration", "fft") and dimension > 8:
                    reason = "needs 7,451 MiB; budget.memory_mib is 1024"
                    rows.append(common | {"status": "skipped", "reason": reason})
                    continue
                rows += _drawn(common, kappa, posing, replicates, draws, rng)
    rows.append({"family": "grid", "dimension": 6, "status": "skipped", "reason": "too many"})
    return pd.DataFrame(rows)


def _drawn(common, kappa, posing, replicates, draws, rng):
    uniform = common["sampler"] in ("uniform", posing)
    nu = min(1.0, common["nodes"] / common["support"])
    mean = 1 - nu if uniform else optimized_risk(nu, kappa)
    rows = []
    for replicate in range(replicates):
        shift = rng.normal(0, 0.004)
        for draw in range(draws):
            risk = max(0.0, mean + shift + rng.normal(0, 0.004)) if mean > 0.02 else 0.0
            row = {"replicate": replicate, "draw": draw, "relative_risk": risk, "status": "ok"}
            row["proposals"] = common["nodes"]
            if common["sampler"] == "rejection":
                share = 1 / common["support"]
                row["proposals"] += rng.negative_binomial(common["nodes"], share)
            row["kappa"] = np.nan if uniform else kappa + rng.normal(0, 0.1)
            held_back = common["family"] == "digits"
            row["test_accuracy"] = 0.5 if held_back else np.nan
            row["test_risk"] = 1.0 if held_back else np.nan
            rows.append(common | row)
    return rows


def seconds(sampler, dimension, points, modulus, evaluations):
    """Return made-up run times with the growth that METHOD states."""
    return {
        "uniform": 1e-5 + 1e-7 * dimension,
        "spectral": 1e-3 + 1e-7 * dimension * points,
        "rejection": 2e-3 + 2e-10 * dimension * evaluations,
        "enumeration": 1e-9 * points * (1.12 * modulus) ** min(dimension, 16),
        "fft": 4e-8 * (1.1 * modulus) ** min(dimension, 16),
    }[sampler]


TIMED = [("dimension", 5, d, 200) for d in (*range(4, 11), 64, *(1 << k for k in range(9, 18)))]
TIMED += [("dimension", 3, d, 200) for d in range(6, 15)]
TIMED += [("points", 5, 16, points) for points in (25, 50, 100, 200, 400, 800, 1600)]
TIMED += [("structured", 5, 1 << k, 200) for k in range(9, 18)]
TIMED += [
    (grid, 5, d, -(-d // 4))
    for grid in ("proportional", "structured_proportional")
    for d in (512, 724, 1024, 1448, 2048, 4096, 5793, 8192, 11585)
]
"""Grid, P, D and M of the made-up times."""


def timing_table(*, seed=0, slowed=None, passes=6, noise=0.02):
    """Return run times; ``slowed`` names a sampler whose time doubles with each 256 of D."""
    rng = np.random.default_rng(seed)
    rows = []
    for grid, modulus, dimension, points in TIMED:
        for sampler in SAMPLERS:
            common = {"grid": grid, "sampler": sampler, "dimension": dimension, "points": points}
            common |= {"modulus": modulus, "nodes": 64, "reason": "", "mode": ""}
            conventional = sampler in ("enumeration", "fft")
            if conventional and (grid != "dimension" or modulus**dimension > 5**10):
                reason = {"status": "skipped", "reason": "needs 7,451 MiB; the budget is 1024"}
                rows.append(common | reason | {"mode": "streamed" * (sampler == "enumeration")})
                continue
            for number in range(passes):
                counts = _counts(sampler, dimension, points, modulus, rng)
                base = seconds(sampler, dimension, points, modulus, counts["weight_evaluations"])
                base *= 2.0 ** (dimension / 256) if sampler == slowed else 1.0
                for mode in ("streamed", "table") if sampler == "enumeration" else ("",):
                    time = base * np.exp(rng.normal(0, noise))
                    row = {"pass": number, "mode": mode, "status": "ok"}
                    prepared = 0.001 if mode == "streamed" else 0.9
                    row |= {"prepare_seconds": prepared * time}
                    row |= {"draw_seconds": (1 - prepared) * time}
                    if mode == "table" or sampler == "fft":
                        row |= {"prepare_seconds": time, "draw_seconds": 1e-4}
                    rows.append(common | row | counts)
    return pd.DataFrame(rows)


def _counts(sampler, dimension, points, modulus, rng):
    nodes = 64
    proposals = nodes
    evaluations, entries = nodes * points, 0
    if sampler == "rejection":
        proposals += int(rng.negative_binomial(nodes, 1 / points))
        evaluations = proposals * points
    if sampler in ("enumeration", "fft"):
        entries = modulus**dimension
        evaluations = entries * points
    return {
        "proposals": proposals,
        "weight_evaluations": evaluations,
        "walk_operations": nodes * points if sampler == "spectral" else 0,
        "array_entries": entries,
    }


def oracle_table(*, seed=0):
    """Return risks and queries under oracle access, with the growth that METHOD states."""
    rng = np.random.default_rng(seed)
    rows = []
    for dimension in (4, 5, 6, 7, 8, 16, 32, 64):
        common = {"dimension": dimension, "modulus": 5, "nodes": 128, "points": 2000}
        common |= {"noise_share": 1 / 3, "coefficients_missed": 0, "status": "ok", "reason": ""}
        queries = {"heavy": 200_000 + 20_000 * dimension, "uniform": 2000, "fft": 5**dimension}
        for sampler, asked in queries.items():
            for replicate in range(3):
                row = common | {"sampler": sampler, "replicate": replicate, "queries": asked}
                if sampler == "fft" and dimension > 8:
                    reason = f"needs h at all 5^{dimension} points; oracle.table_most is 400,000"
                    rows.append(row | {"status": "skipped", "reason": reason})
                    continue
                risk = 1.06 if sampler == "uniform" else 0.35
                row["relative_risk"] = risk + rng.normal(0, 0.01)
                row["signal_risk"] = (risk - 0.32) * np.exp(rng.normal(0, 0.1))
                rows.append(row)
    return pd.DataFrame(rows)


def gate_table():
    """Return the gates of the circuit at D = 2."""
    gates = [(1, "h", "0"), (2, "h", "0 1"), (1, "g", "2"), (3, "F", "0"), (3, "F", "1")]
    gates += [(4, "/v", "0 2"), (5, "/v", "1 2"), (6, "F^-1", "2")]
    table = pd.DataFrame(gates, columns=["layer", "symbol", "qudits"])
    return table.assign(dimension=2, modulus=5, prepares_data=table["symbol"] == "h", status="ok")


def identity_table(*, seed=0, wrong=None, error=1e-14):
    """Return checks that pass; ``wrong`` names a sampler whose p-values are tiny."""
    rng = np.random.default_rng(seed)
    case = {"modulus": 3, "dimension": 4, "points": 20, "activation": "relu"}
    rows = [
        case | {"check": "solution", "ridge": ridge, "error": error * rng.uniform()}
        for ridge in (0.0, 0.0, 0.1)
    ]
    for sampler in ("enumeration", "fft", "rejection", "spectral"):
        for p_value in rng.uniform(size=5):
            fit = {"p_value": p_value * (1e-8 if sampler == wrong else 1), "draws": 20_000}
            rows.append(case | {"check": "distribution", "sampler": sampler} | fit)
    return pd.DataFrame(rows)


def fidelity_table(*, seed=0):
    """Return distances that fall like 1 / sqrt(n), and a uniform control that does not."""
    rng = np.random.default_rng(seed)
    rows = []
    for family, target, dimension, points, scale in (
        ("random", "labels", 3, 30, 7.0),
        ("grid", "sines", 2, 25, 2.5),
    ):
        cell = {"family": family, "target": target, "dimension": dimension}
        cell |= {"modulus": 5, "points": points, "status": "ok"}
        for draws in (100, 1_000, 10_000):
            expected = scale / np.sqrt(draws)
            band = {"expected": expected, "low": 0.9 * expected, "high": 1.1 * expected}
            for sampler in SAMPLERS:
                for replicate in range(2):
                    distance = expected * rng.uniform(0.9, 1.1)
                    distance = max(distance, 0.5) if sampler == "uniform" else distance
                    row = {"sampler": sampler, "replicate": replicate, "draws": draws}
                    rows.append(cell | row | band | {"distance": distance, "status": "ok"})
    return pd.DataFrame(rows)


def subsets(names):
    """Return every non-empty subset of some names."""
    sizes = range(1, len(names) + 1)
    return [chosen for size in sizes for chosen in itertools.combinations(names, size)]


def small_study(samplers=SAMPLERS, families=("random", "line", "digits"), *, status="ok"):
    """Return small tables of a study with some samplers and families, as its files hold them.

    Rows of ``status`` other than "ok" hold no number, as where every job failed or was skipped.
    """
    tables = study_tables(risks=risk_table(5, 1), timings=timing_table())
    risks = tables["risks"]
    tables["risks"] = risks[risks["family"].isin(families) & risks["dimension"].ne(32)]
    known = {
        "family",
        "target",
        "grid",
        "dimension",
        "modulus",
        "sampler",
        "points",
        "nodes",
        "mode",
    }
    for name in ("risks", "timings"):
        table = tables[name][tables[name]["sampler"].isin(samplers)]
        if status != "ok":
            blank = table.drop(columns=known, errors="ignore").columns
            empty = dict.fromkeys(blank, np.nan) | {"status": status, "reason": "no luck"}
            table = table.assign(**empty)
        tables[name] = table
    return {name: _as_read(table) for name, table in tables.items()}


def _as_read(table):
    return pd.read_csv(io.StringIO(table.to_csv(index=False)))


def circuit_table(*, wrong=False):
    """Return the gate counts of a circuit that is linear in D, simulated where it is small."""
    rows = []
    for dimension in (2, 3, 16, 64, 128, 256):
        row = {"dimension": dimension, "modulus": 5, "gates": 2 * dimension + 2}
        row |= {"depth": dimension + 2, "state_preparation_gates": 200 * dimension, "points": 12}
        rows.append(row | {"method": "closed form"})
        if dimension < 4:
            simulated = {"method": "simulated", "amplitude_error": 1e-15}
            rows.append(row | simulated | {"gates": row["gates"] + (1 if wrong else 0)})
    return pd.DataFrame(rows)


def declared():
    """Return the claims as they are declared."""
    path = Path(__file__).parents[1] / "workflow" / "claims.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))["claims"]


def study_tables(**changed):
    """Return every table that a figure or a claim of the study rests on."""
    given = {
        "risks": risk_table(),
        "timings": timing_table(),
        "identities": identity_table(),
        "fidelity": fidelity_table(),
        "circuit": circuit_table(),
    }
    return given | changed
