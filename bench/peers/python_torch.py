#!/usr/bin/env python3
"""torch.sort and dense relaxations in Python's torch, forward and backward, on the shapes of `bench ratios`.

A development aid, so that the two worlds can be read side by side; nothing depends on it.
Debian: apt-get install python3-torch. Run: python3 bench/peers/python_torch.py [threads]
"""
import statistics
import sys
import time

import torch

LARGEST_MATRIX = 2 * 10**8  # entries; beyond, dense forms are left out


def sort(scores):
    return scores.sort(-1, descending=True).values


def dense_neural_sort(scores):
    """Grover et al. 2019, Eq. 5: softmax over j of (n + 1 - 2i) s[j] - sum_m |s[j] - s[m]|, at temperature 1."""
    n = scores.shape[-1]
    totals = (scores.unsqueeze(-1) - scores.unsqueeze(-2)).abs().sum(-1)
    places = n + 1 - 2 * torch.arange(1, n + 1, dtype=scores.dtype)
    logits = places.unsqueeze(-1) * scores.unsqueeze(-2) - totals.unsqueeze(-2)
    return (logits.softmax(-1) @ scores.unsqueeze(-1)).squeeze(-1)


def dense_soft_sort(scores):
    """Prillo and Eisenschlos 2020, Eq. 3, power 1: softmax over j of -|t[i] - s[j]|, t the sorted scores."""
    sorted_scores = scores.sort(-1, descending=True).values
    logits = -(sorted_scores.unsqueeze(-1) - scores.unsqueeze(-2)).abs()
    return (logits.softmax(-1) @ scores.unsqueeze(-1)).squeeze(-1)


def milliseconds(method, batch, items):
    scores = torch.randn(batch, items, generator=torch.Generator().manual_seed(1))
    upstream = torch.randn(batch, items, generator=torch.Generator().manual_seed(2))
    times = []
    began = time.perf_counter()
    while len(times) < 4 or time.perf_counter() - began < 1:
        start = time.perf_counter()
        given = scores.clone().requires_grad_()
        method(given).backward(upstream)
        times.append(1e3 * (time.perf_counter() - start))
    return statistics.median(times[1:])  # the first one warms up


def main():
    if len(sys.argv) > 1:
        torch.set_num_threads(int(sys.argv[1]))
    methods = [("torch.sort", sort), ("dense NeuralSort", dense_neural_sort), ("dense SoftSort", dense_soft_sort)]
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads, float32, temperature 1; milliseconds, forward and backward\n")
    print("| batch × n | " + " | ".join(name for name, _ in methods) + " |")
    print("|---" * (len(methods) + 1) + "|")
    for batch, items in [(2000, 5), (400, 15), (100, 100), (1, 1000), (1, 10_000), (1, 1_000_000)]:
        cells = [
            f"{milliseconds(method, batch, items):.2f}" if method is sort or batch * items**2 <= LARGEST_MATRIX else ""
            for _, method in methods
        ]
        print(f"| {batch:,} × {items:,} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
