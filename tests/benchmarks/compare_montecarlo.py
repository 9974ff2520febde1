#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monte-Carlo transport against descent by Adam as one writes it in PyTorch, alternating runs on one machine.

usage: compare_montecarlo.py BENCH_MONTECARLO [--sites 2000] [--dimension 64] [--kind clusters|uniform]
                             [--seconds 60] [--rounds 3] [--threads 2]
BENCH_MONTECARLO is build/<preset>/tests/bench_montecarlo.

The peer: heights by Adam (rate 0.05), its gradient the shares of 20,000 Sobol points of the box, in batches of
1,000; the same points each round, since the engine begins anew; when the gradient's norm has not fallen for 20
rounds, twice the points and 0.8 times the rate. It is stopped after --seconds; along the way its heights are kept.
All errors are measured alike, by BENCH_MONTECARLO on a million samples that nobody trained on, chance taken off:
the root mean square relative mass error, and the share of the mass in wrong cells.

Each round has points of its own. Monge's time is its whole run with its tests, to a tolerance at which its error is
below the peer's best; the ratio takes the time at which the peer first had an error within 5 % of its best.
"""
import argparse
import pathlib
import subprocess
import tempfile
import time

import numpy
import torch


def points(kind, n, d, random):
    if kind == "uniform":
        return random.random((n, d))
    centres = random.standard_normal((10, d))
    return centres[random.integers(10, size=n)] + 0.5 * random.standard_normal((n, d))


class Peer:
    def __init__(self, y):
        self.y = torch.tensor(y, dtype=torch.float32)
        self.n, self.d = y.shape
        self.h = torch.zeros(self.n)
        self.m, self.v = torch.zeros(self.n), torch.zeros(self.n)
        self.batches, self.rate, self.best, self.bad = 20, 0.05, float("inf"), 0
        self.samples = 0

    def shares(self):
        engine = torch.quasirandom.SobolEngine(self.d)
        counts = torch.zeros(self.n)
        for _ in range(self.batches):
            x = engine.draw(1000)
            owner = (torch.mm(self.y, x.t()) + self.h[:, None]).max(0).indices
            counts += torch.bincount(owner, minlength=self.n)
        self.samples += 1000 * self.batches
        return counts / (1000 * self.batches)

    def step(self):
        gradient = self.shares() - 1 / self.n
        self.m = 0.9 * self.m + 0.1 * gradient
        self.v = 0.999 * self.v + 0.001 * gradient**2
        self.h -= self.rate * self.m / (self.v.sqrt() + 1e-8)
        self.h -= self.h.mean()
        norm = gradient.norm().item()
        self.best, self.bad = (norm, 0) if norm < self.best else (self.best, self.bad + 1)
        if self.bad > 20:
            self.batches, self.rate, self.best, self.bad = 2 * self.batches, 0.8 * self.rate, float("inf"), 0


def run_peer(y, seconds):
    """Times and heights along the way, samples a second."""
    peer, kept = Peer(y), []
    start, last = time.perf_counter(), 0.0
    while time.perf_counter() - start < seconds:
        peer.step()
        now = time.perf_counter() - start
        if now > 1.15 * last:
            kept.append((now, peer.h.numpy().astype(float)))
            last = now
    return kept, peer.samples / (time.perf_counter() - start)


def run(command):
    return [float(word) for word in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def errors_of(bench, file, heights, folder, threads):
    numpy.save(folder / "heights.npy", heights.reshape(-1, 1))
    return run([bench, file, "--heights", str(folder / "heights.npy"), "--threads", str(threads)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--sites", type=int, default=2000)
    parser.add_argument("--dimension", type=int, default=64)
    parser.add_argument("--kind", choices=["clusters", "uniform"], default="clusters")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    folder = pathlib.Path(tempfile.mkdtemp())
    file = str(folder / "points.npy")
    print("| round | peer: samples/s | error (in wrong cells) | s | Monge: samples/s | error (in wrong cells) | s | MB | ratio |")
    print("|---|---|---|---|---|---|---|---|---|")
    for round_ in range(options.rounds):
        y = points(options.kind, options.sites, options.dimension, numpy.random.default_rng(round_))
        numpy.save(file, y)
        kept, rate = run_peer(y, options.seconds)
        measured = [(at, *errors_of(options.bench, file, h, folder, options.threads)[:2]) for at, h in kept]
        best = min(error for _, error, _ in measured)
        reached, error, wrong = next(row for row in measured if row[1] <= 1.05 * best)
        tolerance = 0.5 * error
        while True:
            seconds, samples, _, memory, ours, ours_wrong = run(
                [options.bench, file, "--tolerance", str(tolerance), "--threads", str(options.threads)])[:6]
            if ours <= error:
                break
            tolerance *= 0.9
        print(f"| {round_ + 1} | {rate:,.0f} | {error:.3f} ({wrong:.3f}) | {reached:.1f} | {samples / seconds:,.0f} | "
              f"{ours:.3f} ({ours_wrong:.3f}) | {seconds:.2f} | {memory / 1024:.0f} | {reached / seconds:.0f} |", flush=True)


if __name__ == "__main__":
    main()
