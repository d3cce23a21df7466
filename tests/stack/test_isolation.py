"""The application keeps to this machine."""

import os
from pathlib import Path

from local.application import Application


def test_nothing_listens_on_an_address_other_than_loopback(application: Application) -> None:
    mine = descendants(os.getpid())
    sockets = {inode for process in mine for inode in socket_inodes(process)}
    listening = [(address, port) for address, port, inode in listeners() if inode in sockets]
    assert {application.settings.aws_port, application.settings.sagemaker_port} <= {port for _, port in listening}
    assert {address for address, _ in listening} <= {"127.0.0.1", "::1"}


def descendants(process: int) -> set[int]:
    """The process and all below it."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found = {process}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def socket_inodes(process: int) -> set[int]:
    """The sockets that the process holds open."""
    found = set()
    for link in Path(f"/proc/{process}/fd").glob("*"):
        try:
            target = str(link.readlink())
        except OSError:  # closed meanwhile
            continue
        if target.startswith("socket:["):
            found.add(int(target[8:-1]))
    return found


def listeners() -> list[tuple[str, int, int]]:
    """Address, port and inode of every TCP socket of this machine that listens."""
    found = []
    for table, loopback in (("tcp", "0100007F"), ("tcp6", "0" * 24 + "01000000")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            address, port = fields[1].split(":")
            if fields[3] == "0A":  # LISTEN
                name = {"tcp": "127.0.0.1", "tcp6": "::1"}[table] if address == loopback else address
                found.append((name, int(port, 16), int(fields[9])))
    return found
