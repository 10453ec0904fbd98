"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_atomically(file: Path, *parts: Iterable[bytes]) -> None:
    """Writes beside the file, flushes to the disk and renames; whoever reads meanwhile sees the old file."""
    beside = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        with open(beside, "wb") as target:
            for part in parts:
                for chunk in part:
                    target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
        os.replace(beside, file)
    finally:
        beside.unlink(missing_ok=True)
