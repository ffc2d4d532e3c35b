"""python -m weir …: the command that came with the package, else one from the same prefix or in PATH."""

import os
import pathlib
import shutil
import sys


def command() -> str | None:
    """Where it is."""
    package = pathlib.Path(__file__).resolve().parent
    # PREFIX/lib/python3.x/dist-packages/weir
    for path in (package / "weir", *(prefix / "bin" / "weir" for prefix in package.parents[3:4])):
        if path.is_file() and os.access(path, os.X_OK):
            return str(path)
    return shutil.which("weir")


def main() -> None:
    found = command()
    if found is None:
        sys.exit("weir: the command is not installed: build weir with WEIR_BUILD_COMMAND, or put it into PATH")
    os.execv(found, ["weir", *sys.argv[1:]])


if __name__ == "__main__":
    main()
