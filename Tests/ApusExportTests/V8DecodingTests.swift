import ApusCore
import ApusONNX
import ApusRuntime
import Glibc
import Testing

@testable import ApusExport

@Suite struct V8DecodingTests {
    private let classCount = 3
    private let binCount = 16
    private let strides = [8, 16, 32]

    private func model(width: Int, height: Int, isDynamic: Bool) -> Model {
        var graph = GraphBuilder(name: "decoding")
        let (boxes, classes) = strides.reduce(into: ([GraphValue](), [GraphValue]())) { values, stride in
            let extents: [Dimension] =
                isDynamic
                ? ["h\(stride)", "w\(stride)"].map { .symbolic($0) }
                : [.fixed(height / stride), .fixed(width / stride)]
            values.0.append(graph.input("box\(stride)", shape: ["batch", .fixed(4 * binCount)] + extents))
            values.1.append(graph.input("class\(stride)", shape: ["batch", .fixed(classCount)] + extents))
        }
        let anchors =
            isDynamic
            ? AnchorGrid(levels: classes, strides: strides, in: &graph)
            : AnchorGrid(width: width, height: height, strides: strides, in: &graph)
        let output = V8Decoding(classCount: classCount, binCount: binCount)(
            boxes: boxes, classes: classes, anchors: anchors, in: &graph, output: "output0")
        graph.output(output, name: "output0", shape: ["batch", .fixed(4 + classCount), .unknown])
        return graph.model()
    }

    private func features(width: Int, height: Int, batch: Int) -> [String: NDArray] {
        var random = RandomStream(seed: 5)
        var features = [String: NDArray]()
        for stride in strides {
            for (name, channels) in [("box\(stride)", 4 * binCount), ("class\(stride)", classCount)] {
                let shape: Shape = [batch, channels, height / stride, width / stride]
                features[name] = NDArray((0..<shape.count).map { _ in random.uniform(in: -3...3) }, shape: shape)
            }
        }
        return features
    }

    /// The formulas, anchor by anchor.
    private func expected(_ features: [String: NDArray], width: Int, height: Int, batch: Int) -> [Float] {
        let cells = strides.flatMap { stride in
            (0..<height / stride).flatMap { y in (0..<width / stride).map { (stride, $0, y) } }
        }
        var result = [Float](repeating: 0, count: batch * (4 + classCount) * cells.count)
        for image in 0..<batch {
            for (anchor, (stride, x, y)) in cells.enumerated() {
                let area = (height / stride) * (width / stride)
                let cell = y * (width / stride) + x
                func value(_ name: String, _ channel: Int, _ channels: Int) -> Float {
                    features["\(name)\(stride)"]!.elements()[(image * channels + channel) * area + cell]
                }
                let sides = (0..<4).map { side -> Float in
                    let weights = (0..<binCount).map { exp(value("box", side * binCount + $0, 4 * binCount)) }
                    let mean = weights.enumerated().reduce(0) { $0 + Float($1.offset) * $1.element }
                    return mean / weights.reduce(0, +) * Float(stride)
                }
                let (centerX, centerY) = ((Float(x) + 0.5) * Float(stride), (Float(y) + 0.5) * Float(stride))
                let (left, top, right, bottom) = (
                    centerX - sides[0], centerY - sides[1], centerX + sides[2], centerY + sides[3]
                )
                let scores = (0..<classCount).map { 1 / (1 + exp(-value("class", $0, classCount))) }
                let column = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top] + scores
                for (row, number) in column.enumerated() {
                    result[(image * column.count + row) * cells.count + anchor] = number
                }
            }
        }
        return result
    }

    @Test(arguments: [(64, 64, 1), (96, 64, 2)], [false, true])
    func `equals the formulas, with anchors fixed or computed`(size: (Int, Int, Int), isDynamic: Bool) throws {
        let (width, height, batch) = size
        let session = try Session(model: model(width: width, height: height, isDynamic: isDynamic))
        let inputs = features(width: width, height: height, batch: batch)
        let output = try #require(try session.run(inputs)["output0"])
        let reference = expected(inputs, width: width, height: height, batch: batch)
        #expect(output.shape.dimensions == [batch, 7, reference.count / batch / 7])
        let largest = zip(output.elements(of: Float.self), reference).map { abs($0 - $1) }.max()
        #expect(try #require(largest) < 1e-3)
    }
}
