"""Inner products over small fields in bytes, compiled: the method of four Russians.

Coordinates are taken k at a time. For a tile of vectors and a group of k coordinates a table holds
all P^k partial sums modulo P, one row of bytes each; a point adds one row per group. Eight rows
are added at a time as 64-bit words, which carry nothing from byte to byte while the sums stay below
256. Then multiples P 2^i are taken off, from the largest down, wherever they fit.
"""

from __future__ import annotations

import numpy as np

from .backends import for_each
from .compiled import compiled
from .field import _GROUPED_ENTRIES, _TILE, _TILE_ROWS, _TILE_STEP

# Rows and columns of the blocks that vectors are transposed by, and the blocks of tables whose
# coordinates are transposed at a time: whole cache lines of a vector.
_BLOCK = 16
_PANEL = 4


class ByteProducts:
    """Exact inner products with fixed points modulo a small P, as tables of partial sums.

    Parameters
    ----------
    points : numpy.ndarray of unsigned int, shape (M, D)
        The fixed points, residues 0..P-1.
    modulus : int
        The modulus P.
    width : int
        How many coordinates k are grouped; P^k is at most 256.
    """

    def __init__(self, points: np.ndarray, modulus: int, width: int) -> None:
        self.modulus, self.width = modulus, width
        self.count, self.dimension = points.shape
        blocks = -(-self.dimension // (width * _TILE_ROWS))
        # One byte per group: which row of the group's table the point adds.
        self._rows = np.empty((blocks, self.count, _TILE_ROWS), dtype=np.uint8)
        powers = (modulus ** np.arange(width)).astype(np.uint8)
        step = max(1, _GROUPED_ENTRIES // max(1, self.dimension))
        for start in range(0, self.count, step):
            part = points[start : start + step]
            padded = np.zeros((len(part), blocks * _TILE_ROWS * width), dtype=np.uint8)
            padded[:, : self.dimension] = part
            rows = padded.reshape(len(part), blocks, _TILE_ROWS, width) @ powers
            self._rows[:, start : start + step] = rows.transpose(1, 0, 2)

    @property
    def memory_bytes(self) -> int:
        """Bytes held by the grouped points."""
        return self._rows.nbytes

    def residues(self, a: np.ndarray, threads: int = 1) -> np.ndarray:
        """Return x.a mod P.

        Parameters
        ----------
        a : numpy.ndarray of unsigned int, shape (n, D)
            The moving vectors, residues 0..P-1.
        threads : int, default 1
            Among how many threads tiles of vectors are shared out.

        Returns
        -------
        numpy.ndarray of uint8, shape (M, n)
            Values 0..P-1.
        """
        vectors = np.ascontiguousarray(a, dtype=np.uint8)
        width = -(-len(vectors) // _TILE_STEP) * _TILE_STEP // 8
        words = np.zeros((self.count, width), dtype=np.uint64)
        found = words.view(np.uint8)

        def multiply(tile: slice) -> None:
            _multiply(
                self._rows,
                vectors[tile],
                self.modulus,
                self.width,
                _TILE_STEP,
                tile.start // 8,
                words,
                found,
            )

        for_each(multiply, _tiles(len(vectors), threads), threads)
        return np.ascontiguousarray(found[:, : len(vectors)])


def _tiles(count: int, threads: int) -> list[slice]:
    """Return tiles of about equal size, each but the last a multiple of the step."""
    tiles = -(-max(1, count) // (_TILE * threads)) * threads
    size = -(-max(1, count) // (tiles * _TILE_STEP)) * _TILE_STEP
    return [slice(start, min(start + size, count)) for start in range(0, count, size)]


@compiled
def _multiply(rows, vectors, modulus, width, step, first, words, found):
    """Set bytes of ``words`` from zeros to the inner products of one tile.

    ``found`` are the same bytes, ``first`` is the word that the tile begins with.
    """
    blocks, _, groups = rows.shape
    # Whole steps: vector registers without a rest.
    tile = -(-len(vectors) // step) * step // 8
    tables = np.empty((groups, modulus**width, tile), dtype=np.uint64)
    bytes_of_tables = tables.view(np.uint8)
    depth = groups * width
    columns = np.empty((_PANEL * depth, tile * 8), dtype=np.uint8)
    # Residues that a byte of ``found`` may hold the sum of, and those it does.
    most, held = 255 // (modulus - 1), 1
    for block in range(blocks):
        if block % _PANEL == 0:
            _transpose(vectors, block * depth, columns)
        for group in range(groups):
            row = block % _PANEL * depth + group * width
            _fill(columns[row : row + width], modulus, bytes_of_tables[group])
        held += groups
        steps = np.empty(0, dtype=np.uint8)
        if held + groups > most or block == blocks - 1:
            steps = _steps(modulus, held * (modulus - 1))
            held = 1
        _add(tables, rows[block], steps, first, words, found)


@compiled
def _transpose(vectors, first, columns):
    """Copy coordinates from ``first`` on, those beyond the last as 0, to one row each."""
    count, dimension = vectors.shape
    for start in range(0, columns.shape[1], _BLOCK):
        for column in range(0, len(columns), _BLOCK):
            whole = start + _BLOCK <= count and column + _BLOCK <= len(columns)
            if whole and first + column + _BLOCK <= dimension:
                # Bounds that are constants: these loops are unrolled.
                for n in range(_BLOCK):
                    vector = vectors[start + n]
                    for d in range(_BLOCK):
                        columns[column + d, start + n] = vector[first + column + d]
            else:
                for d in range(column, min(column + _BLOCK, len(columns))):
                    for n in range(start, min(start + _BLOCK, columns.shape[1])):
                        inside = n < count and first + d < dimension
                        columns[d, n] = vectors[n, first + d] if inside else 0


@compiled
def _fill(columns, modulus, table):
    """Fill the table of all partial sums of some coordinates, in the order of their digits."""
    wrap = np.uint8(modulus)
    table[0] = 0
    filled = 1
    for j in range(len(columns)):
        column = columns[j]
        for row in range(filled, filled * modulus):
            before, after = table[row - filled], table[row]
            for n in range(len(column)):
                # In unsigned arithmetic the smaller of s and s - P is s mod P.
                moved = np.uint8(before[n] + column[n])
                after[n] = min(moved, np.uint8(moved - wrap))
        filled *= modulus


@compiled
def _steps(modulus, largest):
    """Return the multiples P 2^i up to the largest sum, in decreasing order."""
    count = 0
    while modulus << count <= largest:
        count += 1
    steps = np.empty(count, dtype=np.uint8)
    for i in range(count):
        steps[i] = modulus << (count - 1 - i)
    return steps


@compiled
def _add(tables, rows, steps, first, words, found):
    """Add each point's row of every table, then take off ``steps`` where they fit."""
    last = first + tables.shape[2]
    for m in range(len(rows)):
        # Slices of rows, not of the array, are known to be contiguous and so are vectorised.
        own, total, sums = rows[m], words[m][first:last], found[m][8 * first : 8 * last]
        t0, t1, t2, t3 = tables[0, own[0]], tables[1, own[1]], tables[2, own[2]], tables[3, own[3]]
        t4, t5, t6, t7 = tables[4, own[4]], tables[5, own[5]], tables[6, own[6]], tables[7, own[7]]
        for n in range(len(total)):
            left = (t0[n] + t1[n]) + (t2[n] + t3[n])
            total[n] += left + ((t4[n] + t5[n]) + (t6[n] + t7[n]))
        for i in range(len(steps)):
            step = steps[i]
            for n in range(len(sums)):
                sums[n] = min(sums[n], np.uint8(sums[n] - step))


@compiled
def reduce_floats(values, modulus, found):
    """Reduce whole numbers modulo P into unsigned integers; see `field.reduce_modulo`."""
    inverse = 1.0 / modulus
    for m in range(values.shape[0]):
        for n in range(values.shape[1]):
            # Half a step off the whole numbers, so that rounding never crosses one.
            x = np.float64(values[m, n])
            found[m, n] = np.int32(x - modulus * np.floor((x + 0.5) * inverse))
