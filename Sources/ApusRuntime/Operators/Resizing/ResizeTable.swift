/// For each output place along an axis: the input index, the step to its neighbour, and the neighbour's weight.
struct ResizeTable {
    private(set) var indices: [Int32] = []
    private(set) var steps: [Int32] = []
    private(set) var weights: [Float] = []

    init(_ axis: ResizeAxis, _ method: ResizeMethod) {
        for place in 0..<axis.count {
            guard method.interpolation == .linear else {
                indices.append(Int32(method.nearest(to: place, on: axis)))
                continue
            }
            let coordinate = axis.source(of: place, method.coordinates)
            let inside = coordinate > 0 ? min(coordinate, Float(axis.extent - 1)) : 0
            let low = min(Int(inside), axis.extent - 1)
            indices.append(Int32(low))
            steps.append(low + 1 < axis.extent ? 1 : 0)
            weights.append(inside - Float(low))
        }
    }

    func withPointers(_ body: (UnsafePointer<Int32>?, UnsafePointer<Int32>?, UnsafePointer<Float>?) -> Void) {
        indices.withUnsafeBufferPointer { indices in
            steps.withUnsafeBufferPointer { steps in
                weights.withUnsafeBufferPointer { weights in
                    body(indices.baseAddress, steps.baseAddress, weights.baseAddress)
                }
            }
        }
    }
}
