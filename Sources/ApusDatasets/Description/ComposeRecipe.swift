import ApusConfiguration

/// A seeded recipe that builds scenes with several objects each from images of single objects.
///
/// Train scenes hold objects of the source's train part only; val and test scenes hold objects of disjoint halves
/// of its test part, so that nothing seen in training is met again.
public struct ComposeRecipe: Defaulted, Validated, Hashable, Sendable {
    /// What lies behind the objects.
    public enum Background: String, Codable, CaseIterable, Hashable, Sendable {
        case plain, gradient, texture
    }

    public struct Counts: Defaulted, Validated, Hashable, Sendable {
        public var train = 4000
        public var val = 400
        public var test = 400

        public init() {}

        subscript(split: Split) -> Int {
            switch split {
            case .train: train
            case .val: val
            case .test: test
            }
        }

        public func problems() -> [ConfigurationProblem] {
            [
                .range("train", train, 0...1_000_000), .range("val", val, 0...1_000_000),
                .range("test", test, 0...1_000_000),
            ]
            .compactMap { $0 }
        }
    }

    /// Width and height of a scene in pixels.
    public var canvas = 128
    public var scenes = Counts()
    /// Fewest and most objects in a scene.
    public var objects = [2, 5]
    /// Smallest and largest longer side of an object in pixels.
    public var size = [30, 56]
    /// The largest fraction of any object that another may hide.
    public var maximumOverlap = 0.15
    public var backgrounds = Background.allCases
    /// The probability that an object is mirrored.
    public var flip = 0.5
    /// How colourful objects are, from 0 (grey) to 1.
    public var tint = 0.6
    /// Whether objects come with the masks of what they show; left out as false, versions from before keep their ids.
    public var outlines: Bool?
    public var seed: UInt64 = 0

    public init() {}

    enum CodingKeys: String, CodingKey {
        case canvas, scenes, objects, size, backgrounds, flip, tint, outlines, seed
        case maximumOverlap = "maximum_overlap"
    }

    public func problems() -> [ConfigurationProblem] {
        [
            .range("canvas", canvas, 32...4096),
            .require(
                "objects", Self.isRange(objects, within: 1...200), expected: "[fewest, most] from 1 to 200",
                found: objects),
            .require(
                "size", Self.isRange(size, within: 8...canvas), expected: "[smallest, largest] from 8 to canvas",
                found: size),
            .range("maximum_overlap", maximumOverlap, 0...1), .range("flip", flip, 0...1), .range("tint", tint, 0...1),
            .require("backgrounds", !backgrounds.isEmpty, expected: "at least one", found: "none"),
        ].compactMap { $0 }
    }

    private static func isRange(_ pair: [Int], within limits: ClosedRange<Int>) -> Bool {
        pair.count == 2 && pair[0] <= pair[1] && limits.contains(pair[0]) && limits.contains(pair[1])
    }
}
