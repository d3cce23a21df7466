"""What a machine has to have before anything is installed or started; each complaint says what to do."""

import importlib.util
import shutil
import socket
import sys
import sysconfig
from pathlib import Path

from local.problem import Problem
from local.settings import ROOT, Settings

FIRST_INSTALL = 4_000_000_000  # bytes: torch, its download in pip's cache, and the rest
LATER = 300_000_000


def machine() -> None:
    """Raises Problem unless Python packages can be built and virtual environments made here."""
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not sys.platform.startswith("linux"):
        raise Problem(
            f"The local application needs Linux, and this is {sys.platform}; "
            "AWS's training toolkit runs on nothing else (WSL 2 and Linux virtual machines will do)."
        )
    if importlib.util.find_spec("ensurepip") is None:
        raise Problem(f"{python} cannot make virtual environments. {_install(f'{python}-venv', 'python3-pip')}")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise Problem(f"The headers of {python} are missing. {_install(f'{python}-dev', f'{python}-devel')}")
    if not (shutil.which("cc") or shutil.which("gcc")):
        how = _install("gcc libc6-dev", "gcc")
        raise Problem(f"There is no C compiler, and AWS's training toolkit is built here. {how}")


def disk(installed: bool) -> None:
    """Raises Problem when the installation, or the data of a start, would not fit."""
    needed = LATER if installed else FIRST_INSTALL
    free = shutil.disk_usage(ROOT).free
    if free < needed:
        raise Problem(f"The disk of {ROOT} has {free / 1e9:.1f} GB left; {needed / 1e9:.1f} GB are needed. Free some.")


def ports(settings: Settings) -> None:
    """Raises Problem, naming the process if it can be seen, when one of the two ports cannot be listened on."""
    for name, port in (("LOCAL_AWS_PORT", settings.aws_port), ("LOCAL_SAGEMAKER_PORT", settings.sagemaker_port)):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except PermissionError:
                raise Problem(f"Port {port} is for root alone; choose another: {name}=4600 npm start") from None
            except OSError:
                raise Problem(
                    f"Port {port} is taken{_by_whom(port)}. End that, or choose another: {name}={port + 100} npm start"
                ) from None


def _install(debian: str, fedora: str) -> str:
    if shutil.which("apt-get"):
        return f"Install them with: sudo apt-get install {debian}"
    if shutil.which("dnf"):
        return f"Install them with: sudo dnf install {fedora}"
    return f"Install them: {debian} (as Debian calls it) or {fedora} (as Fedora does)."


def _by_whom(port: int) -> str:
    """ " by NAME (process N)", or nothing where /proc does not tell."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if Path(table).exists():
            rows = [line.split() for line in Path(table).read_text().splitlines()[1:]]
            sockets |= {f"socket:[{row[9]}]" for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "0A"}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(entry.readlink()) in sockets for entry in (folder / "fd").iterdir()):
                return f" by {(folder / 'comm').read_text().strip()} (process {folder.name})"
        except OSError:
            continue  # another user's process, or one that has just ended
    return ""
