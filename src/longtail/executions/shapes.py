"""A command line → its shape: what a program is told, without what changes from one use to the next."""


def shape(command_line: str | None, name: str = "") -> str:
    """The command line with its volatile parts masked, its program first; ``""`` for no command line."""
    if not command_line:
        return ""
    return " ".join([name, *command_line.split()[1:]]).strip()[:512]
