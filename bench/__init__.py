"""What is measured, side by side with peers: ``python -m bench.quality`` and ``python -m bench.throughput``."""
