"""Who started whom, as far as a log tells."""

from output_hunts import sql_server_attack, step, web_shell

from longtail.outputs.tree import DEEPEST, Node, process_tree


def outline(nodes: list[Node], depth: int = 0) -> list[str]:
    return [
        line
        for node in nodes
        for line in (" " * depth + node.name.rpartition("\\")[2], *outline(node.children, depth + 1))
    ]


def test_children_hang_on_the_process_whose_number_they_name() -> None:
    assert outline(process_tree(web_shell().executions)) == [
        "w3wp.exe",
        " cmd.exe",
        "  whoami.exe",
        " powershell.exe",
        "  t9.dll",
        " certutil.exe",
    ]


def test_what_is_hosted_hangs_on_its_host() -> None:
    assert outline(process_tree(sql_server_attack().executions)) == [
        "sqlservr.exe",
        " cmd.exe",
        "  taskkill.exe",
        "  taskkill.exe",
        "  ntsd.exe",
        " cmd.exe",
        "  echo",
        "  ftp.exe",
        "  svn.exe",
        "  bitsadmin.exe",
    ]


def test_a_number_used_again_means_the_latest_process() -> None:
    steps = (
        step(0, "C:\\a.exe", "a", pid=7, parent_pid=1),
        step(1, "C:\\b.exe", "b", pid=7, parent_pid=1),
        step(2, "C:\\c.exe", "c", pid=8, parent_pid=7),
    )
    assert outline(process_tree(reversed(steps))) == ["cmd.exe", " a.exe", " b.exe", "  c.exe"]


def test_without_numbers_the_parents_name_must_do() -> None:
    steps = (step(0, "C:\\a.exe", "a"), step(1, "C:\\b.exe", "b"), step(2, "C:\\c.exe", "c", parent_image=None))
    assert outline(process_tree(steps)) == ["cmd.exe", " a.exe", " b.exe", "c.exe"]


def test_a_process_that_names_itself_as_its_parent_is_no_loop() -> None:
    assert outline(process_tree([step(0, "C:\\a.exe", "a", pid=7, parent_pid=7)])) == ["cmd.exe", " a.exe"]


def test_a_chain_without_end_is_drawn_flat_beyond_a_depth() -> None:
    chain = [step(at, f"C:\\{at}.exe", "x", pid=at + 1, parent_pid=at) for at in range(500)]
    lines = outline(process_tree(chain))
    assert len(lines) == 501
    assert max(len(line) - len(line.lstrip()) for line in lines) == DEEPEST
