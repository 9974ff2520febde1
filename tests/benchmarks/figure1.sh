#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Figure 1 of the k-GANs paper from one command: baseline (k = 1), k-means start and uniform start, SEEDS repeats each, on the toy sets with
# two, three and four discs; panels of the first seed and the bar chart over all sets.
#
# usage: figure1.sh BIN OUT [SEEDS=10] [SETS="two three four"]     BIN: the folder of monge and monge-cli
set -euo pipefail
bin=$1 out=$2 seeds=${3:-10} sets=${4:-two three four}
mkdir -p "$out"

train() {  # train FOLDER PRESET [option ...]
  local folder=$1
  shift
  "$bin/monge-cli" train "$@" --seed 1 --repeats "$seeds" --out "$folder" > "$folder.log" 2>&1 || { cat "$folder.log"; exit 1; }
}

panels=() titles=""
for name in $sets; do
  mkdir -p "$out/$name"
  train "$out/$name/baseline" "$name-clusters" --set generators=1 &
  train "$out/$name/k-means" "$name-clusters" --set start=k_means --threads 1 &
  wait
  train "$out/$name/uniform" "$name-clusters" --set start=uniform
  for variant in baseline k-means uniform; do
    panels+=("$out/$name/$variant/seed-01")
    titles+="${titles:+|}$name discs, $variant"
  done
done

# Mean and deviation over all seeds of all sets, a bar each.
echo "variant,metric,mean,deviation" > "$out/bars.csv"
for variant in baseline k-means uniform; do
  awk -F, -v variant="$variant" '
    FNR == 1 { for (i = 1; i <= NF; ++i) name[i] = $i; next }
    $1 ~ /^[0-9]+$/ { for (i = 2; i <= NF; ++i) { n[name[i]]++; s[name[i]] += $i; q[name[i]] += $i * $i } }
    END {
      split("coverage precision", wanted, " ")
      for (w = 1; w <= 2; ++w) {
        m = wanted[w]; mean = s[m] / n[m]; v = n[m] > 1 ? (q[m] - n[m] * mean * mean) / (n[m] - 1) : 0
        printf "%s,%s,%.6f,%.6f\n", variant, m, mean, sqrt(v > 0 ? v : 0)
      }
    }' "$out"/*/"$variant"/summary.csv >> "$out/bars.csv"
done
"$bin/monge" render --panels "${panels[@]}" --titles "$titles" --columns 3 --bars "$out/bars.csv" --out "$out/figure-1.pdf"
"$bin/monge" render --panels "${panels[@]}" --titles "$titles" --columns 3 --bars "$out/bars.csv" --out "$out/figure-1.png"
cat "$out/bars.csv"

# The table of docs/performance.md: a row per set and variant, its least values, and how many repeats reach the goal.
printf '\n| discs | variant | coverage, mean (least) | precision, mean (least) | repeats at the goal |\n|---|---|---|---|---|\n'
for name in $sets; do
  for variant in baseline k-means uniform; do
    awk -F, -v set="$name" -v variant="$variant" '
      FNR == 1 { for (i = 1; i <= NF; ++i) at[$i] = i; next }
      $1 ~ /^[0-9]+$/ {
        c = $at["coverage"]; p = $at["precision"]; ++n; cs += c; ps += p
        if (n == 1 || c < cl) cl = c
        if (n == 1 || p < pl) pl = p
        good += c >= 0.95 && p >= 0.97
      }
      END { printf "| %s | %s | %.3f (%.3f) | %.3f (%.3f) | %d of %d |\n", set, variant, cs / n, cl, ps / n, pl, good, n }
    ' "$out/$name/$variant/summary.csv"
  done
done
echo "Written: $out/figure-1.pdf and .png"
