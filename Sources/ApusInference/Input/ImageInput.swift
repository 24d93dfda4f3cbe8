import ApusCore
import ApusRuntime
import ApusVision

/// The inputs of a model, bound to a sidecar's `preprocess`: which takes the pixels, in what form, and what the
/// others take.
struct ImageInput: Sendable {
    let preprocess: Preprocessing
    private let file: String
    private let pixels: TensorFact
    private let layout: Preprocessing.Layout
    private let type: Preprocessing.ElementType
    /// Width and height: the input's, or with `keep-ratio` the limits.
    let width, height: Int
    private let others: [TensorFact]

    init(_ preprocess: Preprocessing, inputs: [TensorFact], file: String) throws(InferenceError) {
        (self.preprocess, self.file) = (preprocess, file)
        pixels = try Self.pixelInput(preprocess, inputs, file)
        layout = try Self.layout(preprocess, pixels, file)
        type = try Self.type(preprocess, pixels, file)
        (width, height) = try Self.extents(preprocess, pixels, layout, file)
        let name = pixels.name
        others = inputs.filter { $0.name != name }
        for other in others where preprocess.sizes?[other.name] == nil {
            throw .sidecar(
                file: file, expected: "what the input “\(other.name)” takes",
                found: "nothing",
                remedy: "say it below preprocess.sizes, as in \(other.name): [image-width, image-height]")
        }
    }

    /// The arrays that the model takes for an image.
    func arrays(for image: Image) throws(InferenceError) -> (arrays: [String: NDArray], placement: Placement) {
        guard image.width > 0, image.height > 0,
            let placement = preprocess.placement(
                imageWidth: image.width, imageHeight: image.height, width: width, height: height)
        else {
            throw .image(
                file: file,
                problem: "\(image.width)×\(image.height) pixels cannot be fitted into \(width)×\(height)")
        }
        var arrays = [
            pixels.name: PixelTensor(preprocess: preprocess, layout: layout, type: type).make(image, placement)
        ]
        for other in others {
            let values = (preprocess.sizes?[other.name] ?? []).map { $0.value(in: placement) }
            arrays[other.name] = try Self.array(values, for: other, file)
        }
        return (arrays, placement)
    }
}

extension ImageInput {
    private static func pixelInput(
        _ preprocess: Preprocessing, _ inputs: [TensorFact], _ file: String
    ) throws(InferenceError) -> TensorFact {
        let candidates =
            preprocess.input.map { name in inputs.filter { $0.name == name } }
            ?? inputs.filter { preprocess.sizes?[$0.name] == nil && [3, 4].contains($0.shape?.count ?? 4) }
        guard candidates.count == 1, let fact = candidates.first else {
            throw .sidecar(
                file: file, expected: preprocess.input.map { "an input “\($0)”" } ?? "one input for pixels",
                found: inputs.map(\.written).joined(separator: ", "),
                remedy: "name the one that takes the pixels as preprocess.input")
        }
        return fact
    }

    private static func layout(
        _ preprocess: Preprocessing, _ fact: TensorFact, _ file: String
    ) throws(InferenceError) -> Preprocessing.Layout {
        let channels = preprocess.channels == .grey ? 1 : 3
        let shape = fact.shape ?? [nil, channels, nil, nil]
        let possible: [Preprocessing.Layout] = shape.count == 3 ? [.chw, .hwc] : [.nchw, .nhwc]
        let fitting = possible.filter { layout in
            let axes = layout.axes
            guard shape.count == layout.rawValue.count, shape[axes.channel].map({ $0 == channels }) ?? true
            else { return false }
            return axes.batch.flatMap { shape[$0] }.map { $0 == 1 } ?? true
        }
        guard let layout = preprocess.layout.map({ fitting.contains($0) ? $0 : nil }) ?? fitting.first else {
            throw .signature(
                file: file, expected: "an input of \(channels) channels, one image at a time",
                found: fact.written)
        }
        return layout
    }

    private static func type(
        _ preprocess: Preprocessing, _ fact: TensorFact, _ file: String
    ) throws(InferenceError) -> Preprocessing.ElementType {
        guard let type = Preprocessing.ElementType(rawValue: fact.dataType.rawValue) else {
            throw .signature(
                file: file, expected: "an input of float32, float16 or uint8", found: fact.written)
        }
        guard preprocess.type ?? type == type else {
            throw .sidecar(
                file: file, expected: "an input of \(type.rawValue)",
                found: "preprocess.type: \(preprocess.type ?? type)",
                remedy: "leave preprocess.type out")
        }
        return type
    }

    private static func extents(
        _ preprocess: Preprocessing, _ fact: TensorFact, _ layout: Preprocessing.Layout, _ file: String
    ) throws(InferenceError) -> (width: Int, height: Int) {
        let axes = layout.axes
        let declared = fact.shape.map { (width: $0[axes.width], height: $0[axes.height]) }
        let size = preprocess.size.map { (width: $0[0], height: $0[1]) }
        guard let width = size?.width ?? declared?.width, let height = size?.height ?? declared?.height else {
            throw .sidecar(
                file: file, expected: "a size for the input", found: fact.written,
                remedy: "say preprocess.size: [width, height]")
        }
        let fits =
            preprocess.fit == .keepRatio || (declared?.width ?? width == width && declared?.height ?? height == height)
        guard fits, Preprocessing.sides.contains(width), Preprocessing.sides.contains(height) else {
            throw .signature(
                file: file, expected: "an input of \(layout.written(preprocess, width, height))",
                found: fact.writtenShape)
        }
        return (width, height)
    }

    private static func array(
        _ values: [Float], for fact: TensorFact, _ file: String
    ) throws(InferenceError) -> NDArray {
        let isRow = (fact.shape?.count ?? 2) > 1
        let shape: Shape = isRow ? [1, values.count] : [values.count]
        switch fact.dataType {
        case .float32: return NDArray(values, shape: shape)
        case .int64: return NDArray(values.map { Int64($0) }, shape: shape)
        case .int32: return NDArray(values.map { Int32($0) }, shape: shape)
        default:
            throw .signature(file: file, expected: "sizes as float32, int32 or int64", found: fact.written)
        }
    }
}

extension Preprocessing.Size {
    fileprivate func value(in placement: Placement) -> Float {
        switch self {
        case .imageWidth: Float(placement.imageWidth)
        case .imageHeight: Float(placement.imageHeight)
        case .inputWidth: Float(placement.inputWidth)
        case .inputHeight: Float(placement.inputHeight)
        case .scaleX: placement.scaleX
        case .scaleY: placement.scaleY
        }
    }
}

extension Preprocessing.Layout {
    var axes: (batch: Int?, channel: Int, height: Int, width: Int) {
        switch self {
        case .nchw: (0, 1, 2, 3)
        case .nhwc: (0, 3, 1, 2)
        case .chw: (nil, 0, 1, 2)
        case .hwc: (nil, 2, 0, 1)
        }
    }

    fileprivate func written(_ preprocess: Preprocessing, _ width: Int, _ height: Int) -> String {
        var shape = [Int](repeating: 1, count: rawValue.count)
        shape[axes.channel] = preprocess.channels == .grey ? 1 : 3
        (shape[axes.height], shape[axes.width]) = (height, width)
        return "\(Shape(shape))"
    }
}

extension TensorFact {
    /// Such as `images float32 [1, 3, 640, any]`.
    var written: String { "\(name) \(dataType) \(writtenShape)" }

    var writtenShape: String {
        guard let shape else { return "of any shape" }
        return "[" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    }
}
