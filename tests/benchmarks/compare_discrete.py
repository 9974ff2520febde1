#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exact discrete transport against POT's network simplex, alternating runs on one machine.

usage: compare_discrete.py BENCH_DISCRETE [--sizes 1000 2000 5000] [--dimension 2] [--p 2] [--kind uniform|gaussian]
                           [--rounds 3] [--threads 0]
BENCH_DISCRETE is build/<preset>/tests/bench_discrete. Without POT (package python3-pot) only Monge is run.
uniform: both sets uniform in the cube. gaussian: a standard normal set, and one of half its width shifted by 2 in
every coordinate. Times: Monge's whole solve; POT's emd2 with, in brackets, the cost matrix it needs.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy

try:
    import ot
except ImportError:
    ot = None


def points(kind, n, d, random):
    if kind == "uniform":
        return random.random((n, d)), random.random((n, d))
    return random.standard_normal((n, d)), 0.5 * random.standard_normal((n, d)) + 2


def monge(command):
    """Seconds, cost and the peak memory in MB."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    seconds, cost, _, _, memory = text.split()
    return float(seconds), float(cost), float(memory) / 1024


def pot(x, y, p):
    start = time.perf_counter()
    matrix = ot.dist(x, y) if p == 2 else ot.dist(x, y, metric="euclidean") ** p
    between = time.perf_counter()
    weights = numpy.full(len(x), 1 / len(x)), numpy.full(len(y), 1 / len(y))
    cost = ot.emd2(*weights, matrix, numItermax=10**9)
    return time.perf_counter() - between, between - start, cost


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 2000, 5000])
    parser.add_argument("--dimension", type=int, default=2)
    parser.add_argument("--p", type=float, default=2)
    parser.add_argument("--kind", choices=["uniform", "gaussian"], default="uniform")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=0)
    options = parser.parse_args()
    if ot is None:
        print("POT is not installed (package python3-pot): Monge alone.", file=sys.stderr)
    print("| n | Monge, s | memory, MB | POT emd2 (its matrix), s | ratio (least to most) | costs agree to |")
    print("|---|---|---|---|---|---|")
    folder = pathlib.Path(tempfile.mkdtemp())
    for n in options.sizes:
        ours, theirs, matrices, ratios, memory, difference = [], [], [], [], 0, 0
        for round_ in range(options.rounds):
            x, y = points(options.kind, n, options.dimension, numpy.random.default_rng(round_))
            numpy.save(folder / "a.npy", x)
            numpy.save(folder / "b.npy", y)
            seconds, cost, used = monge([options.bench, str(folder / "a.npy"), str(folder / "b.npy"), str(options.p),
                                          str(options.threads)])
            ours.append(seconds)
            memory = max(memory, used)
            if ot is not None:
                solve, matrix, their_cost = pot(x, y, options.p)
                theirs.append(solve)
                matrices.append(matrix)
                ratios.append(solve / seconds)
                difference = max(difference, abs(cost - their_cost) / cost)
        peer = f"{statistics.median(theirs):.3f} ({statistics.median(matrices):.3f})" if theirs else "-"
        ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})" if ratios else "-"
        print(f"| {n:,} | {statistics.median(ours):.3f} | {memory:.0f} | {peer} | {ratio} | {difference:.0e} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
