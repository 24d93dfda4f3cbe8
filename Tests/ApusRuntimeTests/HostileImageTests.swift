import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Spatial operators whose attributes and inputs a hostile file chose: typed errors, or an answer.
@Suite struct HostileImageTests {
    private static let image = noise([1, 2, 4, 4])
    private static let volume = noise([1, 2, 4, 4, 4])
    private static let huge = 1 << 62
    private static let none = NDArray([] as [Float])

    private func ints(_ values: Int...) -> NDArray { NDArray(values.map(Int64.init)) }

    private func refuses(
        _ node: String, _ inputs: [NDArray], outputs: Int = 1, _ attributes: [String: Attribute] = [:],
        opset: Int = 20, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(throws: RuntimeError.self, "\(node) \(attributes)", sourceLocation: sourceLocation) {
            try run(node, inputs, outputs: outputs, attributes: attributes, opset: opset)
        }
    }

    @Test(arguments: ["MaxPool", "AveragePool", "LpPool"])
    func `windows out of all measure`(pooling: String) throws {
        let windows: [[String: Attribute]] = [
            [:], ["kernel_shape": [2, 2]], ["kernel_shape": [2, 2, 2, 2]], ["kernel_shape": [9, 2, 2]],
            ["kernel_shape": [0, 1, 1]], ["kernel_shape": [1 << 40, 1, 1]],
            ["kernel_shape": [2, 2, 2], "strides": [1, 1]],
            ["kernel_shape": [2, 2, 2], "dilations": [1 << 24, 1, 1]],
            ["kernel_shape": [2, 2, 2], "pads": [1, 1, 1]], ["kernel_shape": [2, 2, 2], "pads": [-1, 0, 0, 0, 0, 0]],
            ["kernel_shape": [2, 2, 2], "pads": [1 << 24, 1 << 24, 1 << 24, 1 << 24, 1 << 24, 1 << 24]],
            ["kernel_shape": [2, 2, 2], "strides": [0, 1, 1]], ["kernel_shape": [2, 2, 2], "auto_pad": "SOME"],
        ]
        for window in windows { refuses(pooling, [Self.volume], window) }
        refuses(pooling, [noise([3])], ["kernel_shape": [1]])
        refuses(pooling, [noise([1, 2, 9])], ["kernel_shape": [2, 2], "pads": [1, 0, 1, 0]])
        refuses(pooling, [NDArray(zeros: [0, 1 << 40, 4, 4])], ["kernel_shape": [9, 9]])
    }

    @Test func `convolutions out of all measure`() throws {
        let weights = noise([2, 2, 3, 3, 3])
        refuses("Conv", [Self.volume, noise([2, 2, 3, 3])])
        refuses("Conv", [Self.volume, noise([2, 1, 3, 3, 3])])
        refuses("Conv", [Self.volume, weights], ["group": 2])
        refuses("Conv", [Self.volume, weights], ["group": .int(1 << 24)])
        refuses("Conv", [Self.volume, weights], ["dilations": [1 << 24, 1, 1]])
        refuses("Conv", [Self.volume, weights], ["pads": [1 << 24, 1 << 24, 0, 1 << 24, 1 << 24, 0]])
        refuses("Conv", [Self.volume, weights, noise([5])])
        refuses("Conv", [Self.image, NDArray(zeros: [0, 1 << 40, 1, 1])])
        refuses("Conv", [Self.volume, NDArray(zeros: [0, 2, 1 << 30, 1, 1])])
        for name in ["strides", "dilations", "output_padding", "output_shape"] {
            refuses("ConvTranspose", [Self.volume, weights], [name: [1, 1]])
            refuses("ConvTranspose", [Self.volume, weights], [name: [1 << 40, 1, 1]])
        }
        let wide: [String: Attribute] = ["strides": [1 << 24, 1 << 24, 1 << 24]]
        refuses("ConvTranspose", [Self.volume, weights], wide)
        refuses("ConvTranspose", [Self.volume, weights], ["pads": [9, 9, 9, 9, 9, 9]])
        refuses("ConvTranspose", [Self.volume, noise([3, 2, 1, 1, 1])])
        let offsets = noise([1, 18, 2, 2])
        refuses("DeformConv", [Self.image, noise([2, 2, 3, 3]), noise([1, 17, 2, 2])])
        refuses("DeformConv", [Self.image, noise([2, 2, 3, 3]), offsets], ["offset_group": 3])
        refuses("DeformConv", [Self.image, noise([2, 2, 3, 3]), offsets, noise([2]), noise([1, 8, 2, 2])])
        refuses("Col2Im", [noise([1, 4, 4]), ints(Self.huge, Self.huge), ints(2, 2)])
        refuses("Col2Im", [noise([1, 4, 4]), ints(3, 3), ints(-2, 2)])
        refuses("Col2Im", [noise([1, 5, 4]), ints(3, 3), ints(2, 2)])
    }

    @Test func `offsets that are no numbers read nothing`() throws {
        let odd = [Float.nan, .infinity, -.infinity, 1e38, -1e38, 0]
        let offsets = NDArray((0..<72).map { odd[$0 % odd.count] }, shape: [1, 18, 2, 2])
        _ = try run("DeformConv", [Self.image, noise([2, 2, 3, 3]), offsets], opset: 19)
        let grid = NDArray((0..<72).map { odd[$0 / 2 % odd.count] }, shape: [1, 6, 6, 2])
        for mode in ["linear", "nearest", "cubic"] as [Attribute] {
            for padding in ["zeros", "border", "reflection"] as [Attribute] {
                for aligned in [0, 1] as [Attribute] {
                    let attributes = ["mode": mode, "padding_mode": padding, "align_corners": aligned]
                    _ = try run("GridSample", [Self.image, grid], attributes: attributes, opset: 20)
                    _ = try run("GridSample", [noise([1, 1, 1, 1]), grid], attributes: attributes, opset: 20)
                }
            }
        }
    }

    @Test func `grids and regions that do not fit`() throws {
        refuses("GridSample", [Self.image, noise([1, 3, 3, 3])])
        refuses("GridSample", [Self.image, noise([2, 3, 3, 2])])
        refuses("GridSample", [NDArray(zeros: [1, 2, 0, 4]), noise([1, 3, 3, 2])])
        refuses("GridSample", [Self.image, noise([1, 3, 3, 2])], ["mode": "best"])
        refuses("AffineGrid", [noise([1, 2, 3]), ints(1, 1, Self.huge, Self.huge)])
        refuses("AffineGrid", [noise([1, 2, 3]), ints(1, 1, -3, 4)])
        refuses("AffineGrid", [noise([1, 2, 3]), ints(4)])
        let region = NDArray([0, 0, 4, 4] as [Float], shape: [1, 4])
        for index in [-1, 1, .max] { refuses("RoiAlign", [Self.image, region, ints(index)]) }
        for odd in [Float.nan, .infinity, 1e30] {
            refuses("RoiAlign", [Self.image, NDArray([0, 0, odd, odd], shape: [1, 4]), ints(0)])
        }
        refuses("RoiAlign", [Self.image, region, ints(0)], ["output_height": .int(1 << 40)])
        refuses(
            "RoiAlign", [Self.image, region, ints(0)], ["output_height": .int(1 << 24), "output_width": .int(1 << 24)])
        refuses("RoiAlign", [Self.image, region, ints(0)], ["sampling_ratio": .int(.max)])
        for first in [-1, 1, .nan, .infinity] as [Float] {
            refuses(
                "MaxRoiPool", [Self.image, NDArray([first, 0, 0, 4, 4], shape: [1, 5])], ["pooled_shape": [2, 2]])
        }
        let odd = NDArray([0, .nan, -1e38, .infinity, 1e38] as [Float], shape: [1, 5])
        _ = try run("MaxRoiPool", [Self.image, odd], attributes: ["pooled_shape": [2, 2]])
    }

    @Test func `indices that point elsewhere`() throws {
        let window: [String: Attribute] = ["kernel_shape": [2, 2], "strides": [2, 2]]
        for index in [-1, 128, .max, .min] {
            let places = NDArray([Int64](repeating: Int64(index), count: 32), shape: [1, 2, 4, 4])
            refuses("MaxUnpool", [Self.image, places], window)
        }
        let places = NDArray((0..<32).map(Int64.init), shape: [1, 2, 4, 4])
        refuses("MaxUnpool", [Self.image, places, ints(1, 2, Self.huge, 4)], window)
        refuses("MaxUnpool", [Self.image, places, ints(1, 2, -4, 4)], window)
        refuses("MaxUnpool", [Self.image, places], ["kernel_shape": [2, 2], "strides": [1 << 24, 1 << 24]])
        refuses("MaxUnpool", [Self.image, places], ["kernel_shape": [2, 2], "pads": [99, 0, 0, 0]])
        for label in [-2, 4, .max] {
            let labels = NDArray([Int64(label), 0])
            refuses("NegativeLogLikelihoodLoss", [noise([2, 4]), labels])
            refuses("SoftmaxCrossEntropyLoss", [noise([2, 4]), labels], outputs: 2)
        }
        refuses("NegativeLogLikelihoodLoss", [noise([2, 4]), ints(0, 1), noise([3])])
        refuses("NegativeLogLikelihoodLoss", [noise([2, 4]), ints(0)])
    }

    @Test func `sizes that nothing holds`() throws {
        let image = Self.image, none = Self.none
        for sizes in [ints(1, 2, Self.huge, Self.huge), ints(1, 2, -1, 4), ints(1, 2), ints(1, 2, 1 << 31, 1)] {
            refuses("Resize", [image, none, none, sizes])
        }
        for scale in [Float.nan, .infinity, -1, 0, 1e30] {
            let scales = NDArray([1, 1, scale, 1])
            refuses("Resize", [image, none, scales])
            refuses("Upsample", [image, scales], opset: 9)
        }
        for policy in ["not_larger", "not_smaller"] as [Attribute] {
            refuses("Resize", [noise([1, 1]), none, none, ints(.max, .max)], ["keep_aspect_ratio_policy": policy])
        }
        refuses("Resize", [NDArray(zeros: [1, 1, 0, 4]), none, none, ints(1, 1, 2, 2)])
        refuses("Resize", [image, none, none, ints(2, 2)], ["axes": [2, 2]])
        refuses("Resize", [image, none, none, ints(2, 2)], ["axes": [2, 9]])
        let crop: [String: Attribute] = ["coordinate_transformation_mode": "tf_crop_and_resize", "mode": "cubic"]
        refuses("Resize", [image, noise([7]), NDArray([1, 1, 2, 2] as [Float])], crop)
        let region = NDArray([0, 0, .nan, -1e30, 1, 1, .infinity, 1e30] as [Float])
        _ = try run("Resize", [image, region, NDArray([1, 1, 2, 2] as [Float])], attributes: crop)
        refuses("CenterCropPad", [image, ints(1, 2, Self.huge, Self.huge)])
        refuses("CenterCropPad", [image, ints(1, 2, -3, 4)])
        refuses("CenterCropPad", [image, ints(3, 4)], ["axes": [1, 1]])
    }

    @Test func `signals out of all measure`() throws {
        let signal = noise([1, 8, 1])
        for length in [0, -1, 1 << 25, .max] {
            refuses("DFT", [signal, NDArray(scalar: Int64(length))])
            refuses("STFT", [signal, NDArray(scalar: Int64(1)), Self.none, NDArray(scalar: Int64(length))])
        }
        for axis in [2, -1, 9, .max, .min] { refuses("DFT", [signal], ["axis": .int(axis)], opset: 17) }
        refuses("DFT", [noise([1, 8, 3])])
        refuses("DFT", [noise([1, 8, 2])], ["onesided": 1])
        for step in [0, -1, .min] { refuses("STFT", [signal, NDArray(scalar: Int64(step)), noise([4])]) }
        for size in [-1, Int.min, .max] { refuses("HannWindow", [NDArray(scalar: Int64(size))]) }
        refuses("HannWindow", [NDArray(scalar: Int64(4))], ["output_datatype": 8])
        func mel(_ counts: [Int], _ edges: [Float]) -> [NDArray] {
            counts.map { NDArray(scalar: Int64($0)) } + edges.map { NDArray(scalar: $0) }
        }
        for counts in [[0, 8, 8], [4, -8, 8], [4, 8, 0], [.max, 8, 8], [4, .max, 8], [1 << 31, 1 << 31, 1]] {
            refuses("MelWeightMatrix", mel(counts, [0, 4]))
        }
        for edges in [[4, 0], [-9, 4], [0, .infinity], [.nan, 4], [0, 9e9]] as [[Float]] {
            refuses("MelWeightMatrix", mel([4, 8, 8], edges))
        }
        refuses("Det", [noise([2, 3])])
        refuses("Det", [noise([3])])
    }

    @Test func `boxes and groups that do not fit`() throws {
        let boxes = noise([1, 5, 4]), scores = noise([1, 2, 5])
        refuses("NonMaxSuppression", [noise([1, 5, 3]), scores])
        refuses("NonMaxSuppression", [boxes, noise([1, 2, 6])])
        for overlap in [Float.nan, -0.1, 1.1] {
            refuses("NonMaxSuppression", [boxes, scores, ints(3), NDArray([overlap])])
        }
        let odd = NDArray([.nan, .infinity, -.infinity, 0, 1] as [Float], shape: [1, 1, 5])
        for most in [Int.min, -1, 0, .max] { _ = try run("NonMaxSuppression", [boxes, odd, ints(most)]) }
        let x = noise([1, 4, 2, 2])
        refuses("GroupNormalization", [x, noise([3]), noise([3])], ["num_groups": 3], opset: 21)
        refuses("GroupNormalization", [x, noise([4]), noise([4])], opset: 21)
        refuses("GroupNormalization", [x, noise([4]), noise([4])], ["num_groups": 0], opset: 21)
        refuses("LRN", [x], ["size": 0])
        refuses("LRN", [x])
        _ = try run("LRN", [x], attributes: ["size": .int(1 << 24)])
        refuses("LpNormalization", [x], ["p": 3])
        refuses("MeanVarianceNormalization", [x], ["axes": [0, 0]])
        refuses("BatchNormalization", [x, noise([4]), noise([4]), noise([4]), noise([3])])
        refuses("InstanceNormalization", [x, noise([3]), noise([4])])
    }

    // MARK: At random

    private static let attributes: [(name: String, values: [Attribute])] = [
        ("kernel_shape", [[2, 2], [1, 3], [2], [3, 1, 2], [1 << 24, 1], [2, 2, 2, 2, 2]]),
        ("strides", [[1, 1], [2, 3], [1 << 24, 1 << 24], [2], [1, 2, 1]]),
        ("dilations", [[1, 1], [3, 1], [1 << 24, 1 << 24], [2, 1, 1]]),
        ("pads", [[0, 0, 0, 0], [1, 0, 2, 1], [1 << 24, 0, 0, 1 << 24], [1, 1], [1, 0, 1, 1, 1, 0]]),
        ("auto_pad", ["SAME_UPPER", "SAME_LOWER", "VALID"]), ("ceil_mode", [0, 1]), ("storage_order", [1]),
        ("output_padding", [[0, 1], [1 << 24, 1], [1, 1, 1]]),
        ("output_shape", [[4, 4], [1, 9], [1 << 24, 1], [7]]),
        ("group", [1, 2, 3]), ("offset_group", [1, 2]), ("pooled_shape", [[2, 2], [1, 1 << 24]]), ("p", [1, 2, 3]),
        ("mode", ["nearest", "linear", "cubic", "avg", "max"]), ("align_corners", [0, 1]), ("antialias", [0, 1]),
        ("coordinate_transformation_mode", ["half_pixel", "tf_crop_and_resize", "align_corners", "asymmetric"]),
        ("keep_aspect_ratio_policy", ["not_larger", "not_smaller"]), ("exclude_outside", [0, 1]),
        ("axis", [-1, 0, 1, 5]), ("axes", [[0], [-1, 1], [2, 3], [9]]), ("num_groups", [1, 2, 3]), ("size", [1, 5]),
        ("reduction", ["none", "sum", "mean"]), ("ignore_index", [-1, 1]), ("inverse", [0, 1]), ("onesided", [0, 1]),
        ("training_mode", [0, 1]), ("output_height", [1, 3]), ("sampling_ratio", [0, 2]),
        ("spatial_scale", [0.5, -1.0]),
    ]

    private static let candidates: [NDArray] = {
        let odd = [Float.nan, .infinity, -1e30, 1e30, 0, 0.5, -2, 1]
        let shapes: [Shape] = [
            [], [0], [4], [2, 3], [3, 3], [1, 5, 4], [1, 2, 5], [1, 2, 4, 4], [2, 2, 2, 2], [1, 18, 2, 2],
            [4, 2, 3, 3],
            [1, 2, 3, 4, 2], [2, 1, 1, 2, 2], [0, 2, 3, 3], [1, 0, 3, 3], [1, 2, 0, 3], [0, 1 << 30, 1 << 30],
        ]
        let numbers = shapes.map { shape in
            NDArray((0..<shape.count).map { $0 % 3 == 1 ? odd[$0 / 3 % odd.count] : Float($0 % 7) }, shape: shape)
        }
        let lists: [[Int64]] = [
            [], [0], [1, 2], [2, 2], [1, 2, 4, 4], [1, 1, 3, 3], [-1, 2], [1 << 40, 4], [.max, .max], [.min, 1],
        ]
        let scalars = [0, 1, 3, -1, 1 << 40, .max].map { NDArray(scalar: Int64($0)) }
        return numbers + lists.map { NDArray($0) } + scalars + [
            NDArray(zeros: [1, 2, 4, 4], dataType: .int64), NDArray(zeros: [1, 4, 4], dataType: .int64),
            NDArray(zeros: [1, 2, 4, 4], dataType: .float64), NDArray(zeros: [1, 2, 4, 4], dataType: .uint8),
            NDArray(zeros: [1, 2, 4, 4], dataType: .bool),
        ]
    }()

    @Test(
        arguments: (convolutions + poolings + resizings + samplings + losses + normalizations + signals + detections)
            .map { $0.type }.filter(\.domain.isEmpty).map(\.name))
    func `chance finds no crash`(name: String) throws {
        var stream = RandomStream(seed: 11, epoch: 0, sample: 0, purpose: 0)
        for round in 0..<400 {
            var attributes: [String: Attribute] = [:]
            for _ in 0..<Int.random(in: 0...6, using: &stream) {
                if let (name, values) = Self.attributes.randomElement(using: &stream) {
                    attributes[name] = values.randomElement(using: &stream)
                }
            }
            let inputs = (0..<Int.random(in: 1...5, using: &stream)).compactMap { _ in
                Self.candidates.randomElement(using: &stream)
            }
            let feeds = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("x\($0.offset)", $0.element) })
            let session = try? Session(
                name, inputs: inputs, outputs: 1 + round % 3, attributes: attributes,
                opset: [9, 11, 18, 20, 22][round % 5],
                options: .init(threads: 1, memoryLimit: 1 << 22))
            _ = try? session?.run(feeds)
        }
    }
}
