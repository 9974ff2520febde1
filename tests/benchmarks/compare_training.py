#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training throughput against PyTorch, alternating runs on one machine: the median of the ratios pair by pair.

What is compared is trained networks a second: with many small cells a batch of 100 sometimes holds no point of a cell, and its
network is left out. The share trained is printed beside the iterations; it is nearly the same for both.

usage: compare_training.py BENCH_TRAINING [--rounds 3] [--seconds 4] [--k 1 4 16 64] [--threads 1 2]
BENCH_TRAINING is build/bench/tests/bench_training; the peer needs python3-torch.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys


def measure(command):
    """Iterations a second, share of the networks trained in one."""
    environment = {k: v for k, v in os.environ.items() if k not in ("OMP_NUM_THREADS", "OPENBLAS_CORETYPE")}
    words = subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.split()
    return float(words[0]), float(words[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--k", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--python", default="/usr/bin/python3", help="an interpreter with PyTorch")
    options = parser.parse_args()
    peer = str(pathlib.Path(__file__).with_name("peer_pytorch.py"))
    print("| k | threads | Monge, it/s (share trained) | PyTorch, it/s (share trained) | ratio (least to most) |")
    print("|---|---|---|---|---|")
    for threads in options.threads:
        for k in options.k:
            ours, theirs, ratios = [], [], []
            for _ in range(options.rounds):
                ours.append(measure([options.bench, str(k), str(threads), str(options.seconds)]))
                theirs.append(measure([options.python, peer, str(k), str(threads), str(options.seconds)]))
                ratios.append(ours[-1][0] * ours[-1][1] / (theirs[-1][0] * theirs[-1][1]))
            cells = [f"{statistics.median(rate for rate, _ in runs):,.{digits}f} ({statistics.median(share for _, share in runs):.2f})"
                     for runs, digits in ((ours, 0), (theirs, 1))]
            print(f"| {k} | {threads} | {cells[0]} | {cells[1]} | "
                  f"{statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f}) |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
