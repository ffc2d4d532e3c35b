"""What to do where Python may not capture, and what that grants."""

import os
import shlex
import sys


def advice() -> str:
    """Lines that tell how to get the right to capture, the better ways first."""
    if os.geteuid() == 0:
        return "root lacks CAP_NET_RAW here, as in a container: start that with --cap-add NET_RAW"
    python = os.path.realpath(sys.executable) if sys.executable else "python3"
    return (
        "capturing needs CAP_NET_RAW: run the program with sudo, or grant it to a copy of the interpreter\n"
        "that is yours alone, and run the program with that:\n"
        "  python3 -m venv --copies ~/capture && chmod 700 ~/capture\n"
        "  sudo setcap cap_net_raw+ep ~/capture/bin/python3\n"
        f"The same for {python} would let every Python program of everybody who may run it\n"
        "read all traffic of this machine, and send as anybody:\n"
        f"  sudo setcap cap_net_raw+ep {shlex.quote(python)}"
    )
