"""Where the command is that the tests compare with: $WEIR_COMMAND, else the one in PATH."""

import os
import shutil

import pytest


@pytest.fixture(scope="session")
def weir_command():
    found = os.environ.get("WEIR_COMMAND") or shutil.which("weir")
    if found is None:
        pytest.skip("the command weir was not built")
    return found
