import CApusHDF5

/// Writes the columns of a version's labels, a piece at a time: what they take in memory does not grow with them.
struct LabelColumnWriter {
    private let file: HDF5File
    /// Of the images' blocks, in the order of the images.
    private let places: [SpillFile.Place]
    private let spill: SpillFile
    private let groups: [AnnotationColumns.Group]
    /// Bytes by part.
    private let lengths: [Int]

    init(file: HDF5File, places: [SpillFile.Place], spill: SpillFile) throws(WriteFailure) {
        (self.file, self.places, self.spill) = (file, places, spill)
        var found = Set<AnnotationColumns.Group>(), lengths = [Int](repeating: 0, count: LabelPart.allCases.count)
        for place in places {
            let header = SpillFile.Place(offset: place.offset, count: LabelBlock.headerBytes)
            let block = LabelBlock(bytes: try WriteFailure.wrap { () throws(DatasetError) in try spill.read(header) })
            found.formUnion(block.groups)
            for part in LabelPart.allCases { lengths[part.rawValue] += block.length(part) }
        }
        (groups, self.lengths) = (AnnotationColumns.Group.allCases.filter(found.contains), lengths)
    }

    func write() throws(WriteFailure) {
        try starts(PreparedFormat.Path.boxStart, count: places.count) { [Int32($0.boxCount)] }
        try column(PreparedFormat.Path.xyxy, APUS_H5_FLOAT32, .edges, width: 4)
        try column(PreparedFormat.Path.label, APUS_H5_INT32, .label)
        try column(PreparedFormat.Path.isCrowd, APUS_H5_UINT8, .isCrowd)
        guard !groups.isEmpty else { return }
        let list = PreparationJSON.text(groups, pretty: false)
        try WriteFailure.wrap { () throws(HDF5Error) in try file.set(PreparedFormat.Attribute.annotations, to: list) }
        for group in groups { try write(group) }
    }

    private func write(_ group: AnnotationColumns.Group) throws(WriteFailure) {
        switch group {
        case .flags: try column("/boxes/flags", APUS_H5_UINT8, .flags)
        case .rotated: try column("/boxes/rotated", APUS_H5_FLOAT64, .rotated, width: 5)
        case .polygons:
            try starts("/polygons/box_start", .outlineCounts)
            try starts("/polygons/part_start", .pointCounts)
            try column("/polygons/points", APUS_H5_FLOAT64, .points, width: 2)
        case .masks:
            try starts("/masks/box_start", .runCounts)
            try column("/masks/extent", APUS_H5_INT32, .extents, width: 2)
            try column("/masks/runs", APUS_H5_INT32, .runs)
        case .keypoints:
            try starts("/keypoints/box_start", .keypointCounts)
            try column("/keypoints/points", APUS_H5_FLOAT64, .keypoints, width: 2)
            try column("/keypoints/visibility", APUS_H5_UINT8, .visibility)
        }
    }

    private func column(
        _ name: String, _ type: apus_h5_type, _ part: LabelPart, width: Int = 1
    ) throws(WriteFailure) {
        let rowBytes = width * type.byteCount
        var column = try PiecewiseColumn(file, name, type, rows: lengths[part.rawValue] / rowBytes, width: width)
        for place in places {
            let block = try read(place)
            try column.add(block.bytes[block.range(part)])
        }
        try column.finish()
    }

    /// Where the parts of each length begin, and where the last ends.
    private func starts(_ name: String, _ part: LabelPart) throws(WriteFailure) {
        try starts(name, count: lengths[part.rawValue] / 4) { $0.values(part) }
    }

    private func starts(
        _ name: String, count: Int, of lengths: (LabelBlock) -> [Int32]
    ) throws(WriteFailure) {
        var column = try PiecewiseColumn(file, name, APUS_H5_INT64, rows: count + 1, width: 1)
        var start: Int64 = 0
        try column.add(start)
        for place in places {
            for length in lengths(try read(place)) {
                start += Int64(length)
                try column.add(start)
            }
        }
        try column.finish()
    }

    private func read(_ place: SpillFile.Place) throws(WriteFailure) -> LabelBlock {
        LabelBlock(bytes: try WriteFailure.wrap { () throws(DatasetError) in try spill.read(place) })
    }
}

/// A dataset whose rows come one after another.
private struct PiecewiseColumn {
    private let file: HDF5File
    private let name: String
    private let rowBytes: Int
    private var start = 0
    private var waiting: [UInt8] = []

    private static let pieceBytes = 1 << 20

    init(_ file: HDF5File, _ name: String, _ type: apus_h5_type, rows: Int, width: Int) throws(WriteFailure) {
        (self.file, self.name, rowBytes) = (file, name, width * type.byteCount)
        try WriteFailure.wrap { () throws(HDF5Error) in
            try file.add(name, type: type, dimensions: width == 1 ? [rows] : [rows, width])
        }
    }

    /// Adds whole rows.
    mutating func add(_ rows: ArraySlice<UInt8>) throws(WriteFailure) {
        waiting += rows
        if waiting.count >= Self.pieceBytes { try finish() }
    }

    mutating func add(_ value: Int64) throws(WriteFailure) {
        withUnsafeBytes(of: value.littleEndian) { waiting.append(contentsOf: $0) }
        if waiting.count >= Self.pieceBytes { try finish() }
    }

    mutating func finish() throws(WriteFailure) {
        let (rows, piece, place) = (waiting.count / rowBytes, waiting, start)
        try WriteFailure.wrap { () throws(HDF5Error) in try file.write(piece, to: name, start: place, rows: rows) }
        start += rows
        waiting.removeAll(keepingCapacity: true)
    }
}

extension apus_h5_type {
    /// Of one element; texts have their own.
    fileprivate var byteCount: Int {
        switch self {
        case APUS_H5_INT32, APUS_H5_FLOAT32: 4
        case APUS_H5_INT64, APUS_H5_UINT64, APUS_H5_FLOAT64: 8
        default: 1
        }
    }
}
