#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""k-GANs on E1's networks as one usually writes it in PyTorch: a module and an Adam per network, a loop over k.

usage: peer_pytorch.py K THREADS SECONDS
Prints iterations a second and the share of the networks that an iteration trains.
"""
import sys
import time

import torch
from torch import nn


def data(n=4000):
    g = torch.Generator().manual_seed(1)
    angle = torch.rand(n, generator=g) * 2 * torch.pi
    radius = 0.25 * torch.rand(n, generator=g).sqrt()
    centers = torch.tensor([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    which = torch.randint(4, (n,), generator=g)
    return centers[which] + torch.stack([radius * angle.cos(), radius * angle.sin()], 1)


def k_means(x, k, iterations=20):
    centers = x[torch.randperm(len(x))[:k]].clone()
    for _ in range(iterations):
        owner = torch.cdist(x, centers).argmin(1)
        for j in range(k):
            if (owner == j).any():
                centers[j] = x[owner == j].mean(0)
    return centers


class Generator(nn.Module):
    def __init__(self, lower, extent):
        super().__init__()
        layers, below = [], 10
        for width in (32, 16, 8):
            layers += [nn.Linear(below, width, bias=False), nn.BatchNorm1d(width), nn.LeakyReLU(0.2)]
            below = width
        self.net = nn.Sequential(*layers, nn.Linear(below, 2), nn.Sigmoid())
        self.lower, self.extent = lower, extent

    def forward(self, z):
        return self.lower + self.extent * self.net(z)


def critic():
    return nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1))


def main():
    k, threads, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    x, batch, gamma = data(), 100, 10.0
    lower = x.min(0).values
    extent = x.max(0).values - lower
    generators = [Generator(lower, extent) for _ in range(k)]
    critics = [critic() for _ in range(k)]
    optimG = [torch.optim.Adam(g.parameters(), 1e-4, (0.5, 0.9)) for g in generators]
    optimD = [torch.optim.Adam(d.parameters(), 1e-4, (0.5, 0.9)) for d in critics]
    prototypes = nn.Parameter(k_means(x, k))
    optimP = torch.optim.Adam([prototypes], 1e-12)  # in place: the cells, and with them the work, stay the same

    def iterate():
        fakes = []
        for j in range(k):
            rows = x[torch.randint(len(x), (batch,))]
            real = rows[torch.cdist(rows, prototypes.detach()).argmin(1) == j]
            if len(real) == 0:
                continue
            fake = generators[j](torch.randn(batch, 10)).detach()
            fr, ff = critics[j](real).squeeze(1), critics[j](fake).squeeze(1)
            pairs = min(len(real), batch)
            slope = (fr[:pairs] - ff[:pairs]).abs() / (real[:pairs] - fake[:pairs]).norm(dim=1).clamp_min(1e-6)
            loss = ff.mean() - fr.mean() + gamma * torch.relu(slope - 1).mean()
            optimD[j].zero_grad()
            loss.backward()
            optimD[j].step()
            fake = generators[j](torch.randn(batch, 10))
            loss = -critics[j](fake).mean()
            optimG[j].zero_grad()
            loss.backward()
            optimG[j].step()
            fakes.append((j, fake.detach()))
        optimP.zero_grad()
        sum(((fake - prototypes[j]) ** 2).sum(1).mean() for j, fake in fakes).backward()
        optimP.step()
        return len(fakes)

    iterate()
    start, done, trained = time.perf_counter(), 0, 0
    while time.perf_counter() - start < seconds:
        trained += iterate()
        done += 1
    print(f"{done / (time.perf_counter() - start):.2f} {trained / done / k:.3f}")


if __name__ == "__main__":
    main()
