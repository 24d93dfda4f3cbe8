import ApusConfiguration

/// The points of an object as a model numbers them. Exporters write it into the ONNX metadata entry `apus.keypoints`,
/// as JSON with these keys; `count` and `names` always, the others where the dataset has them.
public struct KeypointLayout: Codable, Hashable, Sendable {
    public var names: [String]
    /// Pairs of points that a drawing joins, counted from 0.
    public var skeleton: [[Int]]
    /// For each point the one that it is in a mirrored image; empty where nobody says.
    public var mirrored: [Int]
    /// For each point the deviation of its marks as a part of the object's size, as in COCO's evaluation; empty where
    /// nobody says.
    public var sigmas: [Float]
    /// How many points an object has.
    public let count: Int

    /// - Parameter names: fewer than `count` are filled up with numbers.
    public init(
        count: Int, names: [String] = [], skeleton: [[Int]] = [], mirrored: [Int] = [], sigmas: [Float] = []
    ) {
        self.count = count
        self.names = names + (names.count..<max(count, names.count)).map { "point \($0)" }
        (self.skeleton, self.mirrored, self.sigmas) = (skeleton, mirrored, sigmas)
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let names = try values.decodeIfPresent([String].self, forKey: .names) ?? []
        let count = try values.decodeIfPresent(Int.self, forKey: .count) ?? names.count
        guard Self.counts.contains(count), names.count <= count else {
            throw DecodingError.dataCorruptedError(
                forKey: .count, in: values,
                debugDescription: "expected 1 to \(Self.counts.upperBound) points and as many names")
        }
        self.init(
            count: count, names: names, skeleton: try values.decodeIfPresent([[Int]].self, forKey: .skeleton) ?? [],
            mirrored: try values.decodeIfPresent([Int].self, forKey: .mirrored) ?? [],
            sigmas: try values.decodeIfPresent([Float].self, forKey: .sigmas) ?? [])
    }

    /// How many points an object may have.
    static let counts = 1...4096

    /// Why these are no points of one object; `nil` where they are.
    var problem: String? {
        let places = 0..<count
        guard Self.counts.contains(count), names.count == count else {
            return "\(names.count) names for \(count) points"
        }
        guard skeleton.allSatisfy({ $0.count == 2 && $0.allSatisfy(places.contains) }) else {
            return "a skeleton joins pairs of points from 0 to \(count - 1)"
        }
        guard mirrored.isEmpty || mirrored.count == count && Set(mirrored) == Set(places) else {
            return "mirrored says for each of \(count) points another"
        }
        guard sigmas.isEmpty || sigmas.count == count && sigmas.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            return "\(sigmas.count) sigmas for \(count) points, all above 0"
        }
        return nil
    }

    /// The seventeen points of COCO's persons.
    public static let coco = KeypointLayout(
        count: 17,
        names: [
            "nose", "left eye", "right eye", "left ear", "right ear", "left shoulder", "right shoulder", "left elbow",
            "right elbow", "left wrist", "right wrist", "left hip", "right hip", "left knee", "right knee",
            "left ankle", "right ankle",
        ],
        skeleton: [
            [15, 13], [13, 11], [16, 14], [14, 12], [11, 12], [5, 11], [6, 12], [5, 6], [5, 7], [6, 8], [7, 9],
            [8, 10], [1, 2], [0, 1], [0, 2], [1, 3], [2, 4], [3, 5], [4, 6],
        ],
        mirrored: [0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15],
        sigmas: [
            0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087,
            0.089, 0.089,
        ])
}

extension KeypointLayout: Validated {
    public func problems() -> [ConfigurationProblem] {
        problem.map { [ConfigurationProblem("", expected: $0)] } ?? []
    }
}
