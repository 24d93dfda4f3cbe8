import ApusAugmentation
import ApusConfiguration
import ApusCore
import ApusVision
import Glibc
import Testing

@testable import ApusDatasets

/// Random annotations of the kinds that a format holds: written and read again, they are equal.
@Suite struct RoundTripTests {
    static let kinds: [(SourceFormat, Set<RandomListing.Kind>)] = [
        (.coco, [.boxes, .polygons, .masks, .keypoints, .rotated, .flags, .crowd, .ids]),
        (.voc, [.boxes, .rotated, .flags]),
        (.yolo, [.boxes]), (.yolo, [.onePolygon]), (.yolo, [.boxes, .keypoints]),
        (.csv, [.boxes]), (.csv, [.labels]),
        (.folders, [.labels]), (.keypoints, [.onlyKeypoints]), (.masks, [.classMasks]), (.idx, [.labels]),
    ]

    @Test(arguments: kinds.indices, [1, 2, 3])
    func `what a format can hold comes back equal`(index: Int, seed: Int) throws {
        let (format, kinds) = Self.kinds[index]
        let folder = try TemporaryFolder()
        let random = RandomListing(
            kinds: kinds, seed: UInt64(seed), isGrey: format == .idx, folder: format == .voc ? "some " : "some dir/")
        let listing = random.listing()
        let output = folder.path + "/out"
        let result = try DatasetConversion.write(listing, to: format, output: output, threads: 2)
        #expect(result.images == listing.samples.count)
        let allowed: Set<ConversionLoss.Kind> = format == .idx ? [.renamedImage] : []
        #expect(Set(result.losses.map(\.kind)).subtracting(allowed) == [], "\(result.losses)")
        let copy = try NamedDataset(output)
        #expect(copy.description.source.format == format)
        let read = try copy.listing(threads: 2)
        #expect(read.faults == [])
        #expect(read.classNames == listing.classNames)
        try expectEqual(read, listing, ignoringNames: format == .idx)
    }

    @Test(arguments: [SourceFormat.coco, .voc, .yolo, .csv])
    func `a second conversion changes nothing`(format: SourceFormat) throws {
        let folder = try TemporaryFolder()
        let listing = RandomListing(kinds: [.boxes], seed: 7, folder: "").listing()
        _ = try DatasetConversion.write(listing, to: format, output: folder.path + "/a", threads: 1)
        let second = try DatasetConversion.run(
            NamedDataset(folder.path + "/a"), to: format, output: folder.path + "/b", threads: 2)
        #expect(second.losses == [])
        for name in try filesBelow(folder.path + "/a") {
            #expect(try FileSystem.read(folder.path + "/a/" + name) == FileSystem.read(folder.path + "/b/" + name))
        }
    }

    @Test(arguments: SourceFormat.allCases)
    func `images survive byte for byte`(format: SourceFormat) throws {
        guard format != .idx else { return }
        let folder = try TemporaryFolder()
        let kinds: Set<RandomListing.Kind> = format == .keypoints ? [.onlyKeypoints] : [.labels]
        let listing = RandomListing(kinds: kinds, seed: 3).listing()
        _ = try DatasetConversion.write(listing, to: format, output: folder.path + "/a", threads: 2)
        let read = try NamedDataset(folder.path + "/a").listing(threads: 1)
        let written = Set(listing.samples.compactMap { $0.generated?.bytes })
        let found = try Set(read.samples.map { try FileSystem.read($0.imageFile) })
        #expect(written == found)
    }

    /// Same images by name and split, same annotations by class name; boxes that follow from outlines are filled in.
    private func expectEqual(_ a: SourceListing, _ b: SourceListing, ignoringNames: Bool) throws {
        #expect(a.samples.count == b.samples.count)
        let (left, right) = (a.byName(ignoringNames: ignoringNames), b.byName(ignoringNames: ignoringNames))
        #expect(left.keys.sorted() == right.keys.sorted())
        for (name, annotations) in right {
            let found = try #require(left[name])
            try #require(found.count == annotations.count, "\(name)")
            for (x, y) in zip(found, annotations) { #expect(x.isNear(y), "\(name): \(x) and \(y)") }
        }
    }
}

/// Every format into every other: what does not come back is counted.
@Suite struct ConversionPairTests {
    @Test(arguments: RoundTripTests.kinds.indices, SourceFormat.allCases)
    func `what differs was said to be lost`(index: Int, target: SourceFormat) throws {
        let (format, kinds) = RoundTripTests.kinds[index]
        let folder = try TemporaryFolder()
        let random = RandomListing(kinds: kinds, seed: 11, isGrey: format == .idx, folder: "")
        _ = try DatasetConversion.write(random.listing(), to: format, output: folder.path + "/a", threads: 2)
        let source = try NamedDataset(folder.path + "/a").listing(threads: 2)
        if target == .keypoints, kinds.isDisjoint(with: [.keypoints, .onlyKeypoints]) {
            #expect(throws: DatasetError.self) {
                try DatasetConversion.write(source, to: target, output: folder.path + "/b", threads: 2)
            }
            return
        }
        let result = try DatasetConversion.write(source, to: target, output: folder.path + "/b", threads: 2)
        #expect(result.faults == [])
        let read = try NamedDataset(folder.path + "/b", format: target).listing(threads: 2)
        #expect(read.faults == [])
        #expect(result.images == read.samples.count)
        let isEqual = isEqual(source, read, ignoringFolders: target == .folders)
        #expect(!result.isLossless || isEqual, "\(format) to \(target)")
        if format == target { #expect(result.isLossless || format == .idx, "\(result.losses)") }
    }

    private func isEqual(_ source: SourceListing, _ copy: SourceListing, ignoringFolders: Bool) -> Bool {
        var (before, after) = (source.byName(ignoringNames: false), copy.byName(ignoringNames: false))
        if ignoringFolders { (before, after) = (before.withoutFolders, after.withoutFolders) }
        guard source.classNames == copy.classNames, before.keys.sorted() == after.keys.sorted() else { return false }
        return before.allSatisfy { name, annotations in
            let found = after[name] ?? []
            return found.count == annotations.count
                && zip(annotations, found).allSatisfy { old, new in
                    var new = new
                    // A number that a format gives what had none takes nothing away.
                    if old.id == nil { new.id = nil }
                    return old.isNear(new)
                }
        }
    }

    private static let lostOfEverything: [(SourceFormat, Set<ConversionLoss.Kind>)] = [
        (.coco, []),
        (.voc, [.outline, .mask, .keypoints, .crowd, .annotationID, .imageID, .classDetails]),
        (
            .yolo,
            [
                .outline, .mask, .rotatedBox, .crowd, .difficult, .truncated, .occluded, .pose, .annotationID, .imageID,
            ]
        ),
        (
            .csv,
            [
                .outline, .mask, .rotatedBox, .keypoints, .crowd, .difficult, .truncated, .occluded, .pose,
                .annotationID, .imageID, .classDetails,
            ]
        ),
        (
            .keypoints,
            [
                .box, .outline, .mask, .rotatedBox, .crowd, .difficult, .truncated, .occluded, .pose, .annotationID,
                .imageID, .visibility, .missingKeypoints, .className,
            ]
        ),
    ]

    @Test(arguments: lostOfEverything.indices)
    func `of a dataset with everything each format says what it cannot hold`(index: Int) throws {
        let (format, expected) = Self.lostOfEverything[index]
        let folder = try TemporaryFolder()
        let listing = RandomListing(kinds: RoundTripTests.kinds[0].1, seed: 4, folder: "").listing()
        let result = try DatasetConversion.write(listing, to: format, output: folder.path + "/out", threads: 2)
        #expect(Set(result.losses.map(\.kind)) == expected, "\(format)")
    }
}

extension [String: [Annotation]] {
    /// By split and name.
    fileprivate var withoutFolders: Self {
        Self(
            map { ($0.key.prefix { $0 != "/" } + "/" + FileSystem.fileName(of: $0.key), $0.value) },
            uniquingKeysWith: +)
    }
}

@Suite struct ConversionLossTests {
    private func losses(_ kinds: Set<RandomListing.Kind>, to format: SourceFormat) throws -> [ConversionLoss.Kind: Int]
    {
        let folder = try TemporaryFolder()
        let listing = RandomListing(kinds: kinds, seed: 5).listing()
        let result = try DatasetConversion.write(listing, to: format, output: folder.path + "/out", threads: 2)
        return Dictionary(uniqueKeysWithValues: result.losses.map { ($0.kind, $0.count) })
    }

    private func count(_ kinds: Set<RandomListing.Kind>, where isCounted: (Annotation) -> Bool) -> Int {
        RandomListing(kinds: kinds, seed: 5).listing().byName(ignoringNames: false).values.joined().count(
            where: isCounted)
    }

    @Test func `VOC holds no outlines, keypoints or crowds, and says how many`() throws {
        let kinds: Set<RandomListing.Kind> = [.boxes, .polygons, .masks, .keypoints, .crowd]
        let losses = try losses(kinds, to: .voc)
        #expect(losses[.keypoints] == count(kinds) { !$0.keypoints.isEmpty })
        #expect(losses[.crowd] == count(kinds) { $0.flags.contains(.crowd) })
        #expect((losses[.outline] ?? 0) + (losses[.mask] ?? 0) == count(kinds) { $0.region != nil })
    }

    @Test func `a folder of classes holds no boxes`() throws {
        let losses = try losses([.boxes], to: .folders)
        #expect(losses[.box] == count([.boxes]) { $0.box != nil })
    }

    @Test func `YOLO writes masks as the outlines of their pixels, which give them back`() throws {
        let folder = try TemporaryFolder()
        let listing = RandomListing(kinds: [.masks], seed: 5).listing()
        let result = try DatasetConversion.write(listing, to: .yolo, output: folder.path + "/out", threads: 2)
        #expect(result.losses.map(\.kind) == [.maskAsOutline])
        let read = try NamedDataset(folder.path + "/out").listing(threads: 1).byName(ignoringNames: false)
        for (name, annotations) in listing.byName(ignoringNames: false) {
            for (x, y) in zip(try #require(read[name]), annotations) {
                let size = ImageSize(width: 40, height: 30)
                #expect(x.region?.mask(size: size) == y.region?.mask(size: size))
            }
        }
    }

    @Test func `images of one stem get names that differ`() throws {
        let folder = try TemporaryFolder()
        var listing = RandomListing(kinds: [.boxes], seed: 5).listing()
        listing.samples = Array(listing.samples.prefix(3))
        for (index, name) in ["a/x.png", "a/x.jpg", "a_x.png"].enumerated() {
            listing.samples[index].name = name
            listing.samples[index].shortName = name
            listing.samples[index].split = .train
        }
        let result = try DatasetConversion.write(listing, to: .voc, output: folder.path + "/out", threads: 1)
        #expect(result.losses.first { $0.kind == .renamedImage }?.count == 3)
        let read = try NamedDataset(folder.path + "/out").listing(threads: 1)
        #expect(Set(read.samples.map(\.name)) == ["a_x.png", "a_x-2.jpg", "a_x-3.png"])
    }

    @Test func `an output that is there is left alone`() throws {
        let folder = try TemporaryFolder()
        try folder.write("mine", "out/file")
        let listing = RandomListing(kinds: [.boxes], seed: 5).listing()
        #expect(throws: DatasetError.self) {
            try DatasetConversion.write(listing, to: .voc, output: folder.path + "/out", threads: 1)
        }
        #expect(try FileSystem.names(in: folder.path) == ["out"])
    }
}

/// Paths in label files that lead out of the dataset.
@Suite struct OutsidePathTests {
    private func expectRefused(_ folder: TemporaryFolder, _ path: String, format: SourceFormat) throws {
        let error = #expect(throws: DatasetError.self) {
            try NamedDataset(folder.path + "/" + path, format: format).listing(threads: 1)
        }
        guard case .outsidePath = try #require(error) else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["../secret.png", "/etc/secret.png", "a/../../secret.png"])
    func `are refused in COCO, CSV, keypoint tables, YOLO lists and VOC sets`(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write(testImage(1).pngData(), "secret.png")
        let json = #"{"images":[{"id":1,"file_name":"\#(name)"}],"annotations":[],"categories":[{"id":1,"name":"q"}]}"#
        try folder.write(json, "coco/a.json")
        try expectRefused(folder, "coco", format: .coco)
        try folder.write("filename,label\n\(name),cat\n", "csv/labels.csv")
        try expectRefused(folder, "csv", format: .csv)
        try folder.write("scorer,x,x\nbodyparts,a,a\ncoords,x,y\n\(name),1,2\n", "dlc/points.csv")
        try expectRefused(folder, "dlc", format: .keypoints)
        try folder.write("train: train.txt\nnames: [q]\n", "yolo/data.yaml")
        try folder.write(name + "\n", "yolo/train.txt")
        try expectRefused(folder, "yolo", format: .yolo)
        try folder.write(testImage(1).pngData(), "voc/JPEGImages/a.png")
        try folder.write((name.hasPrefix("/") ? name : "../\(name)") + "\n", "voc/ImageSets/Main/train.txt")
        try folder.write("", "voc/Annotations/a.xml")
        try expectRefused(folder, "voc", format: .voc)
    }

    /// A photograph and its table, whose folder is `dataset`.
    private func writeTable(_ folder: TemporaryFolder, image: String) throws {
        try folder.write("filename,label\n\(image),cat\n", "dataset/labels.csv")
        try folder.write(testImage(1).pngData(), "elsewhere/a.png")
    }

    @Test(arguments: ["../elsewhere", "/tmp"]) func `are refused where links lead there`(target: String) throws {
        let folder = try TemporaryFolder()
        try writeTable(folder, image: "images/a.png")
        let place = target == "/tmp" ? folder.path + "/elsewhere" : target
        #expect(symlink(place, folder.path + "/dataset/images") == 0)
        try expectRefused(folder, "dataset", format: .csv)
        let allowed = try NamedDataset(folder.path + "/dataset", format: .csv, allowsOutside: true)
        #expect(try allowed.listing(threads: 1).samples.count == 1)
    }

    @Test func `are refused where an image or a label file is a link there`() throws {
        let folder = try TemporaryFolder()
        try writeTable(folder, image: "a.png")
        #expect(symlink("../elsewhere/a.png", folder.path + "/dataset/a.png") == 0)
        try expectRefused(folder, "dataset", format: .csv)
        try folder.write("train: images\nnames: [q]\n", "yolo/data.yaml")
        try folder.write(testImage(2).pngData(), "yolo/images/a.png")
        try folder.write("0 0.5 0.5 0.1 0.1\n", "elsewhere/a.txt")
        try FileSystem.createFolder(folder.path + "/yolo/labels")
        #expect(symlink(folder.path + "/elsewhere/a.txt", folder.path + "/yolo/labels/a.txt") == 0)
        try expectRefused(folder, "yolo", format: .yolo)
    }

    @Test func `are not where the dataset's own folder is a link, nor by links inside it`() throws {
        let folder = try TemporaryFolder()
        try writeTable(folder, image: "b.png")
        try folder.write(testImage(1).pngData(), "dataset/images/a.png")
        #expect(symlink("images/a.png", folder.path + "/dataset/b.png") == 0)
        #expect(symlink("dataset", folder.path + "/link") == 0)
        #expect(try NamedDataset(folder.path + "/link", format: .csv).listing(threads: 1).samples.count == 1)
    }

    @Test func `may be allowed`() throws {
        let folder = try TemporaryFolder()
        try folder.write(testImage(1).pngData(), "secret.png")
        try folder.write("filename,label\n../secret.png,cat\n", "csv/labels.csv")
        try folder.write(
            "name: x\nsource: {format: csv, path: csv, outside_paths: allow}\nsplits: {method: random}\n",
            "dataset.yaml")
        #expect(try folder.prepare().dataset.imageCount == 1)
    }
}
