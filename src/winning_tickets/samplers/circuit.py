"""The quantum algorithm as a reference: its circuit, simulated gate by gate on a statevector."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ..field import digits_to_index, index_to_digits, smallest_unsigned
from ..problem import NEGLIGIBLE, Problem
from ..quantities import quantity
from .base import FIXED_BYTES, Nodes, ProblemSize, Sampler, choose_index

MAX_AMPLITUDES = 1 << 22
"""Largest statevector simulated, P^(D+1) complex numbers."""


@dataclass(frozen=True)
class Gate(ABC):
    """One operation on qudits of dimension P.

    Attributes
    ----------
    qudits : tuple of int
        The qudits it acts on, controls included, counted from 0; 0..D-1 hold data, D holds v and
        then b.
    """

    qudits: tuple[int, ...]
    #: Whether the gate belongs to the preparation of |h> and not to the algorithm proper.
    prepares_data: ClassVar[bool] = False

    @abstractmethod
    def apply(self, state: np.ndarray) -> np.ndarray:
        """Return the state after the gate; one axis of length P per qudit."""

    @property
    @abstractmethod
    def symbol(self) -> str:
        """How the gate is written in a drawing."""

    @property
    def count(self) -> int:
        """Elementary gates it stands for."""
        return 1


@dataclass(frozen=True)
class DataPreparation(Gate):
    """Turn |0> on a data qudit, the last of ``qudits``, into amplitudes that the others choose.

    Attributes
    ----------
    amplitudes : numpy.ndarray of float64, shape (P^j, P)
        A unit vector for every prefix of j digits that data points have, 0 for the others.
    """

    amplitudes: np.ndarray = field(repr=False)
    symbol = "h"
    prepares_data = True

    def apply(self, state: np.ndarray) -> np.ndarray:
        """Return the state after the gate; its last qudit must be |0>."""
        prefixes, modulus = self.amplitudes.shape
        blank = state.reshape(prefixes, modulus, -1)[:, :1]
        return (blank * self.amplitudes[:, :, None]).reshape(state.shape)

    @property
    def count(self) -> int:
        """Rotations controlled by one prefix each: the prefixes that data points have."""
        return int(np.count_nonzero(self.amplitudes.any(axis=1)))


@dataclass(frozen=True)
class RidgeletPreparation(Gate):
    """Turn |0> on one qudit into the sum over v of conj(g^(v)) |v>, over its norm.

    Attributes
    ----------
    amplitudes : numpy.ndarray of complex128, shape (P,)
        A unit vector.
    """

    amplitudes: np.ndarray = field(repr=False)
    symbol = "g"

    def apply(self, state: np.ndarray) -> np.ndarray:
        """Return the state after the gate; the qudit, the last one, must be |0>."""
        return state[..., :1] * self.amplitudes


@dataclass(frozen=True)
class Fourier(Gate):
    """The Fourier transform |x> -> P^(-1/2) sum_k omega^(-k x) |k>, or its inverse."""

    inverse: bool = False

    @property
    def symbol(self) -> str:
        """How the gate is written in a drawing."""
        return "F^-1" if self.inverse else "F"

    def apply(self, state: np.ndarray) -> np.ndarray:
        """Return the state after the gate."""
        modulus, axis = state.shape[0], self.qudits[0]
        residues = np.arange(modulus)
        sign = 1 if self.inverse else -1
        phases = np.exp(2j * np.pi * sign * (np.outer(residues, residues) % modulus) / modulus)
        return np.moveaxis(np.tensordot(phases / math.sqrt(modulus), state, (1, axis)), 0, axis)


@dataclass(frozen=True)
class Division(Gate):
    """Controlled modular division |k>|v> -> |k / v>|v> on (target, control); v = 0 changes nothing.

    The control is the last qudit.
    """

    symbol = "/v"

    def apply(self, state: np.ndarray) -> np.ndarray:
        """Return the state after the gate."""
        modulus, target = state.shape[0], self.qudits[0]
        factor = np.arange(modulus)
        factor[0] = 1
        # The amplitude at a = k / v is the one that was at k = v a.
        source = np.arange(modulus)[:, None] * factor % modulus
        shape = [1] * state.ndim
        shape[target] = shape[-1] = modulus
        return np.take_along_axis(state, source.reshape(shape), axis=target)


def build_circuit(problem: Problem) -> list[Gate]:
    """Return the circuit that samples the optimized distribution.

    Parameters
    ----------
    problem : Problem
        A problem with one output.

    Returns
    -------
    list of Gate
        State preparation of |h>, then the algorithm proper.

    Notes
    -----
    With |h> on the data qudits, sum_v conj(g^(v)) |v> on the last, a Fourier transform on every
    data qudit, the division k -> k / v and an inverse Fourier transform on the last qudit, the
    amplitude of (a, b) is P^(-D/2-1) sum_v h^(v a) conj(g^(v)) omega^(v b) / ||h||, which the
    Fourier slice theorem makes w*(a, b) / ||h|| (docs/method.md, section 3).
    """
    dimension = problem.dimension
    spectrum = np.fft.fft(problem.activation).conj()
    # Admissible: the sum of g is zero up to rounding.
    spectrum[0] = 0.0
    return [
        *prepare_data(problem),
        RidgeletPreparation((dimension,), spectrum / np.linalg.norm(spectrum)),
        *(Fourier((qudit,)) for qudit in range(dimension)),
        *(Division((qudit, dimension)) for qudit in range(dimension)),
        Fourier((dimension,), inverse=True),
    ]


def prepare_data(problem: Problem) -> list[DataPreparation]:
    """Return the gates that prepare |h>, one data qudit after another.

    Parameters
    ----------
    problem : Problem
        A problem with one output.

    Returns
    -------
    list of DataPreparation
        One per data qudit; each stands for a controlled rotation per distinct prefix of the data.
    """
    modulus, dimension = problem.modulus, problem.dimension
    grid = np.zeros(modulus**dimension)
    grid[digits_to_index(problem.support_points, modulus)] = (
        problem.support_weights[:, 0] / np.abs(problem.support_weights).max()
    )
    gates = []
    amplitudes = grid.reshape(-1, modulus)
    for qudit in range(dimension - 1, -1, -1):
        # The norm of what lies below a prefix is that prefix's own amplitude one level up.
        norms = np.linalg.norm(amplitudes, axis=1)
        unit = amplitudes / np.where(norms > 0, norms, 1.0)[:, None]
        gates.append(DataPreparation(tuple(range(qudit + 1)), unit))
        amplitudes = norms.reshape(-1, modulus) if qudit else norms
    return gates[::-1]


def run_circuit(gates: list[Gate], modulus: int, dimension: int) -> np.ndarray:
    """Simulate a circuit from |0...0>.

    Parameters
    ----------
    gates : list of Gate
        In the order of application.
    modulus, dimension : int
        P and the number of data qudits D.

    Returns
    -------
    numpy.ndarray of complex128, shape (P,) * (D + 1)
        The amplitudes of (a_1, .., a_D, b).
    """
    state = np.zeros((modulus,) * (dimension + 1), dtype=complex)
    state[(0,) * (dimension + 1)] = 1.0
    for gate in gates:
        state = gate.apply(state)
    return state


@dataclass(frozen=True)
class GateCounts:
    """What a circuit costs.

    Attributes
    ----------
    gates : int
        Gates on one or two qudits, without the preparation of |h>.
    depth : int
        Layers of gates on disjoint qudits, without the preparation of |h>.
    state_preparation_gates : int
        Controlled rotations that prepare |h>; every shot needs them anew.
    """

    gates: int
    depth: int
    state_preparation_gates: int


def layers(gates: list[Gate]) -> list[int]:
    """Return the layer of every gate, from 1, when each acts as soon as its qudits are free.

    Parameters
    ----------
    gates : list of Gate
        In the order of application.

    Returns
    -------
    list of int
        One number per gate.
    """
    busy: dict[int, int] = {}
    taken = []
    for gate in gates:
        taken.append(1 + max(busy.get(qudit, 0) for qudit in gate.qudits))
        busy.update(dict.fromkeys(gate.qudits, taken[-1]))
    return taken


def count_gates(gates: list[Gate]) -> GateCounts:
    """Count the gates of a circuit and the layers they need.

    Parameters
    ----------
    gates : list of Gate
        In the order of application.

    Returns
    -------
    GateCounts
        The counts.
    """
    proper = [gate for gate in gates if not gate.prepares_data]
    return GateCounts(
        gates=sum(gate.count for gate in proper),
        depth=max(layers(proper)),
        state_preparation_gates=sum(gate.count for gate in gates if gate.prepares_data),
    )


def gate_formula(modulus: int, dimension: int, points: int) -> GateCounts:
    """Return the closed forms of the counts.

    Parameters
    ----------
    modulus, dimension : int
        P and D.
    points : int
        M', the points with h(x) != 0.

    Returns
    -------
    GateCounts
        2 D + 2 gates: D + 1 Fourier transforms, D divisions and one preparation of the ridgelet
        function. D + 2 layers: the transforms of all data qudits are one layer, the divisions
        share their control and follow each other. The preparation of |h> takes at most
        sum_j min(P^j, M'), j = 0..D-1, controlled rotations, O(M' D); exactly that many if
        the points' first j digits take all P^j values or are all different, for each j.

    Notes
    -----
    A gate here is an operation on one or two qudits of dimension P, whatever P is. On
    q = ceil(log2 P) qubits a qudit, a Fourier transform or a division takes O(q^2) gates on two
    qubits, so the algorithm proper O(D q^2 + P), the P for the ridgelet function.
    """
    prefixes = 0
    for level in range(dimension):
        # No power of P beyond the number of points is formed.
        if level * math.log(modulus) > math.log(points):
            prefixes += points * (dimension - level)
            break
        prefixes += min(modulus**level, points)
    return GateCounts(2 * dimension + 2, dimension + 2, prefixes)


class CircuitSampler(Sampler):
    """Simulate the quantum circuit once, then measure it as often as asked.

    Parameters
    ----------
    problem : Problem
        A problem with one output and P^(D+1) at most `MAX_AMPLITUDES`.

    Raises
    ------
    ValueError
        If the statevector is too long.

    Notes
    -----
    O(D P^(D+2)) operations and P^(D+1) amplitudes (docs/method.md, section 3). A quantum computer
    would run the circuit, the preparation of |h> included, once for every node; the simulation
    measures copies of one state instead. Probabilities of rounding size count as 0.
    """

    name = "circuit"
    role = "quantum"
    prior_refusal = "multiplying a state by pi(a) is not unitary"

    def __init__(self, problem: Problem) -> None:
        amplitudes = problem.modulus ** (problem.dimension + 1)
        if amplitudes > MAX_AMPLITUDES:
            # A power of ten, because P^(D+1) may be longer than a printed integer can be.
            bytes_needed = math.log10(self.memory_required(problem))
            raise ValueError(
                f"dimension: circuit simulates at most {MAX_AMPLITUDES:,} amplitudes P^(D+1); at "
                f"P = {problem.modulus}, D = {problem.dimension} they would need "
                f"10^{bytes_needed:.1f} bytes"
            )
        super().__init__(problem)
        state = run_circuit(build_circuit(problem), problem.modulus, problem.dimension).reshape(-1)
        power = state.real**2 + state.imag**2
        least = NEGLIGIBLE**2 * problem.support_size / problem.modulus**problem.dimension
        power[power <= least] = 0.0
        self._cumulative = np.cumsum(power)
        self.report.array_entries = amplitudes

    @classmethod
    def refusal(cls, size: ProblemSize, budget: Mapping[str, int]) -> str:
        """Return why its statevector is too long, whatever the budget."""
        amplitudes = size.modulus ** (size.dimension + 1)
        reason = super().refusal(size, budget)
        if reason or amplitudes <= MAX_AMPLITUDES:
            return reason
        return f"needs {quantity(amplitudes)} amplitudes; at most {MAX_AMPLITUDES:,} are simulated"

    @classmethod
    def memory_required(cls, problem: Problem) -> int:
        """Return the bytes of the state before and after a gate, of the gates, and of one batch."""
        modulus, dimension = problem.modulus, problem.dimension
        # A state is put in order before a transform: three of it, and 8 bytes an amplitude of the
        # preparation, a geometric series over the qudits.
        states = 3 * 16 * modulus ** (dimension + 1)
        return states + 16 * modulus**dimension + 32 * modulus**2 + FIXED_BYTES + (1 << 22)

    @property
    def batch_size(self) -> int:
        """Nodes drawn at a time; one random number serves each, so this changes no draw."""
        return 1 << 15

    def _draw(self, count: int, rng: np.random.Generator) -> Nodes:
        modulus = self.problem.modulus
        node = choose_index(self._cumulative, rng.random(count))
        self.report.proposals += count
        return Nodes(
            index_to_digits(node // modulus, modulus, self.problem.dimension),
            (node % modulus).astype(smallest_unsigned(modulus)),
        )
