#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Training throughput against PyTorch, alternating runs on one machine: the median of the ratios pair by pair.

usage: compare_training.py BENCH_TRAINING [--rounds 3] [--seconds 4] [--k 1 4 16 64] [--threads 1 2]
BENCH_TRAINING is build/bench/tests/bench_training; the peer needs python3-torch.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys


def rate(command):
    environment = {k: v for k, v in os.environ.items() if k not in ("OMP_NUM_THREADS", "OPENBLAS_CORETYPE")}
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


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
    print("| k | threads | Monge, it/s | PyTorch, it/s | ratio (least to most) |")
    print("|---|---|---|---|---|")
    for threads in options.threads:
        for k in options.k:
            ours, theirs, ratios = [], [], []
            for _ in range(options.rounds):
                ours.append(rate([options.bench, str(k), str(threads), str(options.seconds)]))
                theirs.append(rate([options.python, peer, str(k), str(threads), str(options.seconds)]))
                ratios.append(ours[-1] / theirs[-1])
            print(f"| {k} | {threads} | {statistics.median(ours):,.0f} | {statistics.median(theirs):,.1f} | "
                  f"{statistics.median(ratios):.0f} ({min(ratios):.0f} to {max(ratios):.0f}) |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
