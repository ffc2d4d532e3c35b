"""python -m weir.compat PROGRAM [ARGUMENT]...: runs a program that imports the published module names."""

import os
import runpy
import sys

from weir.compat import publish


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__, file=sys.stdout if len(sys.argv) > 1 else sys.stderr)
        sys.exit(0 if len(sys.argv) > 1 else 2)
    program = sys.argv[1]
    if not os.path.exists(program):
        sys.exit(f"weir.compat: no such program: {program}")
    publish()
    # As python itself has it for a program: its arguments, and its folder first on the path.
    sys.argv = sys.argv[1:]
    folder = os.path.dirname(os.path.realpath(program))
    if getattr(sys.flags, "safe_path", False):
        sys.path.insert(0, folder)
    else:
        sys.path[0] = folder
    runpy.run_path(program, run_name="__main__")


if __name__ == "__main__":
    main()
