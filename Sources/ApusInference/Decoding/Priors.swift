import ApusConfiguration

/// The boxes that an SSD's outputs are relative to: for every cell of every level, row after row, a square of each
/// size, one between it and the larger size, and one lying and one standing box a ratio.
public struct Priors: Codable, Hashable, Sendable, Validated {
    /// Input pixels a cell, one number a level.
    public var strides: [Int]
    /// Sides in input pixels, a list a level.
    public var sizes: [[Float]]
    /// For a square of side √(size · larger): a number for each size, a list a level.
    public var largerSizes: [[Float]]?
    /// Width over height, a list a level; each ratio stands for its inverse too.
    public var ratios: [[Float]]?
    /// What offsets of the centre and logarithms of the extents are multiplied with.
    public var variances: [Float]
    /// Whether boxes are cut at the input's edges.
    public var clip: Bool?

    public init(strides: [Int], sizes: [[Float]], variances: [Float] = [0.1, 0.2]) {
        (self.strides, self.sizes, self.variances) = (strides, sizes, variances)
    }

    public func problems() -> [ConfigurationProblem] {
        let levels = strides.count
        let lists = [("sizes", sizes), ("largerSizes", largerSizes), ("ratios", ratios)]
        return [
            .require(
                "strides", levels > 0 && strides.allSatisfy((1...16_384).contains), expected: "numbers from 1 to 16384",
                found: strides),
            .require(
                "variances", variances.count == 2 && variances.allSatisfy(\.isFinite), expected: "two numbers",
                found: variances),
        ].compactMap { $0 }
            + lists.compactMap { key, lists in
                lists.flatMap { lists in
                    .require(
                        key, lists.count == levels && lists.joined().allSatisfy { $0.isFinite && $0 > 0 },
                        expected: "\(levels) lists of numbers above 0, one a stride", found: lists)
                }
            }
            + (isPaired ? [] : [ConfigurationProblem("largerSizes", expected: "needs a number for each of sizes")])
    }

    private var isPaired: Bool {
        largerSizes.map { zip($0, sizes).allSatisfy { $0.count == $1.count } } ?? true
    }

    /// Parts of the input, from 0 to 1.
    func boxes(
        for context: DecodingContext, count: Int, _ outputs: ModelOutputs
    ) throws(InferenceError) -> [CenteredBox] {
        let (width, height) = (context.placement.inputWidth, context.placement.inputHeight)
        var boxes = [CenteredBox]()
        for (level, stride) in strides.enumerated() {
            let shapes = shapes(of: level)
            let grid = Grid(width: width, height: height, strides: [stride], limit: count)
            guard let grid, boxes.count + grid.cells.count * shapes.count <= count else { break }
            for cell in grid.cells {
                boxes += shapes.map { shape in
                    let box = CenteredBox(
                        x: (cell.x + 0.5) * cell.stride, y: (cell.y + 0.5) * cell.stride, width: shape.width,
                        height: shape.height)
                    return limited(box.scaled(1 / Float(width), 1 / Float(height)))
                }
            }
        }
        guard boxes.count == count, expectedCount(width, height) == count else {
            throw outputs.unfit(
                expected: "\(expectedCount(width, height)) boxes, as there are priors", found: "\(count)")
        }
        return boxes
    }

    private func expectedCount(_ width: Int, _ height: Int) -> Int {
        strides.indices.reduce(0) { sum, level in
            let cells = ((width - 1) / strides[level] + 1) * ((height - 1) / strides[level] + 1)
            return sum + cells * shapes(of: level).count
        }
    }

    private func shapes(of level: Int) -> [(width: Float, height: Float)] {
        sizes[level].enumerated().flatMap { index, size -> [(width: Float, height: Float)] in
            let larger = largerSizes.map { (size * $0[level][index]).squareRoot() }
            let stretched = (ratios?[level] ?? []).flatMap { ratio -> [(width: Float, height: Float)] in
                let (long, short) = (size * ratio.squareRoot(), size / ratio.squareRoot())
                return [(long, short), (short, long)]
            }
            return [(size, size)] + (larger.map { [($0, $0)] } ?? []) + stretched
        }
    }

    private func limited(_ box: CenteredBox) -> CenteredBox {
        guard clip ?? false else { return box }
        let cut = { (value: Float) in min(max(value, 0), 1) }
        return CenteredBox(x: cut(box.x), y: cut(box.y), width: cut(box.width), height: cut(box.height))
    }
}
