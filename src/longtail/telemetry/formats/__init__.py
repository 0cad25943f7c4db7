"""One file a telemetry format; they do not know each other."""
