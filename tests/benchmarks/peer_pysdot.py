#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pysdot's own Newton on the sites of a file: uniform density on the unit square or cube, equal masses.

usage: peer_pysdot.py SITES THREADS TOLERANCE
Prints seconds and the largest relative mass error. THREADS is not used: pysdot takes every core that it is allowed.
"""
import contextlib
import sys
import time

import numpy
from pysdot import OptimalTransport
from pysdot.domain_types import ConvexPolyhedraAssembly

# pysdot loads the first linear solver that it finds when it needs it; loading is no part of the solve.
with contextlib.suppress(ImportError):
    import scipy.sparse.linalg
with contextlib.suppress(ImportError):
    import petsc4py.PETSc


def main():
    sites, tolerance = numpy.loadtxt(sys.argv[1], ndmin=2), float(sys.argv[3])
    n, d = sites.shape
    start = time.perf_counter()
    domain = ConvexPolyhedraAssembly()
    domain.add_box([0] * d, [1] * d)
    solver = OptimalTransport(sites, domain=domain)
    solver.set_stopping_criterion(tolerance / n, "max delta masses")
    solver.adjust_weights()
    seconds = time.perf_counter() - start
    error = abs(solver.pd.integrals() * n - 1).max()
    print(f"{seconds:.6f} {error:.3g}")


if __name__ == "__main__":
    main()
