import ApusRuntime

extension NodeRun {
    /// Operations of a convolution or matrix product, a multiplication and an addition counting as two: as if computed
    /// from the definition, whichever way it is. 0 for other nodes, `nil` where a shape is not known or the count
    /// overflows.
    var operationCount: Int? {
        guard let weightIndex = Self.weightIndex[operatorType] else { return 0 }
        guard weightIndex < inputs.count, let weight = inputs[weightIndex].tensor?.shape.dimensions,
            let input = inputs.first?.tensor?.shape.dimensions, let output = outputs.first?.tensor?.shape.dimensions
        else { return nil }
        switch operatorType {
        case "ConvTranspose": return product([2] + input + weight.dropFirst())
        case "Conv", "QLinearConv", "ConvInteger": return product([2] + output + weight.dropFirst())
        case "Gemm":
            // One of the weight's extents is the output's, the other is summed over.
            return product([2, weight.reduce(1, *) / max(output.last ?? 1, 1)] + output)
        default: return product([2, input.last ?? 0] + output)
        }
    }

    /// Where the weights stand among the inputs of the operators that are counted.
    private static let weightIndex = [
        "Conv": 1, "ConvTranspose": 1, "Gemm": 1, "MatMul": 1, "ConvInteger": 1, "MatMulInteger": 1, "QLinearConv": 3,
        "QLinearMatMul": 3,
    ]

    private func product(_ factors: [Int]) -> Int? {
        var result = 1
        for factor in factors {
            let (value, overflow) = result.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            result = value
        }
        return result
    }
}
