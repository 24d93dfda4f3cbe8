import ApusCore

/// How unsigned 8-bit integers stand for the numbers of a value: `scale · (integer − zero)`.
struct QuantizationParameters: Equatable, Sendable {
    let scale: Float
    let zero: UInt8

    init(_ range: ActivationRange) {
        let least = min(range.least, 0), largest = max(range.largest, 0)
        let width = largest - least
        scale = width > 0 && (width / 255).isNormal ? width / 255 : 1
        zero = UInt8(min(max((-least / scale).rounded(), 0), 255))
    }
}

/// Weights as signed 8-bit integers, symmetric about 0, with a scale for each output channel.
struct QuantizedWeights: Sendable {
    let integers: NDArray
    let scales: [Float]

    /// - Parameter weights: `[out, …]`, `float32`.
    init(_ weights: NDArray) {
        let run = weights.count / max(1, weights.shape[0])
        var scales: [Float] = []
        var integers: [Int8] = []
        integers.reserveCapacity(weights.count)
        weights.withElements(of: Float.self) { elements in
            for channel in 0..<weights.shape[0] {
                let part = elements[channel * run..<(channel + 1) * run]
                let largest = part.reduce(0) { max($0, $1.isFinite ? $1.magnitude : 0) }
                let scale = largest > 0 && (largest / 127).isNormal ? largest / 127 : 1
                scales.append(scale)
                for element in part {
                    integers.append(
                        Int8(element.isNaN ? 0 : min(max((element / scale).rounded(.toNearestOrEven), -127), 127)))
                }
            }
        }
        self.scales = scales
        self.integers = NDArray(integers, shape: weights.shape)
    }
}
