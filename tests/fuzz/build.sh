#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Compiles the fuzzers into a folder. Needs clang with its runtime (Debian: clang libclang-rt-14-dev).
set -euo pipefail
out=$(mkdir -p "${1:?"usage: tests/fuzz/build.sh OUT"}/corpus-plane" "$1/corpus-space" && cd "$1" && pwd)
cd "$(dirname "$0")/../.."
cmake -S . -B "$out/build" -G Ninja -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo \
  -DMONGE_WINDOW=OFF -DMONGE_TESTS=OFF -DMONGE_FUZZ=ON -DMONGE_SANITIZE=fuzzer-no-link,address,undefined
ninja -C "$out/build" fuzz_plane_transport fuzz_space_transport
ln -sf build/bin/fuzz_plane_transport build/bin/fuzz_space_transport "$out"
