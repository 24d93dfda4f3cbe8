"""One peer in a process of its own: loads a model, shows what it computes, and times runs when it is asked to.

usage: peer.py NAME MODEL.onnx THREADS INPUT.npy OUTPUT.npy FOLDER

Each peer has the settings with which its project has one image computed soonest in float32: all graph rewrites,
THREADS threads, its own converter's format where it has one (in FOLDER). After the first answer, which is written to
OUTPUT.npy, and warm-up, it prints one line, and then for each number on standard input that many times in milliseconds.
"""
import importlib.util
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import numpy

WARM_UPS = 3


class OnnxRuntime:
    def __init__(self, model, threads, x, folder):
        import onnxruntime
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.feeds = {self.session.get_inputs()[0].name: x}

    def run(self):
        return self.session.run(None, self.feeds)[0]


class OpenVINO:
    def __init__(self, model, threads, x, folder):
        import openvino
        core = openvino.Core()
        network = core.read_model(model)
        network.reshape(list(x.shape))
        settings = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        self.request = core.compile_model(network, "CPU", settings).create_infer_request()
        self.request.set_input_tensor(openvino.Tensor(x, shared_memory=True))

    def run(self):
        self.request.infer()
        return self.request.get_output_tensor().data


class MNN:
    def __init__(self, model, threads, x, folder):
        converted = folder / "model.mnn"
        if not converted.exists():
            # The command `mnnconvert` reports each use over the network; the function beneath it does not.
            import _tools
            _tools.mnnconvert(["mnnconvert", "-f", "ONNX", "--modelFile", str(model), "--MNNModel", str(converted),
                               "--bizCode", "benchmark"])
        import MNN
        self.interpreter = MNN.Interpreter(str(converted))
        settings = {"backend": "CPU", "precision": "high", "numThread": threads}
        self.session = self.interpreter.createSession(settings)
        self.input = self.interpreter.getSessionInput(self.session)
        self.interpreter.resizeTensor(self.input, x.shape)
        self.interpreter.resizeSession(self.session)
        self.x = MNN.Tensor(x.shape, MNN.Halide_Type_Float, x, MNN.Tensor_DimensionType_Caffe)
        self.output = self.interpreter.getSessionOutput(self.session)
        shape = self.output.getShape()
        self.y = MNN.Tensor(shape, MNN.Halide_Type_Float, numpy.zeros(shape, numpy.float32),
                            MNN.Tensor_DimensionType_Caffe)

    def run(self):
        self.input.copyFrom(self.x)
        self.interpreter.runSession(self.session)
        self.output.copyToHostTensor(self.y)
        return self.y.getNumpyData()


class Ncnn:
    def __init__(self, model, threads, x, folder):
        files = [folder / "model.ncnn.param", folder / "model.ncnn.bin"]
        if not files[1].exists():
            convert_with_pnnx(model, x.shape, folder, files)
        import ncnn
        self.net = ncnn.Net()
        self.net.opt.num_threads, self.net.opt.use_vulkan_compute = threads, False
        for reduced in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
            setattr(self.net.opt, reduced, False)
        if self.net.load_param(str(files[0])) or self.net.load_model(str(files[1])):
            raise SystemExit("ncnn cannot load what pnnx wrote")
        self.x = ncnn.Mat(x[0])
        self.input, self.output = self.net.input_names()[0], self.net.output_names()[0]

    def run(self):
        extractor = self.net.create_extractor()
        extractor.input(self.input, self.x)
        return numpy.array(extractor.extract(self.output)[1])


def convert_with_pnnx(model, shape, folder, files):
    """Runs the wheel's program, whose Python face wants PyTorch, on a copy: it writes beside what it reads."""
    places = importlib.util.find_spec("pnnx").submodule_search_locations
    program = pathlib.Path(places[0]) / "pnnx"
    extents = ",".join(map(str, shape))
    copied = shutil.copy(model, folder / "copied.onnx")
    words = [program, copied, f"inputshape=[{extents}]", "fp16=0", f"ncnnparam={files[0]}", f"ncnnbin={files[1]}"]
    words += [f"{key}={folder / key}" for key in ("pnnxparam", "pnnxbin", "pnnxpy", "pnnxonnx", "ncnnpy")]
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)


PEERS = {"onnxruntime": OnnxRuntime, "OpenVINO": OpenVINO, "MNN": MNN, "ncnn": Ncnn}


def timed(peer):
    start = time.perf_counter()
    peer.run()
    return (time.perf_counter() - start) * 1e3


def main(name, model, threads, source, destination, folder):
    # Some peers talk on standard output from C.
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    place = pathlib.Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    x = numpy.load(source)
    peer = PEERS[name](pathlib.Path(model), int(threads), x, place)
    numpy.save(destination, numpy.array(peer.run()))
    warm = [timed(peer) for _ in range(WARM_UPS)]
    print(json.dumps({"milliseconds": min(warm)}), file=out, flush=True)
    for line in sys.stdin:
        print(json.dumps([timed(peer) for _ in range(int(line))]), file=out, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
