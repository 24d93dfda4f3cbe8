import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Glibc
import ApusVision

// One training step of the v8-style detector (n, channels_last): forward, loss, backward, clipping, SGD, average.
// `scripts/benchmarks/step` runs it beside the same step in PyTorch. Prints one JSON line.

/// What the step is of.
struct Options {
    private(set) var numbers = ["size": 320, "batch": 16, "classes": 80, "threads": 2, "steps": 5, "warmup": 2]
    private(set) var device = "cpu"
    private(set) var precision = Precision.float32
    private(set) var cuda = CUDAChoices()

    /// Reads `--name value` pairs.
    init() {
        var words = CommandLine.arguments.dropFirst().makeIterator()
        while let word = words.next() {
            let name = String(word.drop { $0 == "-" })
            guard let text = words.next(), set(name, text) else {
                let names = numbers.keys.sorted() + ["device", "precision", "tf32", "benchmark"]
                complain("usage: apus-step [--\(names.joined(separator: " VALUE] [--")) VALUE]\n")
            }
        }
    }

    private mutating func set(_ name: String, _ text: String) -> Bool {
        switch name {
        case "device": device = text
        case "precision":
            guard let value = Precision(rawValue: text) else { return false }
            precision = value
        case "tf32": cuda.tf32 = text == "1"
        case "benchmark": (cuda.benchmark, cuda.deterministic) = (text == "1", text != "1")
        default:
            guard numbers[name] != nil, let value = Int(text), value > 0 else { return false }
            numbers[name] = value
        }
        return true
    }

    subscript(name: String) -> Int { numbers[name]! }
}

func complain(_ text: String) -> Never {
    write(STDERR_FILENO, text, text.utf8.count)
    exit(2)
}

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Processor time so far and the largest resident size.
func usage() -> (cpuSeconds: Double, peakMiB: Double) {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let ticks = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
    return (
        Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(ticks) * 1e-6, Double(usage.ru_maxrss) / 1024
    )
}

func targets(batch: Int, classes: Int) -> [DetectionTarget] {
    var stream = RandomStream(seed: 1)
    return (0..<batch).flatMap { image in
        (0..<8).map { index in
            DetectionTarget(
                image: image, label: index % classes, centerX: stream.uniform(in: 0.3...0.7),
                centerY: stream.uniform(in: 0.3...0.7), width: stream.uniform(in: 0.1...0.5),
                height: stream.uniform(in: 0.1...0.5))
        }
    }
}

let option = Options()
let (batch, size) = (option["batch"], option["size"])
Torch.usePooledMemory()
Torch.shareCores()
Torch.setThreads(option["threads"])
let (device, precision): (Device, Precision)
do {
    device = try Device(named: option.device)
    precision = try option.precision.chosen(on: device)
} catch {
    complain("apus-step: \(error)\n")
}
Torch.choose(option.cuda)
let model = V8Detector(scale: .n, classCount: option["classes"])
let averaged = V8Detector(scale: .n, classCount: option["classes"])
for network in [model, averaged] { try network.move(to: device) }
let optimizer = SGD(model.parameterGroups(learningRate: 0.01, momentum: 0.937, weightDecay: 5e-4))
let average = try ModelEMA(of: model, in: averaged)
var stream = RandomStream(seed: 0)
let pixels = (0..<batch * size * size * 3).map { _ in UInt8.random(in: 0...255, using: &stream) }
let boxes = targets(batch: batch, classes: option["classes"])
func imagesOnDevice() -> Tensor {
    pixels.withUnsafeBytes { Tensor(pixels: $0, count: batch, height: size, width: size, device: device) }
}
// While a GPU trains, a thread brings the next batch: the step alone is timed with its images there.
let waiting = device == .cpu ? nil : imagesOnDevice()
let loss = DetectionLoss()
var (times, losses, firstCPU) = ([Double](), [Double](), 0.0)
for step in 0..<option["warmup"] + option["steps"] {
    if step == option["warmup"] { firstCPU = usage().cpuSeconds }
    let start = seconds()
    let images = waiting ?? imagesOnDevice()
    let value = try precision.whileCasting(on: device) { try loss(model(images), boxes) }
    try value.total.backward()
    try optimizer.step(maximumNorm: 10)
    try average.update()
    losses.append(value.sum)
    try device.synchronize()
    if step >= option["warmup"] { times.append(seconds() - start) }
}
let end = usage()
let fields = [
    #""engine": "apus on LibTorch \#(Torch.version)""#, #""seconds": \#(times)"#, #""loss": \#(losses)"#,
    #""cpuSecondsPerStep": \#((end.cpuSeconds - firstCPU) / Double(times.count))"#, #""peakMiB": \#(end.peakMiB)"#,
    #""gpuPeakMiB": \#(device.peakBytes >> 20)"#,
]
print("{\(fields.joined(separator: ", "))}")
