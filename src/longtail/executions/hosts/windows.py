"""Hosts of Windows: the system's own programs that load a library, a script or another command line."""

import re

from longtail.executions.hosts.told import Call, Host, Kind, Told, carried, file, interpreter, option, positional

_REMOTE = re.compile(r"(?:https?|ftp)://[^\s\"'<>|)]+", re.IGNORECASE)
_SCRIPT = re.compile(r"(?:javascript|vbscript|about):", re.IGNORECASE)
_LIBRARY = re.compile(
    r"""\s*(?:"(?P<quoted>[^"]*)"|(?P<plain>[a-z]:\\[^",<>|]{1,240}?\.(?:dll|cpl|ocx)(?=[\s,])|[^\s",]+))"""
    r"""\s*,?\s*(?P<export>\#-?\d+|[A-Za-z_?@][\w@?$.]*)?\s*""",
    re.IGNORECASE,
)
_PROGRAM = re.compile(r"\.(?:exe|com|scr|pif|bat|cmd|ps1|vbs|vbe|js|jse|wsf|hta|msi|cpl|lnk|url|sct)\b", re.IGNORECASE)
_GUID = re.compile(r"\{[0-9a-f-]{36}\}", re.IGNORECASE)

EXPORTS: dict[tuple[str, str], Kind] = {
    # (library, export) → what its argument is
    ("shell32", "shellexec_rundll"): Kind.LINE,
    ("shell32", "shellexec_rundlla"): Kind.LINE,
    ("shell32", "shellexec_rundllw"): Kind.LINE,
    ("shell32", "control_rundll"): Kind.FILE,
    ("shell32", "control_rundlla"): Kind.FILE,
    ("shell32", "control_rundllasuser"): Kind.FILE,
    ("url", "openurl"): Kind.FILE,
    ("url", "openurla"): Kind.FILE,
    ("url", "fileprotocolhandler"): Kind.FILE,
    ("ieframe", "openurl"): Kind.FILE,
    ("shdocvw", "openurl"): Kind.FILE,
    ("zipfldr", "routethecall"): Kind.FILE,
    ("advpack", "launchinfsection"): Kind.FILE,
    ("advpack", "registerocx"): Kind.LINE,
    ("ieadvpack", "launchinfsection"): Kind.FILE,
    ("ieadvpack", "registerocx"): Kind.LINE,
    ("setupapi", "installhinfsection"): Kind.FILE,
    ("pcwutl", "launchapplication"): Kind.LINE,
    ("desk", "installscreensaver"): Kind.FILE,
    ("dfshim", "shopenverbapplication"): Kind.FILE,
}


def scripted(text: str) -> list[Told]:
    """``javascript:…``: the addresses in it when it fetches, else the code itself."""
    remote = [Told(Kind.FILE, found, found) for found in _REMOTE.findall(text)]
    return remote or [Told(Kind.INLINE, text, text.partition(":")[0] + ":")]


def library(tail: str) -> list[Told]:
    """rundll32's own grammar: ``path,Export arguments``, with quotes, blanks or no comma at all."""
    tail = tail.strip()
    if _SCRIPT.match(tail.lstrip("\"'")):
        return scripted(tail.strip("\"'"))
    parsed = _LIBRARY.match(tail)
    path = ((parsed["quoted"] or parsed["plain"] or "") if parsed else "").strip()
    if not parsed or not path:
        return []
    found = [Told(Kind.FILE, tail, path)]
    stem = re.split(r"[\\/]", path)[-1].lower().removesuffix(".dll").removesuffix(".cpl")
    kind = EXPORTS.get((stem, (parsed["export"] or "").lower()))
    rest = tail[parsed.end() :].strip()
    if kind and rest:
        found.append(_exported(kind, rest, stem))
    return found


def _exported(kind: Kind, rest: str, stem: str) -> Told:
    if kind is Kind.LINE:
        return Told(kind, rest)
    if stem == "setupapi":
        rest = rest.split(maxsplit=2)[-1]
    quoted = re.match(r'"([^"]*)"', rest)
    path = quoted[1] if quoted else re.split(r",", rest, maxsplit=1)[0].strip()
    return Told(kind, rest, path)


def rundll32(call: Call) -> list[Told]:
    """Leading options (``-sta``, ``/d``) are skipped, then ``path,Export``."""
    index = 1
    while re.fullmatch(r"[-/]\w+", call.value(index)):
        if call.value(index).lower() in ("-sta", "-localserver"):
            return [Told(Kind.FILE, call.tail(index + 1), call.value(index + 1))] if call.value(index + 1) else []
        index += 1
    return library(call.tail(index))


def regsvr32(call: Call) -> list[Told]:
    """Each library, and the scriptlet that ``/i:`` hands to scrobj.dll."""
    found = positional()(call)
    scriptlets = any("scrobj" in told.text.lower() for told in found)
    for word in call.words[1:]:
        name, value = option(word.value)
        if name == "i" and value and (scriptlets or _REMOTE.match(value)):
            found.append(Told(Kind.FILE, value, value))
    return found


def mshta(call: Call) -> list[Told]:
    """A file, an address, or a script on the spot."""
    tail = call.tail(1).strip()
    if _SCRIPT.match(tail.lstrip("\"'")):
        return scripted(tail.strip("\"'"))
    return file(call, 1)


def script_host(call: Call) -> list[Told]:
    """wscript and cscript: options start with ``//``, the first other word is the script."""
    for index in range(1, len(call.words)):
        if not call.value(index).startswith("/"):
            return file(call, index)
    return []


def msiexec(call: Call) -> list[Told]:
    """The package of ``/i``, ``/a``, ``/p``…, the library of ``/y`` and ``/z``; a product's GUID is no file."""
    found = []
    for index in range(1, len(call.words)):
        matched = re.fullmatch(
            r"[-/](package|update|uninstall|[iapxyz]|f[pomusecadv]*|j[mu]*)[:=]?(.*)", call.value(index), re.I | re.S
        )
        if not matched or (matched[2] and matched[2][0].isalpha() and ":" not in matched[2] and "." not in matched[2]):
            continue
        path = matched[2].strip('"') or call.value(index + 1)
        if path and not _GUID.fullmatch(path) and path[0] not in "-/":
            found.append(Told(Kind.FILE, path, path))
    return found


def odbcconf(call: Call) -> list[Told]:
    """``/a {REGSVR x.dll}``, and the response file of ``-f``."""
    actions = re.findall(r"\{\s*(?:REGSVR|INSTALLDRIVER)\s+\"?([^\s\"}]+)", call.line, re.IGNORECASE)
    return [Told(Kind.FILE, path, path) for path in actions] + carried("f")(call)


def call_create(call: Call) -> list[Told]:
    """``wmic … process call create "CMD"``"""
    matched = re.search(r"\bcall\s+\"?create\"?\s+", call.line, re.IGNORECASE)
    if not matched:
        return []
    rest = call.line[matched.end() :].strip()
    quoted = re.fullmatch(r"""(["'])(.*?)\1?(?:\s*,.*)?""", rest, re.DOTALL)
    text = quoted[2].replace('\\"', '"') if quoted else rest
    return [Told(Kind.LINE, text.strip())] if text.strip() else []


def stylesheet(call: Call) -> list[Told]:
    """``wmic … /format:x.xsl``: a stylesheet of its own, which may hold a script; the built-in ones have no place."""
    for word in call.words[1:]:
        name, value = option(word.value)
        if name == "format" and re.search(r"[\\/]|\.xsl\b", value.strip("\"'"), re.IGNORECASE):
            return [Told(Kind.FILE, value, value.strip("\"'"))]
    return []


def wmic(call: Call) -> list[Told]:
    """What it creates, and the stylesheet that it runs."""
    return call_create(call) + stylesheet(call)


def service(call: Call) -> list[Told]:
    """``sc create|config NAME binPath= CMD``: what the service will run."""
    if not any(word.value.lower() in ("create", "config") for word in call.words[1:4]):
        return []
    matched = re.search(r'\bbinpath\s*=\s*("(?:[^"\\]|\\.)*"?|\S+)', call.line, re.IGNORECASE)
    text = matched[1].strip('"').replace('\\"', '"') if matched else ""
    return [Told(Kind.LINE, text)] if text else []


def scheduled(call: Call) -> list[Told]:
    """``schtasks /create … /tr CMD``: what the task will run."""
    verbs = {option(word.value)[0] for word in call.words[1:4]}
    return carried("tr", Kind.LINE)(call) if verbs & {"create", "change"} else []


def at(call: Call) -> list[Told]:
    r"""``at [\\host] 12:00 [/every:…] CMD``"""
    timed = False
    for index in range(1, len(call.words)):
        word = call.value(index)
        if timed and not word.startswith("/"):
            return [Told(Kind.LINE, call.text(index))]
        timed = timed or bool(re.match(r"\d{1,2}:\d\d", word))
    return []


def psexec(call: Call) -> list[Told]:
    r"""``psexec \\host -u x -p y CMD``"""
    index = 1
    while index < len(call.words):
        word = call.value(index)
        if not word.startswith(("-", "/", "\\\\", "@")):
            return [Told(Kind.LINE, call.tail(index))]
        index += 2 if word.lower()[1:] in ("u", "p", "w", "n", "a", "r", "g") else 1
    return []


def runas(call: Call) -> list[Told]:
    """``runas /user:X "CMD"``: the last word."""
    last = len(call.words) - 1
    return [Told(Kind.LINE, call.value(last))] if last > 0 and call.value(last)[:1] != "/" else []


def explorer(call: Call) -> list[Told]:
    """A program named to explorer runs; a folder opens and is nothing."""
    paths = [part for word in call.words[1:] for part in word.value.split(",") if _PROGRAM.search(part)]
    selects = any(word.value.lower().startswith("/select") for word in call.words)
    return [] if selects else [Told(Kind.FILE, path, path) for path in paths[:1]]


def console(call: Call) -> list[Told]:
    """``conhost --headless CMD``; the handles it is normally given are no program."""
    for index in range(1, len(call.words)):
        word = call.value(index)
        if not word.startswith("-") and not re.fullmatch(r"0x[0-9a-f]+|\d+", word, re.IGNORECASE):
            return [Told(Kind.LINE, call.tail(index))]
    return []


def notify(call: Call) -> list[Told]:
    """``bitsadmin /SetNotifyCmdLine JOB PROGRAM ARGUMENTS``"""
    for index in range(1, len(call.words)):
        if option(call.value(index))[0] == "setnotifycmdline" and call.value(index + 2):
            return file(call, index + 2)
    return []


def pcalua(call: Call) -> list[Told]:
    """``pcalua -a PROGRAM [-c ARGUMENTS]``"""
    return [Told(Kind.LINE, told.text) for told in carried("a", Kind.LINE)(call)]


def dotnet(call: Call) -> list[Told]:
    """``dotnet [exec] x.dll``; its SDK verbs are its own."""
    index = 2 if call.value(1).lower() == "exec" else 1
    while call.value(index).startswith("-"):
        index += 1 if "=" in call.value(index) or not call.value(index + 1).lower().endswith((".json", ".probe")) else 2
    return file(call, index) if call.value(index).lower().endswith((".dll", ".exe")) else []


HOSTS = (
    Host("rundll32", rundll32),
    Host("regsvr32", regsvr32),
    Host("mshta", mshta),
    Host("wscript cscript", script_host),
    Host("msiexec", msiexec),
    Host("installutil regasm regsvcs infdefaultinstall presentationhost", positional()),
    Host("msbuild csi rcsi fsi fsianycpu", positional(1)),
    Host("odbcconf", odbcconf),
    Host("forfiles", carried("c", Kind.LINE)),
    Host("pcalua", pcalua),
    Host("schtasks", scheduled),
    Host("at", at),
    Host("wmic", wmic),
    Host("sc", service),
    Host("psexec psexec64 paexec", psexec),
    Host("runas", runas),
    Host("explorer", explorer),
    Host("control", positional(1)),
    Host("hh", positional(1)),
    Host("conhost", console),
    Host("ftp", carried("s")),
    Host("sqlcmd osql isql", carried("i")),
    Host("psql", interpreter("-h -p -U -d -c -v")),
    Host("dtexec dtexecui", carried("f file")),
    Host("bitsadmin", notify),
    Host("cmstp", positional(1)),
    Host("diskshadow", carried("s")),
    Host("dotnet", dotnet),
)
