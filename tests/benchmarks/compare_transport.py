#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Semi-discrete transport against Geogram and pysdot, alternating runs on one machine.

usage: compare_transport.py BENCH_TRANSPORT [--geogram COMMAND] [--pysdot PYTHON] [--cases square cube blob]
                            [--sizes 1000 10000 100000] [--blob 100000] [--rounds 3] [--threads 2]
                            [--tolerance 1e-2] [--ours 1e-6] [--limit 120]
BENCH_TRANSPORT is build/<preset>/tests/bench_transport. COMMAND is called as COMMAND SITES THREADS TOLERANCE, SITES
being a text file with a site a line; it prints seconds and the largest relative mass error. PYTHON is an interpreter
that finds pysdot; it runs peer_pysdot.py. A peer that is not given is left out.
square and cube: sites uniform in it. blob: a Gaussian of sigma 0.05 in the middle of the square. The density is
uniform, masses are equal, every round has sites of its own. Monge goes to the error OURS (--ours); TOLERANCE is what
the peers are asked for. A peer that fails, or takes more than LIMIT seconds, is left out of that case's other rounds.
"""
import argparse
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile

import numpy


def sites(kind, n, random):
    if kind == "blob":
        return 0.5 + 0.05 * random.standard_normal((n, 2))
    return random.random((n, 3 if kind == "cube" else 2))


def measure(command, limit):
    """Seconds and the largest relative mass error, or what went wrong."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"> {limit:.0f} s"
    try:
        seconds, error = map(float, done.stdout.split("\n")[-2].split())
    except (IndexError, ValueError):
        seconds = None
    if done.returncode or seconds is None:
        print(shlex.join(command), done.stderr.strip()[-400:], file=sys.stderr, sep="\n")
        return "fails"
    return seconds, error


def cell(runs):
    """The median time and the worst error; or why there is none."""
    if not runs:
        return "-"
    if isinstance(runs[-1], str):
        return runs[-1]
    return f"{statistics.median(seconds for seconds, _ in runs):.4f} ({max(error for _, error in runs):.0e})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--geogram", help="a command that solves with Geogram")
    parser.add_argument("--pysdot", help="an interpreter with pysdot")
    parser.add_argument("--cases", choices=["square", "cube", "blob"], nargs="+", default=["square", "cube", "blob"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10000, 100000])
    parser.add_argument("--blob", type=int, nargs="+", default=[100000], help="the blob's sizes")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--tolerance", type=float, default=1e-2, help="of the peers")
    parser.add_argument("--ours", type=float, default=1e-6, help="tolerance of Monge")
    parser.add_argument("--limit", type=float, default=120)
    options = parser.parse_args()
    # pysdot has no setting for it and counts the cores that it may use.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:options.threads])
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = str(options.threads)
    file = str(pathlib.Path(tempfile.mkdtemp()) / "sites.txt")
    asked = [file, str(options.threads), str(options.tolerance)]
    commands = {"Monge": [options.bench, "--sites", file, "--threads", str(options.threads), "--runs", "1",
                          "--tolerance", str(options.ours)]}
    if options.geogram:
        commands["Geogram"] = [*shlex.split(options.geogram), *asked]
    if options.pysdot:
        peer = str(pathlib.Path(__file__).with_name("peer_pysdot.py"))
        commands["pysdot"] = [*shlex.split(options.pysdot), peer, *asked]
    for command in commands.values():
        if not shutil.which(command[0]):
            parser.error(f"'{command[0]}' is not there or cannot be run")
    if len(commands) == 1:
        print("Neither --geogram nor --pysdot is given: Monge alone.", file=sys.stderr)
    print("| sites | n | Monge, s (mass error) | Geogram | pysdot | ratio to the faster peer (least to most) |")
    print("|---|---|---|---|---|---|")
    for case in options.cases:
        for n in options.blob if case == "blob" else options.sizes:
            runs, ratios = {name: [] for name in commands}, []
            for round_ in range(options.rounds):
                numpy.savetxt(file, sites(case, n, numpy.random.default_rng(round_)), fmt="%.17g")
                for name, command in commands.items():
                    if not (runs[name] and isinstance(runs[name][-1], str)):
                        runs[name].append(measure(command, options.limit))
                ours = runs["Monge"][-1]
                theirs = [peer[-1][0] for name, peer in runs.items() if name != "Monge" and not isinstance(peer[-1], str)]
                if theirs and not isinstance(ours, str):
                    ratios.append(min(theirs) / ours[0])
            ratio = f"{statistics.median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})" if ratios else "-"
            cells = [cell(runs.get(name, [])) for name in ("Monge", "Geogram", "pysdot")]
            print(f"| {case} | {n:,} | {' | '.join(cells)} | {ratio} |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
