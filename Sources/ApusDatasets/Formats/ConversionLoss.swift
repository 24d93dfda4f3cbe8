/// Something that a format cannot hold, and how often a conversion met it.
public struct ConversionLoss: Codable, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
        case missingImage, imageOfOtherSize, unlabelledImage, renamedImage, imageID, split, colour
        case box, looseBox, rotatedBox, outline, mask, maskAsOutline, outlineAsMask, joinedParts
        case mergedObject, coveredPixels, wholeImageLabel, secondLabel, keypoints, missingKeypoints, visibility
        case crowd, difficult, truncated, occluded, pose, annotationID
        case className, classDetails, classOrder
    }

    public var kind: Kind
    public var count: Int
    /// The first image, or class, that it happened to.
    public var example: String

    public var description: String { "\(count) × \(kind.text) (first: \(example))" }
}

extension ConversionLoss.Kind {
    /// What was done, of one.
    var text: String {
        switch self {
        case .missingImage: "image that is not there or cannot be read, left out"
        case .imageOfOtherSize: "image of another size than the first, left out"
        case .unlabelledImage: "image without a label, left out"
        case .renamedImage: "image renamed"
        case .imageID: "image number not kept"
        case .split: "image of no declared split, written as train"
        case .colour: "colour image written in grey"
        case .box: "box left out"
        case .looseBox: "box that is not the hull of its outline, not kept beside it"
        case .rotatedBox: "rotated box written as what surrounds it"
        case .outline: "outline left out"
        case .mask: "mask left out"
        case .maskAsOutline: "mask written as the outline of its pixels"
        case .outlineAsMask: "outline written as the pixels it covers"
        case .joinedParts: "outline whose parts were joined by seams"
        case .mergedObject: "object merged with others of its class"
        case .coveredPixels: "object partly covered by a later one"
        case .wholeImageLabel: "label of a whole image written as a box around it"
        case .secondLabel: "further label of an image left out"
        case .keypoints: "set of keypoints left out"
        case .missingKeypoints: "object without keypoints left out"
        case .visibility: "occluded keypoint written as visible"
        case .crowd: "crowd mark left out"
        case .difficult: "difficult mark left out"
        case .truncated: "truncated mark left out"
        case .occluded: "occluded mark left out"
        case .pose: "pose left out"
        case .annotationID: "annotation number not kept"
        case .className: "object, or class, whose name was left out"
        case .classDetails: "class whose number, group or skeleton was left out"
        case .classOrder: "order of the classes not kept"
        }
    }
}

/// Counts losses.
struct LossLedger {
    private var losses: [ConversionLoss.Kind: ConversionLoss] = [:]

    mutating func add(_ kind: ConversionLoss.Kind, _ example: String, count: Int = 1) {
        guard count > 0 else { return }
        losses[kind, default: ConversionLoss(kind: kind, count: 0, example: example)].count += count
    }

    /// Adds a flag that a format has no place for.
    mutating func add(_ flags: Annotation.Flags, _ example: String) {
        for (flag, kind) in Self.flags where flags.contains(flag) { add(kind, example) }
    }

    private static let flags: [(Annotation.Flags, ConversionLoss.Kind)] = [
        (.crowd, .crowd), (.difficult, .difficult), (.truncated, .truncated), (.occluded, .occluded),
    ]

    /// In the order of the kinds.
    var list: [ConversionLoss] { ConversionLoss.Kind.allCases.compactMap { losses[$0] } }
}
