import ApusAugmentation
import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

/// COCO's JSON: `images/SPLIT/NAME` and `annotations/instances_SPLIT.json`; without splits `images/NAME` and
/// `annotations/instances.json`.
///
/// Numbers of images and annotations stay where the source has them. What COCO has no member for stands in
/// `attributes`, as annotation tools write it.
final class COCOWriter: DatasetWriter {
    let naming = OutputNaming(ignoresExtension: false)
    private let folder: String
    private let classes: [AnnotationClass]
    private let categoryIDs: [Int]
    private var parts: [Split?: COCOPart] = [:]

    init(folder: String, classes: [AnnotationClass]) {
        (self.folder, self.classes) = (folder, classes)
        categoryIDs = Self.categoryIDs(classes)
    }

    /// The source's numbers where they rise with the classes, whose order they give, else 1, 2, 3, ….
    private static func categoryIDs(_ classes: [AnnotationClass]) -> [Int] {
        let ids = classes.compactMap(\.id)
        let rises = zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }
        return rises && ids.count == classes.count ? ids : Array(1..<classes.count + 1)
    }

    func write(
        _ image: OutputImage, pixels: () -> Image?, losses: inout LossLedger
    ) throws(DatasetError) -> Bool {
        let part = try part(for: image.split)
        let imageID = part.imageIDs.take(image.id)
        if let id = image.id, id != imageID { losses.add(.imageID, image.sourceName) }
        try part.add(
            image: "{\"id\":\(imageID),\"file_name\":\(image.name.quotedAsJSON),"
                + "\"width\":\(image.size.width),\"height\":\(image.size.height)}")
        for annotation in image.annotations {
            let id = part.annotationIDs.take(annotation.id)
            if let old = annotation.id, old != id { losses.add(.annotationID, image.sourceName) }
            if annotation.isWholeImage { losses.add(.wholeImageLabel, image.sourceName) }
            try part.add(annotation: text(annotation, id: id, imageID: imageID, image: image))
        }
        return true
    }

    func finish(losses: inout LossLedger) throws(DatasetError) {
        if parts.isEmpty { parts[nil] = try COCOPart(path(of: nil)) }
        for part in parts.values { try part.finish(categories: classes.indices.map(category)) }
        for (kind, id) in zip(classes, categoryIDs) where !kind.mirrored.isEmpty || kind.id ?? id != id {
            losses.add(.classDetails, kind.name)
        }
    }

    private func part(for split: Split?) throws(DatasetError) -> COCOPart {
        if let part = parts[split] { return part }
        let part = try COCOPart(path(of: split))
        parts[split] = part
        return part
    }

    private func path(of split: Split?) -> String {
        folder + "/annotations/instances" + (split.map { "_" + $0.rawValue } ?? "") + ".json"
    }

    private func category(_ index: Int) -> String {
        let kind = classes[index]
        var members = ["\"id\":\(categoryIDs[index])", "\"name\":\(kind.name.quotedAsJSON)"]
        if let group = kind.group { members.append("\"supercategory\":\(group.quotedAsJSON)") }
        if !kind.keypoints.isEmpty {
            members.append("\"keypoints\":\(JSONText.list(kind.keypoints.map(\.quotedAsJSON)))")
            members.append("\"skeleton\":\(JSONText.list(kind.skeleton.map { "[\($0.x + 1),\($0.y + 1)]" }))")
        }
        return "{" + members.joined(separator: ",") + "}"
    }
}

// MARK: - Annotations

extension COCOWriter {
    private func text(_ annotation: Annotation, id: Int, imageID: Int, image: OutputImage) -> String {
        let box = annotation.rotatedBox?.unrotated ?? annotation.bounds(in: image.size)
        let edges = [box.minX, box.minY, box.width, box.height].map(roundedPixels)
        let area = annotation.region?.writtenArea ?? max(edges[2], 0) * max(edges[3], 0)
        let isCrowd = annotation.flags.contains(.crowd)
        var members = [
            "\"id\":\(id)", "\"image_id\":\(imageID)", "\"category_id\":\(categoryIDs[annotation.label])",
            "\"bbox\":\(JSONText.list(edges.map(pixelText)))", "\"area\":\(pixelText(area))",
            "\"iscrowd\":\(isCrowd ? 1 : 0)",
        ]
        if let region = annotation.region { members.append("\"segmentation\":\(Self.text(region, isCrowd: isCrowd))") }
        if let points = keypoints(of: annotation) {
            let values = points.flatMap {
                [pixelText($0.position.x), pixelText($0.position.y), "\($0.visibility.rawValue)"]
            }
            members.append("\"keypoints\":\(JSONText.list(values))")
            members.append("\"num_keypoints\":\(points.count { $0.visibility != .absent })")
        }
        let attributes = Self.attributes(of: annotation)
        if !attributes.isEmpty { members.append("\"attributes\":{\(attributes.joined(separator: ","))}") }
        return "{" + members.joined(separator: ",") + "}"
    }

    /// Every object of a class with keypoints has them, absent ones where nothing is marked.
    private func keypoints(of annotation: Annotation) -> [Landmark]? {
        guard annotation.keypoints.isEmpty else { return annotation.keypoints }
        let count = classes[annotation.label].keypoints.count
        return count > 0 ? [Landmark](repeating: Landmark(.zero, visibility: .absent), count: count) : nil
    }

    /// Crowds as plain runs, objects as compressed ones, as COCO has them.
    private static func text(_ region: Region, isCrowd: Bool) -> String {
        switch region {
        case .polygons(let parts):
            return JSONText.list(
                parts.map { part in JSONText.list(part.flatMap { [pixelText($0.x), pixelText($0.y)] }) })
        case .mask(let mask):
            let counts = isCrowd ? JSONText.list(mask.counts.map(String.init)) : mask.compressed.quotedAsJSON
            return "{\"size\":[\(mask.height),\(mask.width)],\"counts\":\(counts)}"
        }
    }

    private static func attributes(of annotation: Annotation) -> [String] {
        var attributes = COCOFlag.names.compactMap { name, flag in
            annotation.flags.contains(flag) ? "\"\(name)\":true" : nil
        }
        if let box = annotation.rotatedBox { attributes.append("\"rotation\":\(fractionText(box.angle * 180 / .pi))") }
        if let pose = annotation.pose { attributes.append("\"pose\":\(pose.quotedAsJSON)") }
        return attributes
    }
}

extension Region {
    /// The area of what is written, so that the file says of itself what is true.
    fileprivate var writtenArea: Double {
        guard case .polygons(let parts) = self else { return area }
        let written = parts.map { part in part.map { Point(roundedPixels($0.x), roundedPixels($0.y)) } }
        return Region.polygons(written).area
    }
}

/// Numbers that differ: those that are asked for where they are free.
struct NumberPool {
    private var taken = Set<Int>()
    private var next = 1

    mutating func take(_ wanted: Int?) -> Int {
        let number = wanted.flatMap { taken.contains($0) ? nil : $0 } ?? next
        taken.insert(number)
        next = max(next, number == .max ? 1 : number + 1)
        while taken.contains(next) { next += 1 }
        return number
    }
}

/// One annotation file: its images and its annotations grow side by side and are joined at the end.
private final class COCOPart {
    private let path: String
    private let images, annotations: OutputFile
    private var hasImages = false, hasAnnotations = false
    var imageIDs = NumberPool()
    var annotationIDs = NumberPool()

    init(_ path: String) throws(DatasetError) {
        self.path = path
        images = try OutputFile(path + ".images.tmp")
        annotations = try OutputFile(path + ".annotations.tmp")
    }

    func add(image: String) throws(DatasetError) {
        try images.write((hasImages ? ",\n" : "") + image)
        hasImages = true
    }

    func add(annotation: String) throws(DatasetError) {
        try annotations.write((hasAnnotations ? ",\n" : "") + annotation)
        hasAnnotations = true
    }

    func finish(categories: [String]) throws(DatasetError) {
        try images.close()
        try annotations.close()
        let file = try OutputFile(path)
        try file.write("{\"categories\":[\n" + categories.joined(separator: ",\n") + "\n],\"images\":[\n")
        try file.append(contentsOf: images.path)
        try file.write("\n],\"annotations\":[\n")
        try file.append(contentsOf: annotations.path)
        try file.write("\n]}\n")
        try file.close()
        unlink(images.path)
        unlink(annotations.path)
    }
}
