"""ProcessEvent → Sighting: what really ran, from where, on whose behalf, told what."""
