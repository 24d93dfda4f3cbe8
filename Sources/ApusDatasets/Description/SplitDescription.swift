import ApusConfiguration

/// How images are divided into train, val and test.
public struct SplitDescription: Defaulted, Validated, Hashable, Sendable {
    public enum Method: String, Codable, CaseIterable, Hashable, Sendable {
        /// As the source says.
        case declared
        /// Each image by a hash of its name and the seed: images that are added later move no other.
        case random
        /// Exact fractions within each group of images that share their rarest class; images that are added later
        /// may move those at the borders.
        case stratified
        /// Images of one group (a patient, a video, a place) together: each group by a hash of its key and the seed.
        case grouped
        /// As a table says, with the columns `filename` and `split`; images that it does not list as in random.
        case file
    }

    public var method = Method.declared
    /// Fractions of the images, with sum 1; for random and stratified.
    public var train = 0.8
    public var val = 0.1
    public var test = 0.1
    /// declared: the fraction of the train images that becomes val where the source declares no val.
    public var valFromTrain = 0.0
    public var seed: UInt64 = 0
    /// grouped: a regular expression; what it finds in an image's name, or its first group of it, is the key, and
    /// names in which it finds nothing are keys of their own. Empty: the folder that the image is in.
    public var group = ""
    /// file: the table, which `apus data split` writes.
    public var file: WorkspacePath?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case method, train, val, test, seed, group, file
        case valFromTrain = "val_from_train"
    }

    var fractions: [(Split, Double)] { [(.train, train), (.val, val), (.test, test)] }

    public func problems() -> [ConfigurationProblem] {
        [
            .require("file", method != .file || file != nil, expected: "a table for method file", found: "none"),
            .require("group", (try? Regex(group)) != nil, expected: "a regular expression", found: group),
            .range("train", train, 0...1), .range("val", val, 0...1), .range("test", test, 0...1),
            .range("val_from_train", valFromTrain, 0...1),
            .require(
                "train", method == .declared || abs(train + val + test - 1) < 1e-6,
                expected: "fractions train + val + test with sum 1", found: train + val + test),
        ].compactMap { $0 }
    }
}
