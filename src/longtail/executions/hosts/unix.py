"""Hosts of Linux and other Unixes, and the interpreters that live on every system."""

import re

from longtail.executions.argv import posix_argv
from longtail.executions.hosts.told import Call, Host, Kind, Told, file, interpreter, wrapper


def shell(call: Call) -> list[Told]:
    """``sh -c TEXT`` (also ``-lc``, ``-xec``), else the script named first."""
    index = 1
    while index < len(call.words):
        word = call.value(index)
        if word in ("-o", "+o", "--rcfile", "--init-file"):
            index += 2
            continue
        if word.startswith("-") and not word.startswith("--") and "c" in word:
            text = call.text(index + 1)
            return [Told(Kind.SH, text)] if text else []
        if not word.startswith(("-", "+")):
            return file(call, index)
        index += 1
    return []


def su(call: Call) -> list[Told]:
    """``su … -c TEXT``, and ``runuser``."""
    for index in range(1, len(call.words)):
        word = call.value(index)
        if word in ("-c", "--command", "--session-command"):
            return [Told(Kind.SH, call.text(index + 1))] if call.text(index + 1) else []
        if word.startswith(("--command=", "--session-command=")):
            return [Told(Kind.SH, word.partition("=")[2])]
    return []


def java(call: Call) -> list[Told]:
    """``-jar FILE``, else the main class after the options."""
    index = 1
    while index < len(call.words):
        word = call.value(index)
        if word == "-jar":
            return file(call, index + 1)
        if not word.startswith(("-", "@")):
            return file(call, index)
        index += 2 if word in ("-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules") else 1
        index -= word == "-m"
    return []


def env(call: Call) -> list[Told]:
    """``env A=1 CMD …``, and ``env -S 'CMD …'``."""
    for index in range(1, len(call.words)):
        word = call.value(index)
        if word in ("-S", "--split-string"):
            return [Told(Kind.LINE, call.text(index + 1))]
        if word.startswith(("-S", "--split-string=")):
            return [Told(Kind.LINE, word.removeprefix("--split-string=").removeprefix("-S"))]
    return _env(call)


_env = wrapper("-u --unset -C --chdir")


def evaluated(call: Call) -> list[Told]:
    """``eval TEXT``: its words, joined, are shell text again."""
    return [Told(Kind.SH, " ".join(posix_argv(call.tail(1))))] if len(call.words) > 1 else []


def sourced(call: Call) -> list[Told]:
    """``. FILE`` and ``source FILE`` run it in the shell itself."""
    return file(call, 1)


def find(call: Call) -> list[Told]:
    """``find … -exec CMD {} ;``"""
    for index in range(1, len(call.words)):
        if call.value(index) in ("-exec", "-execdir", "-ok", "-okdir"):
            text = re.split(r"\s+(?:\\;|';'|;|\+)(?:\s|$)", call.tail(index + 1), maxsplit=1)[0]
            return [Told(Kind.LINE, text)] if text else []
    return []


def busybox(call: Call) -> list[Told]:
    """``busybox APPLET …`` is the applet's own command line."""
    return [Told(Kind.LINE, call.tail(1))] if call.value(1)[:1] not in ("", "-") else []


HOSTS = (
    Host("sh bash dash ash zsh ksh mksh rbash fish", shell),
    Host("busybox toybox", busybox),
    Host("su runuser", su),
    Host("java javaw", java),
    Host("python python2 python3 pythonw py pypy pypy3", interpreter("-W -X --check-hash-based-pycs", "-c", "-m")),
    Host("perl", interpreter("-I", "-e -E -ne -pe -le -nle")),
    Host("ruby", interpreter("-I -r -C", "-e -ne -pe")),
    Host("node nodejs bun deno", interpreter("-r --require --import --loader", "-e -p --eval --print -pe")),
    Host("php php-cgi php-cli", interpreter("-c -d -z", "-r -B -R -E")),
    Host("lua luajit tclsh wish expect", interpreter("-l", "-e -c")),
    Host("env", env),
    Host("nohup setsid exec command builtin time catchsegv dumb-init", wrapper("-a -f -o")),
    Host("sudo doas pkexec", wrapper("-u -g -h -p -C -r -t -T -U -D -R --user --group --host --prompt --chdir")),
    Host("timeout", wrapper("-s -k --signal --kill-after", skip=1)),
    Host("nice", wrapper("-n --adjustment")),
    Host("ionice", wrapper("-c -n -p --class --classdata")),
    Host("stdbuf", wrapper("-i -o -e --input --output --error")),
    Host("taskset", wrapper("-c --cpu-list", skip=1)),
    Host("chrt", wrapper("-T -P -D", skip=1)),
    Host("chroot", wrapper(skip=1)),
    Host("flock", wrapper("-w -E --timeout", skip=1)),
    Host("unshare nsenter tini strace ltrace", wrapper("-e -o -p -s -t -u -S -G --target --root --wd")),
    Host("systemd-run", wrapper("-p -u -E -t -M --property --unit --slice --uid --gid --description --setenv")),
    Host("xargs", wrapper("-I -n -P -L -d -a -s -E --max-args --max-procs --delimiter --arg-file")),
    Host("watch", wrapper("-n --interval")),
    Host("eval", evaluated),
    Host(". source", sourced),
    Host("find", find),
)
