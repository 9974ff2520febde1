#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles the fuzzers into a folder. Needs clang with its runtime (Debian: clang libclang-rt-14-dev).
set -euo pipefail
out=$(mkdir -p "${1:?"usage: tests/fuzz/build.sh OUT"}/corpus" "$1/objects" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
sources=(tests/fuzz/fuzz_plane_transport.cpp core/geometry/*.cpp
  core/transport/{site_transport,semidiscrete_newton,newton_start,multigrid,multigrid_setup,solve_laplacian,direct_solve}.cpp
  core/base/thread_team.cpp core/snapshot/cell_law.cpp)
sanitizers=-fsanitize=fuzzer,address,undefined
export compile="clang++ -std=c++20 -O1 -g1 -DNDEBUG $sanitizers -fno-sanitize-recover=undefined -I. -I/usr/include/eigen3 -c" objects="$out/objects"
# shellcheck disable=SC2016  # the inner shell expands
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} bash -c '$compile {} -o "$objects/$(basename {} .cpp).o"'
clang++ $sanitizers "$out"/objects/*.o -lcholmod -lgmp -lmpfr -lpthread -o "$out/fuzz_plane_transport"
