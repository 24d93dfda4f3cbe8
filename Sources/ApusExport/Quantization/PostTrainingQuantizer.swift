import ApusCore
import ApusONNX
import ApusRuntime

/// Turns a trained model into one that computes with 8-bit integers, without training: static quantization in ONNX's QDQ
/// form, weights signed and symmetric with a scale for each output channel, values unsigned with a scale and a zero point
/// that calibration inputs give.
///
///     let model = try PostTrainingQuantizer().quantized(model, calibratedOn: inputs)
public struct PostTrainingQuantizer: Sendable {
    public var rangeMethod: RangeMethod
    /// Whether convolutions that no other follows stay in floats.
    public var keepsLastInFloat: Bool

    public init(rangeMethod: RangeMethod = .squaredError, keepsLastInFloat: Bool = true) {
        (self.rangeMethod, self.keepsLastInFloat) = (rangeMethod, keepsLastInFloat)
    }

    /// The quantized model.
    ///
    /// - Parameters:
    ///   - model: of opset 13 or later, with convolutions whose weights are constant.
    ///   - inputs: what the model will be fed, one run each: 100 to 500 of them, unlike each other.
    public func quantized(
        _ model: Model, calibratedOn inputs: some Sequence<[String: NDArray]>
    ) throws -> Model {
        guard model.opset >= 13 else { throw ExportError.quantization("opset \(model.opset), needs 13 or later") }
        var result = model
        result.graph.nodes = try model.graph.sortedNodes()
        let plan = QuantizationPlan(result.graph, keepsLastInFloat: keepsLastInFloat)
        guard !plan.convolutions.isEmpty else { throw ExportError.quantization("no convolution with constant weights") }
        let ranges = try ranges(of: plan, in: result, inputs)
        let parameters = plan.values.map { value in
            (value, ranges[plan.representative(of: value)].map(QuantizationParameters.init))
        }
        result.graph =
            QuantizedGraph(
                result.graph, plan,
                Dictionary(uniqueKeysWithValues: parameters).compactMapValues { $0 }
            ).graph
        result.graph.nodes = try result.graph.sortedNodes()
        return result
    }

    /// The range of every scale, by the value that represents those that share it.
    private func ranges(
        of plan: QuantizationPlan, in model: Model, _ inputs: some Sequence<[String: NDArray]>
    ) throws -> [String: ActivationRange] {
        let histograms = try Calibration(model, values: plan.measured).histograms(inputs)
        var ranges: [String: ActivationRange] = [:]
        for (value, histogram) in histograms {
            let range = rangeMethod.range(of: histogram)
            let name = plan.representative(of: value)
            ranges[name] = ranges[name]?.union(range) ?? range
        }
        return ranges
    }
}
