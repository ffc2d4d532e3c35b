"""Builds the wheel with CMake (PEP 517): needs what the README lists, nothing from the network."""

import base64
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]


def version():
    return re.search(r"project\(weir VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


def metadata():
    return (f"Metadata-Version: 2.1\nName: weir\nVersion: {version()}\n"
            "Summary: Packet toolkit for Linux: capture, read, filter, decode, flows\n"
            "License: BSD-3-Clause\nRequires-Python: >=3.11\n"
            "Provides-Extra: columns\nRequires-Dist: numpy; extra == 'columns'\n"
            "Provides-Extra: pandas\nRequires-Dist: numpy; extra == 'pandas'\n"
            "Requires-Dist: pandas; extra == 'pandas'\n"
            "Description-Content-Type: text/markdown\n\n" + (ROOT / "README.md").read_text())


def tag():
    implementation = f"cp{sys.version_info.major}{sys.version_info.minor}"
    platform = re.sub(r"[-.]", "_", sysconfig.get_platform())
    return f"{implementation}-{implementation}-{platform}"


def compiled(into):
    """The package with its extension and the command, as CMake installs it."""
    with tempfile.TemporaryDirectory() as build:
        generator = ["-G", "Ninja"] if shutil.which("ninja") else []
        subprocess.run(["cmake", "-S", ROOT, "-B", build, *generator, "-DCMAKE_BUILD_TYPE=Release",
                        "-DWEIR_BUILD_TESTS=OFF", "-DWEIR_BUILD_EXAMPLES=OFF",
                        "-DWEIR_BUILD_PYTHON=ON", f"-DPython_EXECUTABLE={base_python()}",
                        "-DWEIR_PYTHON_INSTALL_DIR=."], check=True)
        subprocess.run(["cmake", "--build", build, "-j", str(os.cpu_count()),
                        "--target", "weir_python_package"], check=True)
        subprocess.run(["cmake", "--install", build, "--component", "python", "--prefix", into],
                       check=True)


def base_python():
    """That of a virtual environment: only it has headers."""
    return pathlib.Path(sys.base_prefix) / "bin" / f"python3.{sys.version_info.minor}"


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name = f"weir-{version()}-{tag()}.whl"
    information = f"weir-{version()}.dist-info"
    with tempfile.TemporaryDirectory() as folder:
        compiled(folder)
        root = pathlib.Path(folder)
        information_folder = root / information
        information_folder.mkdir()
        (information_folder / "METADATA").write_text(metadata())
        (information_folder / "WHEEL").write_text(
            f"Wheel-Version: 1.0\nGenerator: weir\nRoot-Is-Purelib: false\nTag: {tag()}\n")
        shutil.copy(ROOT / "LICENSE", information_folder)
        pack(root, information, pathlib.Path(wheel_directory) / name)
    return name


def pack(root, information, wheel):
    """A wheel with its list of files (PEP 427)."""
    record = []
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            where = path.relative_to(root).as_posix()
            digest = base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest())
            record.append(f"{where},sha256={digest.decode().rstrip('=')},{path.stat().st_size}")
            archive.write(path, where)
        record.append(f"{information}/RECORD,,")
        archive.writestr(f"{information}/RECORD", "\n".join(record) + "\n")


def build_sdist(sdist_directory, config_settings=None):
    name = f"weir-{version()}"
    with tarfile.open(pathlib.Path(sdist_directory) / f"{name}.tar.gz", "w:gz") as archive:
        def kept(entry):
            inside = entry.name.removeprefix(name).split("/")[1:2]
            return None if inside and inside[0] in (".git", "build") else entry
        archive.add(ROOT, name, filter=kept)
    return f"{name}.tar.gz"
