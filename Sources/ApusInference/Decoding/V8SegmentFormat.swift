import ApusConfiguration
import ApusCore
import ApusVision

/// Boxes, scores and coefficients `[1, 4 + classes + masks, anchors]`, or transposed, and the prototypes
/// `[1, masks, height, width]` that they mix to masks. YOLOv5-seg to v13-seg.
///
/// A mask is the sigmoid of coefficients · prototypes, interpolated bilinearly to the image's pixels before it is cut
/// to the box; above one half belongs to the object.
public struct V8SegmentFormat: OutputFormat, Hashable {
    public var format = FormatName.segment
    /// The output of boxes; left out, the first.
    public var output: String?
    /// The output of prototypes; left out, the first with four extents that is not `output`.
    public var prototypes: String?
    /// The axis of an anchor's numbers; left out where the shape tells.
    public var features: AnchorFeatures?
    /// Whether of two boxes of a class that overlap the lesser falls.
    public var suppress = true

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let planes = try PrototypeArray(prototypes, beside: output, outputs)
        let rest = 4 + planes.count
        let anchors = try outputs.anchors(output, rest: rest, features: features, context)
        return anchors.withReader { anchors in
            let survivors = context.survivors(of: context.candidates(of: anchors), suppresses: suppress)
            let start = 4 + anchors.classCount
            return .segments(
                planes.segments(survivors, context.placement) { survivor in
                    (start..<(start + planes.count)).map { anchors[survivor.anchor, $0] }
                })
        }
    }
}

/// The output that masks are mixed from.
struct PrototypeArray {
    private let array: NDArray
    let count: Int
    private let width, height: Int

    init(_ name: String?, beside other: String?, _ outputs: ModelOutputs) throws(InferenceError) {
        let table = other ?? outputs.names.first
        let found = name ?? outputs.names.first { $0 != table && outputs.arrays[$0]?.shape.dimensions.count == 4 }
        let (name, array) = try outputs.array(found, at: outputs.names.count)
        var extents = array.shape.dimensions[...]
        if extents.count == 4, extents.first == 1 { extents.removeFirst() }
        guard extents.count == 3, extents.allSatisfy({ $0 > 0 }), let floats = array.asFloats else {
            throw outputs.unfit(
                expected: "prototypes [1, masks, height, width] in “\(name)”",
                found: "\(array.dataType) \(array.shape)"
            )
        }
        self.array = floats
        (count, height, width) = (
            extents[extents.startIndex], extents[extents.startIndex + 1], extents[extents.startIndex + 2]
        )
    }

    func segments(
        _ survivors: [DecodingContext.Survivor], _ placement: Placement,
        coefficients: (DecodingContext.Survivor) -> [Float]
    ) -> [Segment] {
        array.withElements(of: Float.self) { planes in
            let prototypes = MaskPrototypes(
                planes: planes, count: count, width: width, height: height, placement: placement)
            return survivors.map { survivor in
                let mask = prototypes.mask(coefficients(survivor), in: survivor.box)
                return Segment(survivor.box, label: survivor.label, score: survivor.score, mask: mask)
            }
        }
    }
}

extension NDArray {
    /// The same array where its elements are `Float` already, else a copy; `nil` where they are no numbers.
    var asFloats: NDArray? {
        dataType == .float32 ? self : floats.map { NDArray($0, shape: shape) }
    }
}
