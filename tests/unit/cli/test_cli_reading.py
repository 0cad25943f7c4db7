"""What to read, as it is asked for: what gives nothing is said, and why."""

from pathlib import Path

from cli_calls import Run, lines, start


def test_an_empty_folder_is_called_empty(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    done = run("hunt", tmp_path)
    assert done.code == 1 and "the folder is empty" in done.err and "no such file" not in done.err


def test_since_after_until_is_wrong_usage(run: Run, attacked: Path) -> None:
    done = run("hunt", attacked, "--since", "2026-03-05", "--until", "2026-03-02")
    assert (done.code, done.out) == (2, "") and "2026-03-05T00:00:00Z is not before --until 2026-03-02" in done.err


def test_tenants_of_folders_that_are_not_there_are_missed_aloud(run: Run, tmp_path: Path) -> None:
    for tenant in ("contoso", "fabrikam"):
        (tmp_path / tenant).mkdir()
        (tmp_path / tenant / "a.jsonl").write_text(lines(start()), "utf-8")
    words = ("--tenant-from-path", "-f", "jsonl", "-j", "1")
    assert "no folder under PATH" in run("hunt", tmp_path / "contoso", tmp_path / "fabrikam", *words).err
    assert "no folder under PATH" not in run("hunt", tmp_path, *words).err


def test_an_account_that_nobody_has_is_told_with_those_written_nearly_so(run: Run, attacked: Path) -> None:
    done = run("hunt", attacked, "--account", "MSSQL", "--account", "msqsl", "-f", "jsonl", "-j", "1")
    assert done.out and "--account msqsl: no account" in done.err and "there is mssql" in done.err
    assert "--account MSSQL" not in done.err
