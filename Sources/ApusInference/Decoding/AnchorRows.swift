import ApusCore

/// Where an anchor's numbers lie in a table.
public enum AnchorFeatures: String, Codable, Sendable, CaseIterable { case first, last }

/// A table whose rows or columns are anchors: boxes, scores and what else a model says of an anchor.
struct AnchorRows {
    private let array: NDArray
    private let rows, columns: Int
    let areFeaturesFirst: Bool
    let classCount: Int

    var count: Int { areFeaturesFirst ? columns : rows }

    /// - Parameters:
    ///   - array: `Float`s, in so many rows and columns.
    ///   - rest: how many numbers an anchor has besides its scores.
    ///   - features: `nil` where the shape tells.
    /// - Returns: `nil` where no axis has the right extent.
    init?(_ array: NDArray, rows: Int, columns: Int, rest: Int, features: AnchorFeatures?, classCount: Int?) {
        let isFirst: Bool
        switch (features, classCount) {
        case (let features?, _): isFirst = features == .first
        case (nil, let count?): isFirst = rows == rest + count
        case (nil, nil): isFirst = rows <= columns
        }
        let found = (isFirst ? rows : columns) - rest
        guard found > 0, found == classCount ?? found else { return nil }
        (self.array, self.rows, self.columns) = (array, rows, columns)
        (areFeaturesFirst, self.classCount) = (isFirst, found)
    }

    /// Reads the numbers of anchors in place.
    func withReader<R>(_ body: (AnchorReader) -> R) -> R {
        array.withElements(of: Float.self) { values in
            body(
                AnchorReader(
                    values: values, columns: columns, areFeaturesFirst: areFeaturesFirst, classCount: classCount,
                    count: count))
        }
    }

    /// For an error: what an anchor should have had.
    static func expectation(rest: Int, classCount: Int?) -> String {
        "\(classCount.map { "\(rest + $0)" } ?? "more than \(rest)") numbers an anchor"
    }
}

/// The numbers of anchors while they lie still.
struct AnchorReader {
    let values: UnsafeBufferPointer<Float>
    fileprivate let columns: Int
    fileprivate let areFeaturesFirst: Bool
    let classCount, count: Int

    subscript(anchor: Int, feature: Int) -> Float {
        areFeaturesFirst ? values[feature * columns + anchor] : values[anchor * columns + feature]
    }

    /// Calls `body` with centre boxes in pixels of the input, then scores: `[4 + classCount, count]`.
    func withTable<R>(_ body: (UnsafeBufferPointer<Float>) -> R) -> R {
        let features = 4 + classCount
        if areFeaturesFirst { return body(UnsafeBufferPointer(rebasing: values.prefix(features * count))) }
        let table = (0..<features).flatMap { feature in (0..<count).map { self[$0, feature] } }
        return table.withUnsafeBufferPointer(body)
    }
}

extension ModelOutputs {
    /// An output as a table of anchors with `rest` numbers beside their scores.
    func anchors(
        _ name: String?, rest: Int, features: AnchorFeatures?, _ context: DecodingContext
    ) throws(InferenceError) -> AnchorRows {
        let (name, array) = try array(name, at: 0)
        guard let extents = Self.table(array.shape), let floats = array.asFloats else {
            throw unfit(expected: "a table of numbers in “\(name)”", found: "\(array.dataType) \(array.shape)")
        }
        let rows = AnchorRows(
            floats, rows: extents.rows, columns: extents.columns, rest: rest, features: features,
            classCount: context.classCount)
        guard let rows else {
            let expected = AnchorRows.expectation(rest: rest, classCount: context.classCount)
            throw unfit(expected: "\(expected) in “\(name)”", found: "\(array.shape)")
        }
        return rows
    }
}
