import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// What must hold of spatial operators whatever the numbers are.
@Suite struct ImageOperatorTests {
    private func product(_ a: NDArray, _ b: NDArray) -> Double {
        zip(a.elements(of: Float.self), b.elements(of: Float.self)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    private func ints(_ values: Int...) -> NDArray { NDArray(values.map(Int64.init)) }

    // MARK: Convolution

    @Test(arguments: [1, 2, 3, 4], [1, 2])
    func `a transposed convolution is the adjoint of the convolution`(axes: Int, groups: Int) throws {
        let extents = [5, 4, 3, 4].prefix(axes), kernel = [2, 3, 1, 2].prefix(axes)
        let x = noise(Shape([2, 2 * groups] + extents)), weights = noise(Shape([3 * groups, 2] + kernel), seed: 2)
        let attributes: [String: Attribute] = [
            "group": .int(groups), "pads": .ints([Int](repeating: 1, count: 2 * axes)),
            "dilations": .ints([Int](repeating: 2, count: axes)), "kernel_shape": .ints(Array(kernel)),
        ]
        let forward = try run("Conv", [x, weights], attributes: attributes)[0]
        let y = noise(forward.shape, seed: 3)
        let backward = try run("ConvTranspose", [y, weights], attributes: attributes)[0]
        #expect(backward.shape == x.shape)
        let (left, right) = (product(forward, y), product(x, backward))
        #expect((left - right).magnitude < 1e-3 * (1 + left.magnitude))
    }

    @Test(arguments: [1, 2, 3, 4], [1, 3])
    func `convolutions of both widths agree`(axes: Int, groups: Int) throws {
        let x = noise(Shape([2, 2 * groups] + [6, 5, 4, 5].prefix(axes)))
        let weights = noise(Shape([2 * groups, 2] + [3, 2, 2, 1].prefix(axes)), seed: 2), bias = noise([2 * groups])
        let attributes: [String: Attribute] = [
            "group": .int(groups), "strides": .ints([Int]([2, 1, 2, 1].prefix(axes))), "auto_pad": "SAME_UPPER",
        ]
        let narrow = try run("Conv", [x, weights, bias], attributes: attributes)[0]
        let wide = try run("Conv", [x, weights, bias].map(widened), attributes: attributes)[0]
        #expect(widened(narrow).isClose(to: wide))
    }

    private func widened(_ array: NDArray) -> NDArray {
        NDArray(array.elements(of: Float.self).map(Double.init), shape: array.shape)
    }

    @Test func `without offsets a deformable convolution is a convolution`() throws {
        let x = noise([2, 4, 6, 5]), weights = noise([6, 2, 3, 2], seed: 2)
        let attributes: [String: Attribute] = ["group": 2, "pads": [1, 0, 1, 1], "strides": [2, 1]]
        let y = try run("Conv", [x, weights], attributes: attributes)[0]
        let offsets = NDArray(zeros: [2, 2 * 2 * 6, y.shape[2], y.shape[3]])
        let options = attributes.merging(["offset_group": 2]) { $1 }
        let deformed = try run("DeformConv", [x, weights, offsets], attributes: options, opset: 19)[0]
        #expect(deformed.isClose(to: y))
    }

    // MARK: Pooling

    @Test(arguments: [1, 2, 3])
    func `unpooling puts maxima back`(axes: Int) throws {
        let x = noise(Shape([2, 3] + [Int](repeating: 6, count: axes)))
        let window: [String: Attribute] = [
            "kernel_shape": .ints([Int](repeating: 2, count: axes)), "strides": .ints([Int](repeating: 2, count: axes)),
        ]
        // Everything is above 0, so that what is put between is no maximum.
        let positive = NDArray(x.elements(of: Float.self).map { $0 + 2 }, shape: x.shape)
        let pooled = try run("MaxPool", [positive], outputs: 2, attributes: window)
        let unpooled = try run("MaxUnpool", pooled, attributes: window)[0]
        #expect(unpooled.shape == x.shape)
        #expect(try run("MaxPool", [unpooled], outputs: 2, attributes: window) == pooled)
    }

    @Test func `a window of one element changes nothing`() throws {
        let x = noise([1, 2, 3, 4, 5])
        for pooling in ["MaxPool", "AveragePool"] {
            #expect(try run(pooling, [x], attributes: ["kernel_shape": [1, 1, 1]])[0] == x)
        }
    }

    // MARK: Sampling and resizing

    @Test(arguments: ["linear", "nearest", "cubic"], ["zeros", "border", "reflection"])
    func `the grid of the identity returns the image`(mode: String, padding: String) throws {
        for aligned in [0, 1] {
            let x = noise([1, 2, 5, 4])
            let identity = NDArray([1, 0, 0, 0, 1, 0] as [Float], shape: [1, 2, 3])
            let grid = try run(
                "AffineGrid", [identity, ints(1, 2, 5, 4)], attributes: ["align_corners": .int(aligned)], opset: 20)[0]
            let y = try run(
                "GridSample", [x, grid],
                attributes: ["mode": .string(mode), "padding_mode": .string(padding), "align_corners": .int(aligned)],
                opset: 20)[0]
            #expect(y.isClose(to: x), "\(aligned)")
        }
    }

    @Test(arguments: ["nearest", "linear", "cubic"])
    func `resizing keeps the same size as it is, and constants constant`(mode: String) throws {
        let x = noise([1, 2, 5, 4]), none = NDArray([] as [Float])
        let attributes: [String: Attribute] = ["mode": .string(mode)]
        #expect(try run("Resize", [x, none, none, ints(1, 2, 5, 4)], attributes: attributes)[0] == x)
        let constant = NDArray([Float](repeating: 3, count: 20), shape: [1, 1, 5, 4])
        for antialias in mode == "nearest" ? [0] : [0, 1] {
            let options = attributes.merging(["antialias": .int(antialias)]) { $1 }
            let y = try run("Resize", [constant, none, none, ints(1, 1, 3, 7)], attributes: options, opset: 18)[0]
            #expect(y.isClose(to: NDArray([Float](repeating: 3, count: 21), shape: [1, 1, 3, 7])))
        }
    }

    @Test func `resizing treats every axis alike`() throws {
        let x = noise([4, 6]), none = NDArray([] as [Float])
        for mode in ["linear", "cubic", "nearest"] as [Attribute] {
            let y = try run("Resize", [x, none, none, ints(7, 3)], attributes: ["mode": mode])[0]
            let turned = try run("Transpose", [x])[0]
            let other = try run("Resize", [turned, none, none, ints(3, 7)], attributes: ["mode": mode])[0]
            #expect(try run("Transpose", [other])[0].isClose(to: y))
        }
    }

    // MARK: Detection

    @Test func `boxes kept overlap little, boxes gone overlap a better one`() throws {
        let count = 60
        var stream = RandomStream(seed: 5, epoch: 0, sample: 0, purpose: 0)
        let numbers = (0..<count).flatMap { _ in
            let (y, x) = (Float.random(in: 0...8, using: &stream), Float.random(in: 0...8, using: &stream))
            return [y, x, y + .random(in: 1...4, using: &stream), x + .random(in: 1...4, using: &stream)]
        }
        let scores = noise([1, 1, count], seed: 9)
        let kept = try run(
            "NonMaxSuppression",
            [NDArray(numbers, shape: [1, count, 4]), scores, ints(count), NDArray([0.4] as [Float])])[0]
        let indices = stride(from: 2, to: kept.count, by: 3).map { Int(kept.elements(of: Int64.self)[$0]) }
        let score = scores.elements(of: Float.self)
        #expect(indices == indices.sorted { score[$0] > score[$1] })
        let boxes = numbers.withUnsafeBufferPointer { all in
            (0..<count).map { Rectangle(all, $0 * 4, isCentered: false) }
        }
        for index in 0..<count {
            let better = indices.filter { score[$0] > score[index] }
            let isCovered = better.contains { boxes[index].overlaps(boxes[$0], byMoreThan: 0.4) }
            #expect(indices.contains(index) != isCovered)
        }
    }

    // MARK: Losses and normalizations

    @Test func `cross entropy is the likelihood loss of the log-softmax`() throws {
        let scores = noise([3, 4, 2, 2]), weights = NDArray([1, 2, 0.5, 3] as [Float])
        let labels = NDArray((0..<12).map { Int64($0 % 4) }, shape: [3, 2, 2])
        let attributes: [String: Attribute] = ["ignore_index": 2, "reduction": "mean"]
        let both = try run("SoftmaxCrossEntropyLoss", [scores, labels, weights], outputs: 2, attributes: attributes)
        let logarithms = try run("LogSoftmax", [scores], attributes: ["axis": 1])[0]
        #expect(both[1].isClose(to: logarithms))
        let loss = try run("NegativeLogLikelihoodLoss", [logarithms, labels, weights], attributes: attributes)[0]
        #expect(both[0].isClose(to: loss))
    }

    @Test func `as many groups as channels are instances`() throws {
        let x = noise([2, 6, 3, 4]), scale = noise([6], seed: 2), bias = noise([6], seed: 3)
        let groups = try run("GroupNormalization", [x, scale, bias], attributes: ["num_groups": 6], opset: 21)[0]
        #expect(groups.isClose(to: try run("InstanceNormalization", [x, scale, bias])[0]))
    }

    // MARK: Signals

    @Test(arguments: [1, 2, 3, 7, 8, 12, 31, 64, 100])
    func `the inverse transform undoes the transform`(length: Int) throws {
        let x = noise([2, length, 2])
        let spectrum = try run("DFT", [x], attributes: ["axis": 1])[0]
        #expect(try run("DFT", [spectrum], attributes: ["axis": 1, "inverse": 1])[0].isClose(to: x, .wholeModel))
    }

    @Test func `the spectrum of an impulse is flat`() throws {
        for length in [5, 8, 11] {
            var impulse = [Float](repeating: 0, count: length)
            impulse[0] = 1
            let y = try run("DFT", [NDArray(impulse, shape: [1, length, 1])], attributes: ["axis": 1])[0]
            let flat = (0..<length).flatMap { _ in [1, 0] as [Float] }
            #expect(y.isClose(to: NDArray(flat, shape: [1, length, 2])))
        }
    }

    @Test func `determinants multiply`() throws {
        let a = noise([4, 5, 5]), b = noise([4, 5, 5], seed: 2)
        let both = try run("Det", [try run("MatMul", [a, b])[0]])[0]
        let each = try run("Mul", [try run("Det", [a])[0], try run("Det", [b])[0]])[0]
        #expect(both.isClose(to: each, .wholeModel))
    }
}
