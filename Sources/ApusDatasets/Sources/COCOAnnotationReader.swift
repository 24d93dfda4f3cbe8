import ApusAugmentation
import ApusVision

/// A member of an annotation that cannot be used.
private struct COCOMemberError: Error {
    var kind: Fault.Kind
    var reason: String
}

/// Reads one annotation of a COCO file.
struct COCOAnnotationReader {
    let path: String
    let categories: [Int: AnnotationClass]
    let classes: ClassTable
    /// Of the image.
    let size: ImageSize

    /// The members as they stand.
    private struct Members {
        var id: String?
        var category: Int?
        var box = [Double?]()
        var isCrowd = false
        var segmentation = Segmentation.none
        var keypoints = [Double?]()
        var rotation: Double?
        var flags = Annotation.Flags()
        var pose: String?
    }

    private enum Segmentation {
        case none
        case polygons([[Double?]])
        case runs(width: Int, height: Int, counts: [Double?])
        case compressed(width: Int, height: Int, String)
        case malformed
    }

    /// Adds the annotation at `place`, or the reason why there is none.
    ///
    /// A segmentation or keypoints that cannot be used are left out, and reported, where a box stands beside them.
    func read(_ bytes: UnsafeRawBufferPointer, at place: COCOPlace, into labels: inout SourceLabels) {
        var cursor = JSONCursor(bytes, from: place.offset, line: place.line)
        var members = Members()
        func report(_ kind: Fault.Kind, _ message: String) {
            let text = "annotation \(members.id ?? "without id"): \(message) left out"
            labels.faults.append(Fault(kind, file: path, line: place.line, message: text))
        }
        do throws(JSONError) {
            try cursor.members { (key, cursor) throws(JSONError) in try Self.member(key, &cursor, &members) }
        } catch {
            return report(.malformedLabels, error.reason + ";")
        }
        do throws(COCOMemberError) {
            guard let label = try label(members) else { return }
            var annotation = try annotation(members, label: label) { report($0.kind, $0.reason + "; it is") }
            annotation.line = place.line
            labels.annotations.append(annotation)
        } catch {
            report(error.kind, error.reason + ";")
        }
    }

    private static func member(_ key: String, _ cursor: inout JSONCursor, _ members: inout Members) throws(JSONError) {
        switch key {
        case "id": members.id = try cursor.identifier()
        case "category_id": members.category = try cursor.integer()
        case "bbox": members.box = try cursor.numbers()
        case "iscrowd": members.isCrowd = try cursor.integer() == 1
        case "segmentation": members.segmentation = try segmentation(&cursor)
        case "keypoints": members.keypoints = try cursor.numbers()
        case "attributes":
            try cursor.members { (key, cursor) throws(JSONError) in try attribute(key, &cursor, &members) }
        default: try cursor.skip()
        }
    }

    /// What annotation tools write beside COCO's own members.
    private static func attribute(
        _ key: String, _ cursor: inout JSONCursor, _ members: inout Members
    ) throws(JSONError) {
        switch key {
        case "rotation": members.rotation = try cursor.number()
        case "pose": members.pose = try cursor.identifier()
        default:
            let isSet = try cursor.truth()
            if isSet == true, let flag = COCOFlag.flag(key) { members.flags.insert(flag) }
        }
    }

    private static func segmentation(_ cursor: inout JSONCursor) throws(JSONError) -> Segmentation {
        if cursor.nextIsArray {
            var parts = [[Double?]]()
            try cursor.array { (cursor) throws(JSONError) in parts.append(try cursor.numbers()) }
            return parts.isEmpty ? .none : .polygons(parts)
        }
        guard cursor.nextIsObject else {
            try cursor.skip()
            return .none
        }
        var size = [Double?](), counts: [Double?]?, text: String?
        try cursor.object { (key, cursor) throws(JSONError) in
            switch key {
            case "size": size = try cursor.numbers()
            case "counts" where cursor.nextIsString: text = try cursor.string()
            case "counts": counts = try cursor.numbers()
            default: try cursor.skip()
            }
        }
        let extents = size.compactMap { $0.flatMap { Int(exactly: $0) } }
        guard extents.count == 2 else { return .malformed }
        if let text { return .compressed(width: extents[1], height: extents[0], text) }
        return counts.map { .runs(width: extents[1], height: extents[0], counts: $0) } ?? .malformed
    }
}

// MARK: - Checks

extension COCOAnnotationReader {
    /// - Parameter report: told of what is left out of an annotation that is kept.
    private func annotation(
        _ members: Members, label: Int, report: (COCOMemberError) -> Void
    ) throws(COCOMemberError) -> Annotation {
        var annotation = Annotation(label: label)
        annotation.id = members.id.flatMap { Int($0) }
        (annotation.flags, annotation.pose) = (members.flags, members.pose)
        if members.isCrowd { annotation.flags.insert(.crowd) }
        do throws(COCOMemberError) { annotation.region = try region(members) } catch {
            if members.box.isEmpty { throw error }
            report(error)
        }
        do throws(COCOMemberError) { annotation.keypoints = marked(try keypoints(members)) } catch {
            if members.box.isEmpty { throw error }
            report(error)
        }
        let hasOther = annotation.region != nil || !annotation.keypoints.isEmpty
        if !members.box.isEmpty || !hasOther { annotation.box = try box(members) }
        if let rotation = members.rotation, rotation.isFinite, rotation != 0, let box = annotation.box {
            annotation.rotatedBox = TurnedBox(unrotated: box, degrees: rotation)
            annotation.box = nil
        }
        return annotation
    }

    /// `nil` where the recipe leaves the class out.
    private func label(_ members: Members) throws(COCOMemberError) -> Int? {
        guard let id = members.category else { throw COCOMemberError(kind: .malformedLabels, reason: "no category_id") }
        guard let category = categories[id] else {
            throw COCOMemberError(kind: .classOutOfRange, reason: "no category with id \(id)")
        }
        switch classes.resolve(category.name) {
        case .label(let label): return label
        case .dropped: return nil
        case .unknown(let reason): throw COCOMemberError(kind: .classOutOfRange, reason: "category \(reason)")
        }
    }

    private func box(_ members: Members) throws(COCOMemberError) -> AnnotatedBox {
        let edges = members.box.compactMap { $0 }
        guard edges.count == 4, members.box.count == 4 else {
            throw COCOMemberError(kind: .malformedLabels, reason: "no bbox of 4 numbers")
        }
        guard edges.allSatisfy(\.isFinite) else {
            let text = edges.map { "\($0)" }.joined(separator: ", ")
            throw COCOMemberError(kind: .nonFiniteLabel, reason: "bbox is [\(text)]")
        }
        return AnnotatedBox(minX: edges[0], minY: edges[1], maxX: edges[0] + edges[2], maxY: edges[1] + edges[3])
    }

    private func keypoints(_ members: Members) throws(COCOMemberError) -> [Landmark] {
        let values = members.keypoints.compactMap { $0 }
        guard values.count == members.keypoints.count, values.count % 3 == 0 else {
            throw COCOMemberError(kind: .malformedLabels, reason: "keypoints that are not x, y, v for each")
        }
        return try stride(from: 0, to: values.count, by: 3).map { (index) throws(COCOMemberError) in
            guard values[index].isFinite, values[index + 1].isFinite else {
                throw COCOMemberError(kind: .nonFiniteLabel, reason: "a keypoint that is not finite")
            }
            guard let visibility = Int(exactly: values[index + 2]).flatMap(Keypoint.Visibility.init) else {
                throw COCOMemberError(
                    kind: .malformedLabels, reason: "a keypoint of visibility \(values[index + 2])")
            }
            return Landmark(Point(values[index], values[index + 1]), visibility: visibility)
        }
    }

    private func region(_ members: Members) throws(COCOMemberError) -> Region? {
        switch members.segmentation {
        case .none: return nil
        case .malformed:
            throw COCOMemberError(kind: .malformedLabels, reason: "a segmentation without size and counts")
        case .polygons(let parts):
            return .polygons(try parts.map { (part) throws(COCOMemberError) in try polygon(part) })
        case .runs(let width, let height, let counts):
            let runs = counts.compactMap { $0.flatMap { Int(exactly: $0) } }
            return try mask(
                runs.count == counts.count ? RunLengthMask(width: width, height: height, counts: runs) : nil)
        case .compressed(let width, let height, let text):
            return try mask(RunLengthMask(width: width, height: height, compressed: text))
        }
    }

    private func polygon(_ part: [Double?]) throws(COCOMemberError) -> [Point] {
        let values = part.compactMap { $0 }
        guard values.count == part.count, values.count >= 6, values.count % 2 == 0 else {
            throw COCOMemberError(kind: .malformedLabels, reason: "a polygon of \(part.count) numbers")
        }
        guard values.allSatisfy(\.isFinite) else {
            throw COCOMemberError(kind: .nonFiniteLabel, reason: "a polygon that is not finite")
        }
        return stride(from: 0, to: values.count, by: 2).map { Point(values[$0], values[$0 + 1]) }
    }

    private func mask(_ mask: RunLengthMask?) throws(COCOMemberError) -> Region {
        guard let mask else {
            throw COCOMemberError(kind: .malformedLabels, reason: "a mask whose runs do not fill its size")
        }
        guard mask.width == size.width, mask.height == size.height else {
            throw COCOMemberError(
                kind: .malformedLabels, reason: "a mask of \(mask.width)×\(mask.height) for an image of \(size)")
        }
        return .mask(mask)
    }
}

/// The names of flags among an annotation's attributes.
enum COCOFlag {
    static let names: [(String, Annotation.Flags)] = [
        ("difficult", .difficult), ("truncated", .truncated), ("occluded", .occluded),
    ]

    static func flag(_ name: String) -> Annotation.Flags? { names.first { $0.0 == name }?.1 }
}

extension JSONCursor {
    /// true, false, or a number that is 0 or not; `nil` where something else stands here.
    fileprivate mutating func truth() throws(JSONError) -> Bool? {
        if let word = try word() { return word == "true" ? true : word == "false" ? false : nil }
        return try number().map { $0 != 0 }
    }
}
