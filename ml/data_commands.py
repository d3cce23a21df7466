"""The command line of `python -m ml.data`."""

import argparse
import signal
import sys

from ml import feedback, imdb, own, snippets, upload
from ml.errors import DataError
from ml.short import build


def main(arguments: list[str] | None = None) -> None:
    """Make or upload a data set; exits with one sentence on what the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m ml.data", description="Make a data set, or upload one.")
    commands = parser.add_subparsers(dest="command", required=True)
    for module in (snippets, imdb, build, own, feedback, upload):
        module.add_command(commands)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that what is unfinished is removed
    try:
        options.run(options)
    except (DataError, OSError) as error:
        sys.exit(f"ml.data: {error}")
    except KeyboardInterrupt:
        sys.exit("ml.data: stopped; what was not finished is removed, but for a download, which continues next time")
