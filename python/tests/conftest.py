"""Where the command is that the tests compare with: $WEIR_COMMAND, else the one in PATH; and sanitizers."""

import os
import shutil

import pytest

# This process has read them; what other programs leak at their end, ip and ping among them, is not ours.
if "LSAN_OPTIONS" in os.environ:
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"


@pytest.fixture(scope="session")
def weir_command():
    found = os.environ.get("WEIR_COMMAND") or shutil.which("weir")
    if found is None:
        pytest.skip("the command weir was not built")
    return found
