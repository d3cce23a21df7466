"""Reading a .tar of somebody else's as it streams by: what it may hold before it costs memory."""

import tarfile
import zlib

HEADER_BYTES = 65_536
MEMBERS = 10_000  # tarfile remembers each
EXTENSIONS = (
    *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK, tarfile.GNUTYPE_SPARSE),
    *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
)
# What tarfile and what is below it raise on an archive that was cut short, altered, or made to do harm.
BROKEN = (tarfile.TarError, EOFError, OSError, ValueError, OverflowError, RecursionError, zlib.error)


class Header(tarfile.TarInfo):
    """For `tarfile.open(…, tarinfo=Header)`: refuses what tarfile would read into memory whole, whatever its size."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Header":
        """The header in a block of 512 bytes. Raises tarfile.ReadError."""
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0 or (header.type in EXTENSIONS and header.size > HEADER_BYTES):
            raise tarfile.ReadError(f"the header of {header.name!r:.80} states a size of {header.size:,} bytes")
        return header
