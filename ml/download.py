"""A large file over HTTP, continued where an earlier run was cut off."""

import hashlib
import urllib.request
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ml.errors import DataError

TIMEOUT = 30.0  # seconds without a byte
BLOCK = 1 << 16  # bytes


def fetch(url: str, path: Path, size: int, sha256: str) -> None:
    """Download `size` bytes to `path`, unless it exists; `path` appears only once all of it is right.

    What has come so far is kept in `path`.part, and asked for no second time (RFC 9110, 14: Range). A connection
    that breaks is made anew for as long as each brings some bytes. Raises DataError with what to do.
    """
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.touch()
    with tqdm(total=size, desc=path.name, unit="B", unit_scale=True, disable=None) as bar:
        while (have := part.stat().st_size) < size:
            reason = _continue(url, part, size, bar)
            if part.stat().st_size <= have:
                if not have:
                    part.unlink()
                raise DataError(f"{url}: {reason}; {have:,} of {size:,} bytes are here, run it again to continue")
    with open(part, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != sha256:
        part.unlink()
        raise DataError(f"{url} gave another file than expected (sha256 {digest}, not {sha256}), which was removed")
    part.replace(path)


def _continue(url: str, part: Path, size: int, bar: "tqdm[Any]") -> str:
    """Append what one request brings; why it brought no more."""
    have = part.stat().st_size
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"})  # noqa: S310 (a constant of this package)
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            if response.status != 206:
                have = 0  # the server sends everything from the start
            _require_size(url, response, have, size)
            bar.n = have
            with open(part, "r+b") as file:
                file.seek(have)
                while have < size and (block := response.read(min(BLOCK, size - have))):
                    have += file.write(block)
                    bar.update(len(block))
    except (OSError, HTTPException) as error:
        return str(error) or type(error).__name__
    return "the connection was cut off"


def _require_size(url: str, response: HTTPResponse, start: int, size: int) -> None:
    """Raises DataError when what the server announces is not the rest of a file of `size` bytes."""
    if response.status == 206:
        announced, expected = response.headers["Content-Range"], f"bytes {start}-{size - 1}/{size}"
    else:
        announced, expected = response.headers["Content-Length"], str(size)
    if announced not in (None, expected):
        raise DataError(f"{url} is not the file expected: the server announces “{announced}”, not “{expected}”")
