"""The fleet generator behind the demo and the benchmarks: machines, benign life, attacks, and the truth beside them."""
