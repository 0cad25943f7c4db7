"""Log files → ProcessEvent: whatever the format, the same twelve fields."""
