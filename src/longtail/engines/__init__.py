"""Map and sum: the waist carried over many files, and nothing else."""
