import ApusAugmentation
import ApusVision
import CApusHDF5

/// The columns of what annotations have beside a box; a group is there where any annotation has its kind.
struct AnnotationColumns: Sendable {
    /// The groups by the names in the attribute that lists them.
    enum Group: String, CaseIterable, Codable {
        case flags, rotated, polygons, masks, keypoints
    }

    private struct Polygons {
        let boxStart, partStart: MappedColumn<Int64>
        let points: MappedColumn<Double>
    }

    private struct Masks {
        let boxStart: MappedColumn<Int64>
        let extent, runs: MappedColumn<Int32>
    }

    private struct Keypoints {
        let boxStart: MappedColumn<Int64>
        let points: MappedColumn<Double>
        let visibility: MappedColumn<UInt8>
    }

    private var flags: MappedColumn<UInt8>?
    private var rotated: MappedColumn<Double>?
    private var polygons: Polygons?
    private var masks: Masks?
    private var keypoints: Keypoints?

    init(_ file: PreparedFileReader, groups: [Group]) throws(HDF5Error) {
        for group in groups {
            switch group {
            case .flags: flags = try file.column("/boxes/flags", APUS_H5_UINT8)
            case .rotated: rotated = try file.column("/boxes/rotated", APUS_H5_FLOAT64)
            case .polygons:
                polygons = Polygons(
                    boxStart: try file.column("/polygons/box_start", APUS_H5_INT64),
                    partStart: try file.column("/polygons/part_start", APUS_H5_INT64),
                    points: try file.column("/polygons/points", APUS_H5_FLOAT64))
            case .masks:
                masks = Masks(
                    boxStart: try file.column("/masks/box_start", APUS_H5_INT64),
                    extent: try file.column("/masks/extent", APUS_H5_INT32),
                    runs: try file.column("/masks/runs", APUS_H5_INT32))
            case .keypoints:
                keypoints = Keypoints(
                    boxStart: try file.column("/keypoints/box_start", APUS_H5_INT64),
                    points: try file.column("/keypoints/points", APUS_H5_FLOAT64),
                    visibility: try file.column("/keypoints/visibility", APUS_H5_UINT8))
            }
        }
    }

    /// Whether every index lies inside and every value is one of those that there are.
    func check(boxes: Int) throws(HDF5Error) {
        let agree =
            fits(flags?.count, boxes) && fits(rotated?.count, boxes * 5) && fits(masks?.extent.count, boxes * 2)
            && starts(polygons?.boxStart, boxes, to: (polygons?.partStart.count ?? 1) - 1)
            && rises(polygons?.partStart, to: (polygons?.points.count ?? 0) / 2)
            && starts(masks?.boxStart, boxes, to: masks?.runs.count ?? 0)
            && starts(keypoints?.boxStart, boxes, to: keypoints?.visibility.count ?? 0)
            && fits(keypoints?.points.count, (keypoints?.visibility.count ?? 0) * 2)
        guard agree else { throw HDF5Error(message: "annotation columns that contradict each other") }
        if let visibility = keypoints?.visibility, (0..<visibility.count).contains(where: { visibility[$0] > 2 }) {
            throw HDF5Error(message: "a keypoint of unknown visibility")
        }
        for box in 0..<(masks == nil ? 0 : boxes) where !isMaskWhole(box) {
            throw HDF5Error(message: "the mask of box \(box) does not fill its image")
        }
    }

    private func fits(_ count: Int?, _ expected: Int) -> Bool { count == nil || count == expected }

    private func rises(_ column: MappedColumn<Int64>?, to total: Int) -> Bool { column?.rises(to: total) ?? true }

    private func starts(_ column: MappedColumn<Int64>?, _ boxes: Int, to total: Int) -> Bool {
        fits(column?.count, boxes + 1) && rises(column, to: total)
    }

    private func isMaskWhole(_ box: Int) -> Bool {
        guard let masks, !range(masks.boxStart, box).isEmpty else { return true }
        return mask(box) != nil
    }

    private func range(_ column: MappedColumn<Int64>, _ index: Int) -> Range<Int> {
        Int(column[index])..<Int(column[index + 1])
    }

    /// Adds what the columns say of a box to the annotation that the box makes.
    func complete(_ annotation: inout Annotation, box: Int) {
        if let bits = flags?[box] {
            annotation.flags = Annotation.Flags(rawValue: bits & ~Annotation.hasNoBox)
            if bits & Annotation.hasNoBox != 0 { annotation.box = nil }
        }
        if let rotated, !rotated[box * 5].isNaN {
            annotation.rotatedBox = TurnedBox(numbers: (0..<5).map { rotated[box * 5 + $0] })
        }
        annotation.region = polygon(box) ?? mask(box).map(Region.mask)
        if let keypoints {
            annotation.keypoints = range(keypoints.boxStart, box).map { index in
                Landmark(
                    point(keypoints.points, index),
                    visibility: Keypoint.Visibility(rawValue: Int(keypoints.visibility[index])) ?? .absent)
            }
        }
    }

    private func polygon(_ box: Int) -> Region? {
        guard let polygons else { return nil }
        let parts = range(polygons.boxStart, box)
        guard !parts.isEmpty else { return nil }
        return .polygons(
            parts.map { part in range(polygons.partStart, part).map { point(polygons.points, $0) } })
    }

    private func mask(_ box: Int) -> RunLengthMask? {
        guard let masks else { return nil }
        let runs = range(masks.boxStart, box)
        guard !runs.isEmpty else { return nil }
        return RunLengthMask(
            width: Int(masks.extent[box * 2]), height: Int(masks.extent[box * 2 + 1]),
            counts: runs.map { Int(masks.runs[$0]) })
    }

    private func point(_ column: MappedColumn<Double>, _ index: Int) -> Point {
        Point(column[index * 2], column[index * 2 + 1])
    }
}

// MARK: Writing

extension Annotation {
    /// Whether it has what a group of columns holds.
    func needs(_ group: AnnotationColumns.Group) -> Bool {
        switch group {
        case .flags: storedFlags & ~Flags.crowd.rawValue != 0
        case .rotated: rotatedBox != nil
        case .polygons: !outlines.isEmpty
        case .masks: runLengthMask != nil
        case .keypoints: !keypoints.isEmpty
        }
    }

    /// The outlines of its region; none where it is a mask.
    var outlines: [[Point]] {
        guard case .polygons(let parts) = region else { return [] }
        return parts
    }

    var runLengthMask: RunLengthMask? {
        guard case .mask(let mask) = region else { return nil }
        return mask
    }
}

extension [Int] {
    /// Where each part begins when parts of these lengths lie one after another, and the total.
    var starts: [Int] { reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) } }
}
