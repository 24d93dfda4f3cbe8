# Sourced by the scripts beside this folder: installs what Apus needs, once, and says so.
# Nothing is fetched when everything is there.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD

torch_version=2.13.0
want_cuda=no

# What the build and the quickstart take from Debian, and why:
#   OpenCV                  blurs and colours of the augmentation
#   HDF5, ssl               prepared datasets and the digests of what is in them
#   png, jpeg-turbo, zlib   image codecs
#   yaml                    configurations and sidecars
#   curl                    MLflow tracking servers: its header; the library is loaded only by who sends there
#   dataset-fashion-mnist   the quickstart's photographs
debian_packages=(
    libopencv-core-dev libopencv-imgproc-dev libhdf5-dev
    libpng-dev libturbojpeg0-dev libjpeg62-turbo-dev zlib1g-dev libyaml-dev libssl-dev libcurl4-openssl-dev
    dataset-fashion-mnist
    python3 python3-pip git
)

say() { printf '%s\n' "$*" >&2; }

# One sentence, and an end.
fail() { say "apus: $*"; exit 1; }

require_space() { # MEGABYTES
    local free
    free=$(df -Pm . | awk 'NR == 2 { print $4 }')
    if ((free < $1)); then fail "the disk of $root has $free MB free and this step needs $1 MB: free some space and run this again."; fi
}

as_root() {
    if [[ $EUID -eq 0 ]]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else fail "installing Debian packages needs root or sudo: run as root 'apt-get install ${missing[*]}', then this again."
    fi
}

install_debian_packages() {
    command -v dpkg-query >/dev/null || fail "this is not a Debian system: install the equivalents of ${debian_packages[*]} by hand."
    missing=()
    for package in "${debian_packages[@]}"; do
        # A pip and a python3 from elsewhere on the PATH serve as well.
        case $package in
            python3) command -v python3 >/dev/null && continue ;;
            python3-pip) python3 -m pip --version >/dev/null 2>&1 && continue ;;
            git) command -v git >/dev/null && continue ;;
        esac
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
    done
    if ((${#missing[@]} == 0)); then say "Debian packages: all there"; return; fi
    say "Debian packages: installing ${missing[*]}"
    require_space 1500
    local log
    log=$(mktemp)
    as_root apt-get update >"$log" 2>&1 || fail "apt-get update failed ($(tail -n 1 "$log")): check the network, then run this again."
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1 ||
        fail "apt-get could not install ${missing[*]} ($(tail -n 1 "$log")): check the network and the disk, then run this again."
    rm -f "$log"
}

require_swift() {
    command -v swift >/dev/null || fail "no Swift toolchain on the PATH: install Swift 6.3 or newer from swift.org, then run this again."
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    if [[ -z $version || $(printf '%s\n6.2\n' "$version" | sort -V | head -n 1) != 6.2 ]]; then
        fail "Swift ${version:-of an unknown version} is too old: install Swift 6.3 or newer, then run this again."
    fi
}

# LibTorch is the C++ half of PyPI's torch wheel: .deps/libtorch points at the folder with include/ and lib/.
install_libtorch() {
    mkdir -p .deps
    if [[ -n ${APUS_LIBTORCH:-} ]]; then
        [[ -e $APUS_LIBTORCH/lib/libtorch_cpu.so && -d $APUS_LIBTORCH/include/ATen ]] ||
            fail "APUS_LIBTORCH=$APUS_LIBTORCH holds no lib/libtorch_cpu.so and include/ATen: name the folder of a LibTorch or of an installed torch package."
        ln -sfn "$(realpath "$APUS_LIBTORCH")" .deps/libtorch
        say "LibTorch: $APUS_LIBTORCH"
        return
    fi
    if libtorch_is_whole; then say "LibTorch: $(libtorch_found) is there"; return; fi
    require_space 4000
    say "LibTorch: downloading torch $torch_version"
    local wheels=.deps/download
    rm -rf "$wheels" .deps/unpacking
    mkdir -p "$wheels" .deps/unpacking
    local wanted="torch==$torch_version"
    # '===' leaves out the '+cpu' build that '==' prefers where it is offered.
    if [[ $want_cuda == yes ]]; then wanted="torch===$torch_version"; fi
    download "$wheels" --no-deps "$wanted"
    unpack "$wheels"/torch-*.whl
    if needs_cuda_runtime; then
        local pins
        mapfile -t pins < <(cuda_requirements)
        if ((${#pins[@]})); then
            say "LibTorch: a CUDA build; downloading its runtime libraries"
            download "$wheels" "${pins[@]}"
            for wheel in "$wheels"/nvidia_*.whl; do unpack "$wheel"; done
        fi
    fi
    rm -rf .deps/wheels "$wheels"
    mv .deps/unpacking .deps/wheels
    ln -sfn wheels/torch .deps/libtorch
    libtorch_is_whole || fail "the torch wheel that pip gave is not version $torch_version: delete .deps and run this again."
    say "LibTorch: $(libtorch_found)"
}

libtorch_found() { sed -n "s/^__version__ = '\(.*\)'/\1/p" .deps/libtorch/version.py 2>/dev/null; }

libtorch_is_whole() {
    [[ -e .deps/libtorch/lib/libtorch_cpu.so && -e .deps/libtorch/lib/libc10.so && -d .deps/libtorch/include/ATen ]] || return 1
    local found
    found=$(libtorch_found)
    [[ $found == "$torch_version" || $found == "$torch_version+"* ]] || return 1
    if [[ $want_cuda == yes ]]; then [[ -e .deps/libtorch/lib/libtorch_cuda.so ]]; fi
}

needs_cuda_runtime() { [[ -e .deps/unpacking/torch/lib/libtorch_cuda.so ]]; }

# A CUDA build's libtorch_cpu needs cudart and cupti even without a GPU; --cuda takes every library it names.
cuda_requirements() {
    python3 - "$want_cuda" .deps/unpacking/torch-*.dist-info/METADATA <<'PYTHON'
import re, sys
take_all, path = sys.argv[1] == "yes", sys.argv[2]
for line in open(path, encoding="utf-8"):
    toolkit = re.match(r"Requires-Dist: cuda-toolkit\[([\w,]+)\]==([\w.]+)", line)
    library = re.match(r"Requires-Dist: (nvidia-[\w-]+==[\w.]+)", line)
    if toolkit:
        print(f"cuda-toolkit[{toolkit[1] if take_all else 'cudart,cupti'}]=={toolkit[2]}")
    elif library and (take_all or re.match(r"nvidia-cuda-(runtime|cupti)", library[1])):
        print(library[1])
PYTHON
}

download() { # FOLDER REQUIREMENT…
    local folder=$1 log
    shift
    log=$(mktemp)
    python3 -m pip download --disable-pip-version-check -d "$folder" "$@" >"$log" 2>&1 ||
        fail "pip could not download $* ($(grep -v '^$' "$log" | tail -n 1)): check the network and the disk, then run this again."
    rm -f "$log"
}

unpack() { # WHEEL
    python3 -m zipfile -e "$1" .deps/unpacking || fail "$(basename "$1") could not be unpacked: free some disk space and run this again."
}

onnx_version=1.17.0

# The ONNX project's own test cases, from the wheel that still carries all of them. They are no part of Apus: without
# a network the tests that need them are skipped.
fetch_onnx_cases() {
    local folder=.deps/onnx-$onnx_version log
    if [[ ! -d $folder ]]; then
        log=$(mktemp)
        rm -rf .deps/onnx-download .deps/onnx-unpacking
        if python3 -m pip download --disable-pip-version-check --no-deps --only-binary :all: -d .deps/onnx-download \
            "onnx==$onnx_version" >"$log" 2>&1 && unpack_onnx_cases; then
            mv .deps/onnx-unpacking "$folder"
        else
            say "ONNX cases: not available ($(grep -v '^$' "$log" | tail -n 1)); their tests are skipped"
        fi
        rm -rf "$log" .deps/onnx-download .deps/onnx-unpacking
    fi
    if [[ -d $folder ]]; then
        export APUS_ONNX_DATA=$root/$folder/onnx/backend/test/data
        say "ONNX cases: $APUS_ONNX_DATA"
    fi
}

unpack_onnx_cases() {
    python3 - .deps/onnx-download/onnx-*.whl .deps/onnx-unpacking <<'PYTHON'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    wheel.extractall(sys.argv[2], [name for name in wheel.namelist() if name.startswith("onnx/backend/test/data/")])
PYTHON
}

# Two commands at once would unpack over each other.
lock() {
    mkdir -p .deps
    exec 9>.deps/lock
    flock 9
}

set_up() {
    require_swift
    install_debian_packages
    lock
    install_libtorch
    exec 9>&-
}

build_flags=(-c release)

build() { # ARGUMENT…
    require_space 2500
    say "Building (release)"
    swift build "${build_flags[@]}" "$@" >&2 || fail "the build failed: the compiler's message above says where."
}
