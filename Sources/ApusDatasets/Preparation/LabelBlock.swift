import ApusAugmentation
import ApusVision

/// The parts of an image's labels, each as a version's columns hold it: a column is the blocks' parts end to end.
enum LabelPart: Int, CaseIterable {
    case edges, label, isCrowd, flags, rotated
    /// How many outlines a box has, and how many points an outline.
    case outlineCounts, pointCounts, points
    case runCounts, extents, runs
    case keypointCounts, keypoints, visibility
}

/// The labels of one image as one piece of bytes: how long each part is, which groups it needs, and the parts.
struct LabelBlock {
    let bytes: [UInt8]

    /// A length for each part, then the groups as bits.
    private static let headerCount = LabelPart.allCases.count + 1
    static let headerBytes = headerCount * 4

    /// - Parameter bytes: those of a block, or at least its header.
    init(bytes: [UInt8]) { self.bytes = bytes }

    /// - Parameter annotations: one for each box.
    init(_ boxes: [LabeledBox], _ annotations: [Annotation]) {
        var parts = LabelParts()
        for box in boxes { parts.add(box) }
        for annotation in annotations { parts.add(annotation) }
        bytes = parts.bytes
    }

    private func header(_ index: Int) -> Int {
        bytes.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: index * 4, as: Int32.self)) }
    }

    /// Bytes of a part.
    func length(_ part: LabelPart) -> Int { header(part.rawValue) }

    var boxCount: Int { length(.label) / 4 }

    /// What any of its annotations has beside a box.
    var groups: Set<AnnotationColumns.Group> {
        let bits = header(Self.headerCount - 1)
        return Set(AnnotationColumns.Group.allCases.enumerated().filter { bits >> $0.offset & 1 != 0 }.map(\.element))
    }

    func range(_ part: LabelPart) -> Range<Int> {
        let start = (0..<part.rawValue).reduce(Self.headerBytes) { $0 + header($1) }
        return start..<start + length(part)
    }

    func values<Element: BitwiseCopyable>(_ part: LabelPart, as type: Element.Type = Element.self) -> [Element] {
        let range = range(part), size = MemoryLayout<Element>.size
        return bytes.withUnsafeBytes { bytes in
            stride(from: range.lowerBound, to: range.upperBound, by: size).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: type)
            }
        }
    }

    var labels: [Int] { values(.label, as: Int32.self).map(Int.init) }

    var boxes: [LabeledBox] {
        let edges = values(.edges, as: Float.self), isCrowd = values(.isCrowd, as: UInt8.self)
        return labels.enumerated().map { index, label in
            let corner = index * 4
            let box = BoundingBox(
                minX: edges[corner], minY: edges[corner + 1], maxX: edges[corner + 2], maxY: edges[corner + 3])
            return LabeledBox(box, label: label, isCrowd: isCrowd[index] != 0)
        }
    }

    /// One for each box, as they are kept.
    var annotations: [Annotation] {
        var reader = LabelPartReader(self)
        return boxes.map { reader.next(after: $0) }
    }
}

/// Gathers the parts of a block.
private struct LabelParts {
    private var parts = [[UInt8]](repeating: [], count: LabelPart.allCases.count)
    private var groups: Int32 = 0

    private mutating func add<Value: BitwiseCopyable>(_ value: Value, to part: LabelPart) {
        withUnsafeBytes(of: value) { parts[part.rawValue].append(contentsOf: $0) }
    }

    mutating func add(_ box: LabeledBox) {
        for edge in [box.box.minX, box.box.minY, box.box.maxX, box.box.maxY] { add(edge, to: .edges) }
        add(Int32(box.label), to: .label)
        add(box.isCrowd ? 1 as UInt8 : 0, to: .isCrowd)
    }

    mutating func add(_ annotation: Annotation) {
        for (index, group) in AnnotationColumns.Group.allCases.enumerated() where annotation.needs(group) {
            groups |= 1 << Int32(index)
        }
        add(annotation.storedFlags, to: .flags)
        for number in annotation.rotatedBox?.numbers ?? Array(repeating: .nan, count: 5) { add(number, to: .rotated) }
        add(annotation.outlines)
        add(annotation.runLengthMask)
        add(Int32(annotation.keypoints.count), to: .keypointCounts)
        for point in annotation.keypoints {
            add(point.position, to: .keypoints)
            add(UInt8(point.visibility.rawValue), to: .visibility)
        }
    }

    private mutating func add(_ outlines: [[Point]]) {
        add(Int32(outlines.count), to: .outlineCounts)
        for outline in outlines {
            add(Int32(outline.count), to: .pointCounts)
            for point in outline { add(point, to: .points) }
        }
    }

    private mutating func add(_ mask: RunLengthMask?) {
        add(Int32(mask?.counts.count ?? 0), to: .runCounts)
        add(Int32(mask?.width ?? 0), to: .extents)
        add(Int32(mask?.height ?? 0), to: .extents)
        for run in mask?.counts ?? [] { add(Int32(run), to: .runs) }
    }

    private mutating func add(_ point: Point, to part: LabelPart) {
        add(point.x, to: part)
        add(point.y, to: part)
    }

    var bytes: [UInt8] {
        var bytes = [UInt8]()
        bytes.reserveCapacity(LabelBlock.headerBytes + parts.reduce(0) { $0 + $1.count })
        for length in parts.map({ Int32($0.count) }) + [groups] {
            withUnsafeBytes(of: length) { bytes.append(contentsOf: $0) }
        }
        for part in parts { bytes += part }
        return bytes
    }
}

/// Reads the annotations of a block one after another.
private struct LabelPartReader {
    private let flags: [UInt8], visibility: [UInt8]
    private let rotated: [Double]
    private let points: [Double], keypoints: [Double]
    private let outlineCounts, pointCounts, runCounts, extents, runs, keypointCounts: [Int32]
    private var box = 0, outline = 0, point = 0, run = 0, keypoint = 0

    init(_ block: LabelBlock) {
        (flags, visibility) = (block.values(.flags), block.values(.visibility))
        (rotated, points, keypoints) = (block.values(.rotated), block.values(.points), block.values(.keypoints))
        (outlineCounts, pointCounts) = (block.values(.outlineCounts), block.values(.pointCounts))
        (runCounts, extents, runs) = (block.values(.runCounts), block.values(.extents), block.values(.runs))
        keypointCounts = block.values(.keypointCounts)
    }

    mutating func next(after labeled: LabeledBox) -> Annotation {
        defer { box += 1 }
        var annotation = Annotation(label: labeled.label)
        annotation.flags = Annotation.Flags(rawValue: flags[box] & ~Annotation.hasNoBox)
        if flags[box] & Annotation.hasNoBox == 0 { annotation.box = AnnotatedBox(labeled.box) }
        if !rotated[box * 5].isNaN { annotation.rotatedBox = TurnedBox(numbers: Array(rotated[box * 5..<box * 5 + 5])) }
        annotation.region = nextOutlines() ?? nextMask()
        annotation.keypoints = (0..<Int(keypointCounts[box])).map { _ in nextKeypoint() }
        return annotation
    }

    private mutating func nextOutlines() -> Region? {
        guard outlineCounts[box] > 0 else { return nil }
        let outlines = (0..<Int(outlineCounts[box])).map { _ in
            defer { outline += 1 }
            return (0..<Int(pointCounts[outline])).map { _ in
                defer { point += 1 }
                return Point(points[point * 2], points[point * 2 + 1])
            }
        }
        return .polygons(outlines)
    }

    private mutating func nextMask() -> Region? {
        guard runCounts[box] > 0 else { return nil }
        defer { run += Int(runCounts[box]) }
        let counts = runs[run..<run + Int(runCounts[box])].map(Int.init)
        return RunLengthMask(width: Int(extents[box * 2]), height: Int(extents[box * 2 + 1]), counts: counts)
            .map(Region.mask)
    }

    private mutating func nextKeypoint() -> Landmark {
        defer { keypoint += 1 }
        return Landmark(
            Point(keypoints[keypoint * 2], keypoints[keypoint * 2 + 1]),
            visibility: Keypoint.Visibility(rawValue: Int(visibility[keypoint])) ?? .absent)
    }
}
