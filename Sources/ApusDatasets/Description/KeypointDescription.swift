import ApusConfiguration

/// What a dataset says of its skeleton where the source does not, or says it otherwise.
public struct KeypointDescription: Defaulted, Validated, Hashable, Sendable {
    /// How far people's marks of a keypoint lie apart, as a part of the object's size: what object keypoint similarity
    /// is measured by.
    public enum Sigmas: Codable, Hashable, Sendable {
        /// COCO's, for its 17 points of a person.
        case coco
        /// One over the number of keypoints for each.
        case uniform
        case each([Double])

        public init(from decoder: any Decoder) throws {
            if (try? decoder.unkeyedContainer()) != nil {
                self = .each(try [Double](from: decoder))
                return
            }
            let container = try decoder.singleValueContainer()
            switch try container.decode(String.self) {
            case "coco": self = .coco
            case "uniform": self = .uniform
            case let other:
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "expected coco, uniform or a list of numbers, found \(other)")
            }
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .coco: try container.encode("coco")
            case .uniform: try container.encode("uniform")
            case .each(let values): try container.encode(values)
            }
        }

        /// <https://cocodataset.org/#keypoints-eval>
        public static let cocoPerson = [
            0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087,
            0.089, 0.089,
        ]

        func values(count: Int) -> [Double] {
            switch self {
            case .coco: Self.cocoPerson
            case .uniform: [Double](repeating: 1 / Double(max(count, 1)), count: count)
            case .each(let values): values
            }
        }
    }

    /// Empty: those that the source names.
    public var names: [String] = []
    /// Pairs of keypoints, counted from 0, that are drawn connected.
    public var skeleton: [[Int]] = []
    /// For each keypoint the one that it becomes when the image is mirrored, its own number where it has no other side.
    public var mirrored: [Int] = []
    public var sigmas: Sigmas?

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        let count = names.isEmpty ? nil : names.count
        return [
            .require(
                "names", Set(names).count == names.count && !names.contains(""), expected: "names that differ",
                found: names),
            .require(
                "mirrored", Self.isExchange(mirrored), expected: "each keypoint's partner, whose partner it is",
                found: mirrored),
            .require(
                "skeleton",
                skeleton.allSatisfy { $0.count == 2 && $0.allSatisfy { (0..<(count ?? 10_000)).contains($0) } },
                expected: "pairs of keypoints, counted from 0", found: skeleton),
            count.flatMap { count in
                .require(
                    "mirrored", mirrored.isEmpty || mirrored.count == count, expected: "\(count) numbers",
                    found: mirrored.count)
            },
            sigmaProblem(count: count),
        ].compactMap { $0 }
    }

    private func sigmaProblem(count: Int?) -> ConfigurationProblem? {
        guard let sigmas, sigmas != .uniform else { return nil }
        let values = sigmas.values(count: count ?? 0)
        return .require(
            "sigmas",
            values.allSatisfy { $0 > 0 && $0.isFinite } && !values.isEmpty && count ?? values.count == values.count,
            expected: "\(count.map(String.init) ?? "as many as keypoints") numbers above 0", found: values)
    }

    /// Whether every number leads back to its own place.
    static func isExchange(_ order: [Int]) -> Bool {
        order.enumerated().allSatisfy { order.indices.contains($1) && order[$1] == $0 }
    }
}
