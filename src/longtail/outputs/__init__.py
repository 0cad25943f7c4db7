"""One file an output: findings in, bytes out."""
