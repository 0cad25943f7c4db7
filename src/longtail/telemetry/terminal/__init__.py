"""What programs print for people (ps, ss, netstat, lsof) → records, a line at a time."""
