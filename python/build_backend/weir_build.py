"""Builds wheel and source distribution with CMake (PEP 517); takes nothing from the network.

What has to be there is in tools/packages.sh: a compiler, CMake, and the libraries' development packages.
More options for CMake may stand in the environment variable CMAKE_ARGS. WEIR_BUILD_DIR names a build folder
to use and to keep, so that the next build compiles what has changed; without it there is a temporary one.
"""

import base64
import contextlib
import hashlib
import io
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import tomllib
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOT_SOURCE = {".git", ".cache", "build", "__pycache__"}


def version():
    return re.search(r"project\(weir VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


def metadata():
    """What pyproject.toml says, as METADATA."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {version()}",
             f"Summary: {project['description']}", f"License: {project['license']['text']}",
             f"Requires-Python: {project['requires-python']}"]
    for extra, needs in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}", *(f"Requires-Dist: {one}; extra == '{extra}'" for one in needs)]
    lines += ["Description-Content-Type: text/markdown", "", (ROOT / project["readme"]).read_text()]
    return "\n".join(lines)


def tag():
    implementation = f"cp{sys.version_info.major}{sys.version_info.minor}"
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    return f"{implementation}-{implementation}-{platform}"


def base_python():
    """That of a virtual environment: only it has headers."""
    return pathlib.Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}"


def compile_package(into):
    """The package with its extension and the command."""
    if shutil.which("cmake") is None:
        raise RuntimeError("weir is built with CMake: install it and what tools/packages.sh lists")
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    kept = os.environ.get("WEIR_BUILD_DIR")
    with contextlib.nullcontext(kept) if kept else tempfile.TemporaryDirectory() as build:
        for command in (
            ["cmake", "-S", ROOT, "-B", build, *generator, "-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF",
             "-DWEIR_BUILD_TESTS=OFF", "-DWEIR_BUILD_EXAMPLES=OFF", "-DWEIR_BUILD_PYTHON=ON",
             "-DWEIR_PYTHON_INSTALL_DIR=.", f"-DPython_EXECUTABLE={base_python()}",
             *shlex.split(os.environ.get("CMAKE_ARGS", ""))],
            ["cmake", "--build", build, "-j", str(os.cpu_count()), "--target", "weir_python_package"],
            ["cmake", "--install", build, "--component", "python", "--prefix", into],
            ["cmake", "--install", build, "--component", "python_command", "--prefix", into],
        ):
            subprocess.run(command, check=True)


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = pathlib.Path(metadata_directory) / f"weir-{version()}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text(metadata())
    (folder / "WHEEL").write_text(f"Wheel-Version: 1.0\nGenerator: weir\nRoot-Is-Purelib: false\nTag: {tag()}\n")
    shutil.copy(ROOT / "LICENSE", folder)
    return folder.name


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = f"weir-{version()}-{tag()}.whl"
    with tempfile.TemporaryDirectory() as folder:
        compile_package(folder)
        described = prepare_metadata_for_build_wheel(folder)
        pack(pathlib.Path(folder), described, pathlib.Path(wheel_directory) / name)
    return name


def pack(root, described, wheel):
    """A wheel, with the list of its files in RECORD."""
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            where = path.relative_to(root).as_posix()
            digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest())
            record.append(f"{where},sha256={digest.decode().rstrip('=')},{path.stat().st_size}")
            archive.write(path, where)
        record.append(f"{described}/RECORD,,")
        archive.writestr(f"{described}/RECORD", "\n".join(record) + "\n")


def sources():
    """What git tracks; without git, all that no build has made."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z"], capture_output=True, text=True, check=False) \
        if (ROOT / ".git").exists() and shutil.which("git") else None
    if listed is not None and listed.returncode == 0:
        names = [pathlib.Path(name) for name in listed.stdout.split("\0") if name]
    else:
        names = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    return sorted(name for name in names if not NOT_SOURCE & set(name.parts) and (ROOT / name).is_file())


def build_sdist(sdist_directory, config_settings=None):
    name = f"weir-{version()}"
    with tarfile.open(pathlib.Path(sdist_directory) / f"{name}.tar.gz", "w:gz") as archive:
        for source in sources():
            archive.add(ROOT / source, f"{name}/{source}", recursive=False)
        described = metadata().encode()
        entry = tarfile.TarInfo(f"{name}/PKG-INFO")
        entry.size = len(described)
        archive.addfile(entry, io.BytesIO(described))
    return f"{name}.tar.gz"
