"""What `import weir` loads: little, so that it is quick."""

import subprocess
import sys

HEAVY = {"numpy", "pandas", "pyarrow", "ctypes", "asyncio", "_strptime", "zoneinfo", "ipaddress", "json", "pathlib",
         "subprocess", "logging", "importlib.metadata", "urllib"}


def test_nothing_heavy_is_imported():
    # Before it, some may have been loaded by site-packages.
    program = """
import sys
before = set(sys.modules)
import weir
print(*sorted(set(sys.modules) - before))
"""
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    imported = set(run.stdout.split())
    assert "weir._core" in imported
    assert imported & HEAVY == set()


def test_star_imports_what_is_listed():
    import weir
    names = {}
    exec("from weir import *", names)
    assert set(weir.__all__) == set(names) - {"__builtins__"}
