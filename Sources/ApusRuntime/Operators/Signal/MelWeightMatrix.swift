import ApusCore
import ApusONNX
import Glibc

/// Triangles, evenly spaced in perceived pitch, that sum up a spectrum.
/// <https://onnx.ai/onnx/operators/onnx__MelWeightMatrix.html>
///
/// - Inputs: how many triangles, the length of the transform, samples a second, and the lowest and highest frequency
/// - Output: `[length / 2 + 1, triangles]`
struct MelWeightMatrix: Operator {
    static let type = OperatorType("MelWeightMatrix", since: 17)
    private let elementType: DataType

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(5...5)
        elementType = try node.numberType("output_datatype")
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var counts: [Int] = []
        for index in 0..<3 { counts.append(try inputs.required(index).scalar(context)) }
        let (triangles, length, rate) = (counts[0], counts[1], counts[2])
        guard let lowest = try inputs.required(3).doubles(context).first,
            let highest = try inputs.required(4).doubles(context).first
        else { throw .mismatch(expected: "two frequencies", found: "none") }
        try expect(
            triangles > 0 && length > 0 && rate > 0 && length < 1 << 32 && triangles < 1 << 32,
            "a positive number of triangles, length and rate", found: "\(counts)")
        try expect(
            0 <= lowest && lowest <= highest && highest.isFinite, "rising frequencies", found: "\(lowest), \(highest)")
        let y = try context.make([length / 2 + 1, triangles], elementType)
        let corners = try corners(triangles, length, rate, from: lowest, to: highest)
        var weights = [Double](repeating: 0, count: y.count)
        for triangle in 0..<triangles {
            let (low, peak, high) = (corners[triangle], corners[triangle + 1], corners[triangle + 2])
            if low == peak { weights[peak * triangles + triangle] = 1 }
            for bin in low..<max(low, peak + 1) where low < peak {
                weights[bin * triangles + triangle] = Double(bin - low) / Double(peak - low)
            }
            for bin in peak..<high { weights[bin * triangles + triangle] = Double(high - bin) / Double(high - peak) }
        }
        try y.fill(numbers: weights)
        return [y]
    }

    /// The transform's bins where triangles begin, peak and end.
    private func corners(
        _ triangles: Int, _ length: Int, _ rate: Int, from lowest: Double, to highest: Double
    ) throws(OperatorError) -> [Int] {
        func mel(_ frequency: Double) -> Double { 2595 * log10(1 + frequency / 700) }
        let step = (mel(highest) - mel(lowest)) / Double(triangles + 2)
        let corners = (0..<triangles + 2).map { index in
            let frequency = 700 * (pow(10, (mel(lowest) + Double(index) * step) / 2595) - 1)
            return (Double(length + 1) * frequency / Double(rate)).rounded(.down)
        }
        let last = corners[triangles + 1]
        try expect(
            last <= Double(length / 2 + 1), "frequencies below half the rate of \(rate)", found: "\(highest)")
        return corners.map { max(0, min(Int($0), length / 2)) }
    }
}
