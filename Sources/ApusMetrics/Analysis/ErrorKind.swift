/// Why a detection is wrong or an object is not found, as TIDE tells them apart.
///
/// Bolya et al., *TIDE: A General Toolbox for Identifying Object Detection Errors*,
/// <https://arxiv.org/abs/2008.08115>.
public enum ErrorKind: String, Codable, CaseIterable, Hashable, Sendable {
    /// Well placed on an object of another class.
    case classification = "Cls"
    /// On an object of its class, but not well enough.
    case localization = "Loc"
    /// Neither its class nor its place is right.
    case both = "Both"
    /// Well placed on an object that a surer detection has.
    case duplicate = "Dupe"
    /// On no object at all.
    case background = "Bkg"
    /// An object that no detection would find if it were mended.
    case missed = "Miss"

    /// What the kind means, for people.
    public var summary: String {
        switch self {
        case .classification: "the place is right, the class is not"
        case .localization: "the class is right, the place is not quite"
        case .both: "neither the class nor the place is right"
        case .duplicate: "the object had been found already"
        case .background: "there is no object"
        case .missed: "the object was not found"
        }
    }
}

/// How much of the average precision each kind of error costs.
///
/// Mending all errors of one kind, and them alone, raises AP at overlap 0.5 by that kind's cost; costs do not add up to
/// what is missing from 1. The numbers equal tidecv 1.0.1 (which writes them in percent).
public struct ErrorBreakdown: Codable, Hashable, Sendable {
    public struct Cost: Codable, Hashable, Sendable {
        public var kind: ErrorKind
        /// How many errors there are, whatever the confidence.
        public var count: Int
        /// What AP gains where they are mended, never below 0.
        public var dAP: Double
    }

    /// AP at overlap 0.5 over the classes that are there or were found, as TIDE counts them: a class that is found but
    /// never there counts as 0, so it may be below `mAP50`.
    public var ap50: Double?
    /// In the order of `ErrorKind.allCases`.
    public var costs: [Cost]
    /// What AP gains where no detection is wrong.
    public var falsePositives: Double?
    /// What AP gains where no object is missed.
    public var falseNegatives: Double?

    public subscript(kind: ErrorKind) -> Cost? { costs.first { $0.kind == kind } }

    enum CodingKeys: String, CodingKey {
        case costs
        case ap50 = "AP50"
        case falsePositives = "dAP_false_positives"
        case falseNegatives = "dAP_false_negatives"
    }
}
