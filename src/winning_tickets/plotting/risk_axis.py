"""The axis of risks that all figures share: logarithmic, squeezed where risks are nearly zero."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

# Where the risk axis turns from its wide to its squeezed part, and by how much it is squeezed.
KINK, SQUEEZE = 1e-2, 0.05

SQUEEZED = "Grey: the logarithmic axis is squeezed below 0.01; 0 is numerical zero (1e-20 or less)."


def risk_axis(axis: Axes, floor: float) -> None:
    """Give a panel the risk axis: logarithmic, squeezed below 0.01, numerical zero at its foot.

    All panels share it, so that 0.4 against 0.7 and 1e-2 against 1e-15 can both be read.
    """
    depth = SQUEEZE * (np.log10(KINK) - np.log10(floor))

    def forward(risk: np.ndarray) -> np.ndarray:
        logs = np.log10(np.maximum(risk, floor))
        kink = np.log10(KINK)
        return np.where(logs >= kink, logs, kink + SQUEEZE * (logs - kink))

    def inverse(height: np.ndarray) -> np.ndarray:
        kink = np.log10(KINK)
        height = np.maximum(height, kink - depth)
        return 10.0 ** np.where(height >= kink, height, kink + (height - kink) / SQUEEZE)

    axis.set_yscale("function", functions=(forward, inverse))
    axis.set_ylim(floor, 1.5)
    axis.axhspan(floor, KINK, color="0.945", lw=0, zorder=0)
    middle = 10.0 ** round(np.log10(floor) / 2)
    axis.yaxis.set_major_locator(FixedLocator([floor, middle, KINK, 0.1, 1.0]))
    axis.yaxis.set_minor_locator(FixedLocator([*np.arange(2, 10) / 10, *np.arange(2, 10) / 100]))
    names = {floor: "0", KINK: f"{KINK:g}", 0.1: "0.1", 1.0: "1"}
    exponent = f"$10^{{{round(np.log10(middle))}}}$"
    axis.yaxis.set_major_formatter(FuncFormatter(lambda y, _: names.get(y, exponent)))
    axis.yaxis.set_minor_formatter(NullFormatter())
