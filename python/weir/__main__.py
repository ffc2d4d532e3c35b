"""python -m weir …: the command that came with the package, else the one in PATH."""

import os
import pathlib
import shutil
import sys


def main() -> None:
    own = pathlib.Path(__file__).with_name("weir")
    command = str(own) if own.exists() else shutil.which("weir")
    if command is None:
        sys.exit("weir: the command is not installed: build with WEIR_BUILD_COMMAND")
    os.execv(command, ["weir", *sys.argv[1:]])


if __name__ == "__main__":
    main()
