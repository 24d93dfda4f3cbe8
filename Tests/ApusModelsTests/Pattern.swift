import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import ApusVision

/// The numbers that `Oracles/goldens.py` fills weights and maps with.
func pattern(_ tensor: Int, _ shape: Shape) -> [Double] {
    (0..<shape.count).map { element in
        var x = UInt32(truncatingIfNeeded: tensor * 1_000_003 + 1 + element) &* 2_654_435_761
        x = (x ^ x >> 15) &* 2_246_822_519
        x ^= x >> 13
        return Double(x >> 8) * 0x1p-24
    }
}

/// The goldens' tiny size: 8 to 32 channels.
let tinyScale = V8Scale(depth: 0.33, width: 0.125, maxChannels: 256)

/// The goldens' tiny model: three classes.
func tinyModel() -> V8Detector { patterned(V8Detector(scale: tinyScale, classCount: 3)) }

/// A network of the goldens with their weights.
func patterned<Network: Module>(_ model: Network) -> Network {
    for (number, (name, tensor)) in model.stateDictionary().enumerated() {
        if name.contains("dfl") || name.hasSuffix("num_batches_tracked") { continue }
        let shape = tensor.shape
        var values = pattern(number, shape)
        if name.hasSuffix("running_var") || name.hasSuffix("bn.weight") {
            values = values.map { $0 + 0.5 }
        } else if shape.rank == 4 {
            let bound = (3 / Double(shape.dimensions[1...].reduce(1, *))).squareRoot()
            values = values.map { ($0 * 2 - 1) * bound }
        } else {
            values = values.map { $0 - 0.5 }
        }
        tensor.assign(Tensor(values.map(Float.init), shape: shape))
    }
    return model
}

/// The goldens' two images of 96×64 pixels.
func tinyImages() -> Tensor {
    Tensor(pattern(1000, [2, 3, 64, 96]).map(Float.init), shape: [2, 3, 64, 96]).channelsLast()
}

/// The goldens' head maps.
func patternedOutput() -> DetectionOutput {
    let maps = [8, 16, 32].map { stride in
        let shape: Shape = [2, 67, 64 / stride, 96 / stride]
        return Tensor(pattern(2000 + stride, shape).map { Float($0 * 4 - 2) }, shape: shape)
    }
    return DetectionOutput(
        boxes: maps.map { $0.slice(1, 0..<64).channelsLast().requiringGradient() },
        scores: maps.map { $0.slice(1, 64..<67).channelsLast().requiringGradient() }, strides: [8, 16, 32])
}

/// The goldens' maps of a task beside detection, `channels` a level.
func extraMaps(_ number: Int, _ channels: Int) -> [Tensor] {
    [8, 16, 32].map { stride in
        let shape: Shape = [2, channels, 64 / stride, 96 / stride]
        let values = pattern(number + stride, shape).map { Float($0 * 2 - 1) }
        return Tensor(values, shape: shape).channelsLast().requiringGradient()
    }
}

/// What `Oracles/goldens.py` or another generator wrote.
struct Goldens {
    let tensors: StateDictionary

    init(_ name: String = "tiny") throws {
        let folder = #filePath.split(separator: "/").dropLast().joined(separator: "/")
        tensors = try Checkpoint(contentsOf: "/\(folder)/Oracles/\(name).safetensors").tensors
    }

    subscript(name: String) -> [Float] { tensors[name]!.elements() }

    var targets: [DetectionTarget] {
        let rows = self["targets"]
        var targets: [DetectionTarget] = []
        for first in stride(from: 0, to: rows.count, by: 6) {
            let row = Array(rows[first..<first + 6])
            targets.append(
                DetectionTarget(
                    image: Int(row[0]), label: Int(row[1]), centerX: row[2], centerY: row[3], width: row[4],
                    height: row[5]))
        }
        return targets
    }
}

/// The largest difference, relative to the largest expected magnitude.
func deviation(_ found: [Float], from expected: [Float]) -> Double {
    precondition(found.count == expected.count, "\(found.count) numbers, expected \(expected.count)")
    var (scale, largest) = (0.0, 0.0)
    for (a, b) in zip(found, expected) {
        scale = max(scale, Double(abs(b)))
        largest = a.isNaN ? .infinity : max(largest, abs(Double(a) - Double(b)))
    }
    return scale > 0 ? largest / scale : largest
}
