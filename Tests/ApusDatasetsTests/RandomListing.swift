import ApusAugmentation
import ApusCore
import ApusVision
import Glibc

@testable import ApusDatasets

/// A dataset of random images with random annotations of some kinds.
struct RandomListing {
    enum Kind {
        case boxes, polygons, onePolygon, masks, classMasks, keypoints, onlyKeypoints, rotated, flags, crowd, ids,
            labels
    }

    let kinds: Set<Kind>
    let seed: UInt64
    var isGrey = false
    /// Below the folder of the split.
    var folder = "some dir/"

    private static let (width, height) = (40, 30)

    func listing() -> SourceListing {
        var stream = RandomStream(seed: seed)
        let samples = (0..<12).map { sample($0, using: &stream) }
        return SourceListing(classes: classes, samples: samples, faults: [])
    }

    private var classes: [AnnotationClass] {
        (kinds.contains(.onlyKeypoints) ? ["animal"] : ["zebra", "cat", "dog & co"]).map { name in
            var kind = AnnotationClass(name)
            if !kinds.isDisjoint(with: [.keypoints, .onlyKeypoints]) {
                kind.keypoints = ["nose", "tail", "left, paw"]
            }
            return kind
        }
    }

    private func sample(_ index: Int, using stream: inout RandomStream) -> SourceSample {
        let split = Split.allCases[index % 3]
        var image = testImage(index + 1000 * Int(seed), width: Self.width, height: Self.height)
        if isGrey { image = Image(width: 40, height: 30, channels: 1, pixels: Array(image.pixels.prefix(1200))) }
        let bytes = image.pngData()
        let isWhole = kinds.contains(.labels)
        let count = isWhole ? 1 : stream.integer(in: 0...4)
        var annotations = [Annotation]()
        if kinds.contains(.classMasks) {
            annotations = classMasks(using: &stream)
        } else {
            for _ in 0..<count { annotations.append(annotation(using: &stream)) }
        }
        if kinds.contains(.ids) {
            for place in annotations.indices { annotations[place].id = 1000 + index * 10 - place }
        }
        // A format that has one folder a class names its images so.
        let folder = isWhole ? FolderWriter.folderName(classes[annotations[0].label].name) + "/" : self.folder
        let name = folder + "\(index),x.png"
        let labels = SourceLabels(annotations: annotations)
        return SourceSample(
            name: split.rawValue + "/" + name, shortName: name, id: kinds.contains(.ids) ? 500 - index : nil,
            content: .generated { GeneratedSample(bytes: bytes, labels: labels) }, split: split, labelFile: name)
    }

    private func annotation(using stream: inout RandomStream) -> Annotation {
        var annotation = Annotation(label: stream.integer(in: 0...classes.count - 1))
        let point = { (stream: inout RandomStream) in
            Point(Double(stream.uniform()) * 40, Double(stream.uniform()) * 30)
        }
        if kinds.contains(.labels) { return annotation }
        if kinds.contains(.onlyKeypoints) {
            annotation.keypoints = landmarks(using: &stream, occluded: false)
            return annotation
        }
        if kinds.contains(.boxes) {
            annotation.box = AnnotatedBox(around: [point(&stream), point(&stream)])
        }
        if kinds.contains(.onePolygon) { annotation.region = .polygons([polygon(using: &stream)]) }
        if kinds.contains(.polygons), stream.uniform() < 0.5 {
            annotation.region = .polygons((0..<stream.integer(in: 1...3)).map { _ in polygon(using: &stream) })
        }
        if kinds.contains(.masks), annotation.region == nil { annotation.region = .mask(mask(using: &stream)) }
        if kinds.contains(.keypoints), stream.uniform() < 0.7 {
            annotation.keypoints = landmarks(using: &stream, occluded: true)
        }
        if kinds.contains(.flags) {
            for flag in [Annotation.Flags.difficult, .truncated, .occluded] where stream.uniform() < 0.5 {
                annotation.flags.insert(flag)
            }
            annotation.pose = stream.uniform() < 0.5 ? "Left <&>" : nil
        }
        if kinds.contains(.crowd), stream.uniform() < 0.5 { annotation.flags.insert(.crowd) }
        if kinds.contains(.rotated), stream.uniform() < 0.5 {
            annotation.box = nil
            annotation.rotatedBox = TurnedBox(
                center: point(&stream), size: SIMD2(5, 9), angle: Double(stream.uniform(in: 0.1...3)))
        }
        return annotation
    }

    private func polygon(using stream: inout RandomStream) -> [Point] {
        (0..<stream.integer(in: 3...7)).map { _ in
            Point(Double(stream.uniform()) * 40, Double(stream.uniform()) * 30)
        }
    }

    /// Points that are not marked lie at the origin.
    private func landmarks(using stream: inout RandomStream, occluded: Bool) -> [Landmark] {
        let first = Landmark(Point(Double(stream.uniform()) * 40, 3.25))
        return [first]
            + (0..<2).map { _ in
                let visibility = Keypoint.Visibility(rawValue: stream.integer(in: 0...2)) ?? .visible
                guard visibility != .absent else { return Landmark(.zero, visibility: .absent) }
                return Landmark(
                    Point(Double(stream.uniform()) * 40, Double(stream.uniform()) * 30),
                    visibility: occluded ? visibility : .visible)
            }
    }

    private func mask(using stream: inout RandomStream) -> RunLengthMask {
        var mask = Mask(width: Self.width, height: Self.height)
        for _ in 0..<stream.integer(in: 1...3) {
            let (x, y) = (stream.integer(in: 0...34), stream.integer(in: 0...24))
            for row in y..<y + 6 {
                for column in x..<x + 6 where stream.uniform() < 0.8 { mask[column, row] = true }
            }
        }
        mask[20, 15] = true
        return RunLengthMask(mask)
    }

    /// At most one mask a class, without overlaps, in the order of the classes.
    private func classMasks(using stream: inout RandomStream) -> [Annotation] {
        var masks = (0..<3).map { _ in Mask(width: Self.width, height: Self.height) }
        for pixel in 0..<1200 where stream.uniform() < 0.7 {
            masks[stream.integer(in: 0...2)].bits[pixel] = true
        }
        return masks.enumerated().map { label, mask in
            var annotation = Annotation(label: label)
            annotation.region = .mask(RunLengthMask(mask))
            return annotation
        }
    }
}

extension SourceSample {
    var generated: GeneratedSample? { if case .generated(let make) = content { make() } else { nil } }

    /// Its annotations, with the classes by name.
    func annotations(_ classes: [AnnotationClass]) -> [Annotation] {
        let size = ImageSize(width: 40, height: 30)
        return (generated?.labels ?? labels(size)).annotations.map { annotation in
            var annotation = annotation
            if !annotation.isWholeImage, annotation.rotatedBox == nil { annotation.box = annotation.bounds(in: size) }
            annotation.line = nil
            return annotation
        }
    }
}

extension SourceListing {
    /// The annotations of each image, their labels counted by class name.
    func byName(ignoringNames: Bool) -> [String: [Annotation]] {
        let names = classNames.sorted()
        var result = [String: [Annotation]]()
        var counts = [Split: Int]()
        for sample in samples {
            let split = sample.split ?? .train
            let name = ignoringNames ? "\(counts[split, default: 0])" : sample.nameInSplit
            counts[split, default: 0] += 1
            result["\(split.rawValue)/\(name)"] = sample.annotations(classes).map { annotation in
                var annotation = annotation
                if !ignoringNames { annotation.label = names.firstIndex(of: classNames[annotation.label]) ?? -1 }
                return annotation
            }
        }
        return result
    }
}

extension Annotation {
    /// Equal but for 1e-8 pixels and radians.
    func isNear(_ other: Annotation) -> Bool {
        let numbersAreNear = zip(numbers, other.numbers).allSatisfy { abs($0 - $1) < 1e-8 }
        return label == other.label && flags == other.flags && pose == other.pose && id == other.id
            && maskCounts == other.maskCounts && numbers.count == other.numbers.count && numbersAreNear
            && keypoints.map(\.visibility) == other.keypoints.map(\.visibility)
    }

    private var maskCounts: RunLengthMask? { if case .mask(let mask) = region { mask } else { nil } }

    private var numbers: [Double] {
        var numbers = box?.edges ?? []
        if let rotatedBox {
            numbers += [
                rotatedBox.center.x, rotatedBox.center.y, rotatedBox.size.x, rotatedBox.size.y, rotatedBox.angle,
            ]
        }
        if case .polygons(let parts) = region { numbers += parts.joined().flatMap { [$0.x, $0.y] } }
        return numbers + keypoints.flatMap { [$0.position.x, $0.position.y] }
    }
}

/// The files below a folder.
func filesBelow(_ folder: String) throws -> [String] {
    try FileSystem.names(in: folder).flatMap { name -> [String] in
        let path = folder + "/" + name
        return FileSystem.isFolder(path) ? try filesBelow(path).map { name + "/" + $0 } : [name]
    }
}
