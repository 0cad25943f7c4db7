"""Hosts that are told text in a language of their own: cmd.exe and PowerShell."""

from longtail.executions.hosts.told import Call, Host, Kind, Told, file
from longtail.executions.powershell import decoded, told_by
from longtail.executions.shell import cmd_text


def cmd(call: Call) -> list[Told]:
    """``cmd /c TEXT``, with the switch glued to the name (``cmd/c``) or to the text (``/cwhoami``)."""
    end = call.words[0].end if call.words else 0
    glued = call.value(0).find("/") if call.name == "cmd" else -1
    text = cmd_text(call.line[glued if glued > 0 else end :])
    return [Told(Kind.CMD, text)] if text else []


def powershell(call: Call) -> list[Told]:
    """``-File``, ``-Command`` or ``-EncodedCommand``, however abbreviated; what cannot be decoded stays code."""
    told = told_by(call.words)
    if told is None or told.value_at >= len(call.words):
        return []
    if told.name == "file":
        return file(call, told.value_at)
    text = " ".join(word.value for word in call.words[told.value_at :])
    if told.name == "encodedcommand":
        plain = decoded(call.value(told.value_at))
        code = Told(Kind.INLINE, f"-encodedcommand {text}", "-encodedcommand")
        return [code if plain is None else Told(Kind.POWERSHELL, plain)]
    return [] if text == "-" else [Told(Kind.POWERSHELL, text)]


HOSTS = (
    Host("cmd", cmd),
    Host("powershell pwsh powershell_ise sqlps", powershell),
)
