"""What the runtime benchmarks share: built commands, the models that Apus exports, and the peers' environment."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "scripts" / "benchmarks"

# What each model is exported with.
MODELS = {
    "v8n": ["--architecture", "v8-detect", "--scale", "n", "--classes", "80", "--image-size", "640"],
    "resnet18": ["--architecture", "resnet18"],
    "resnet50": ["--architecture", "resnet50"],
    "mobilenet_v2": ["--architecture", "mobilenet_v2"],
    "mobilenet_v3_large": ["--architecture", "mobilenet_v3_large"],
}
TITLES = {"v8n": "v8 n 640", "resnet18": "ResNet-18", "resnet50": "ResNet-50", "mobilenet_v2": "MobileNetV2",
          "mobilenet_v3_large": "MobileNetV3-L"}


def say(text):
    print(text, file=sys.stderr, flush=True)


def run(words, **options):
    """Runs a command to its end; where it fails, so do we, after what it said."""
    try:
        return subprocess.run(words, check=True, **options)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"apus: {error}; what it said stands above.")


def product(name, alone=False):
    """A built command; `apus` with the one that it becomes, unless it is to work alone."""
    command = ["swift", "build", "-c", "release"]
    say(f"Building {name}")
    for part in ("apus-workbench", "apus") if name == "apus" and not alone else (name,):
        run([*command, "--product", part], cwd=ROOT, stdout=sys.stderr)
    shown = run([*command, "--show-bin-path"], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    return pathlib.Path(shown.stdout.strip()) / name


def apus_infer():
    """The command as it is delivered: static and stripped."""
    run([ROOT / "scripts" / "build-infer"], stdout=sys.stderr)
    return ROOT / ".build" / "infer" / "apus-infer"


def exported(names, folder=None):
    """The models' files by name: of `folder`, or exported with initial weights by Apus, once."""
    if folder:
        files = {name: pathlib.Path(folder) / f"{name}.onnx" for name in names}
        missing = [str(file) for file in files.values() if not file.exists()]
        if missing:
            sys.exit(f"apus: there is no {missing[0]}: leave --models out, or name a folder that has it.")
        return files
    place = ROOT / ".deps" / "benchmark-models"
    files = {name: place / name / "model.onnx" for name in names}
    wanted = [name for name, file in files.items() if not file.exists()]
    program = product("apus") if wanted else None
    for name in wanted:
        say(f"Exporting {name}")
        command = [program, "export", *MODELS[name], "--random-weights", "--fixed-batch", "--output", place / name]
        run(command, stdout=sys.stderr)
    return files


def environment(name, requirements):
    """The interpreter of a Python environment that holds what a file beside this one lists, made once."""
    folder = ROOT / ".deps" / "venvs" / name
    python, done = folder / "bin" / "python", folder / "requirements.txt"
    wanted = (HERE / requirements).read_text()
    if not done.exists() or done.read_text() != wanted:
        say(f"Installing {requirements}")
        run([sys.executable, "-m", "venv", "--clear", folder], stdout=sys.stderr)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        run([*pip, "-r", HERE / requirements], stdout=sys.stderr)
        done.write_text(wanted)
    return python


def peers_python(python=None):
    """An interpreter that has the peers: the given one, or that of an environment made for them, once."""
    return pathlib.Path(python) if python else environment("runtime", "peers.txt")
