#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles the fuzzers into a folder. Needs clang with its runtime (Debian: clang libclang-rt-14-dev).
set -euo pipefail
out=${1:?"usage: tests/fuzz/build.sh OUT"}
cd "$(dirname "$0")/../.."
mkdir -p "$out/corpus"
sources=(tests/fuzz/fuzz_plane_transport.cpp core/geometry/*.cpp
  core/transport/{site_transport,semidiscrete_newton,newton_start,multigrid,multigrid_setup,direct_solve}.cpp
  core/base/thread_team.cpp core/snapshot/cell_law.cpp)
clang++ -std=c++20 -O1 -g1 -DNDEBUG -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined -I. -I/usr/include/eigen3 \
  "${sources[@]}" -lcholmod -lgmp -lmpfr -lpthread -o "$out/fuzz_plane_transport"
