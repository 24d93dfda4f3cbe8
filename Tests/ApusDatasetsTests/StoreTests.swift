import ApusAugmentation
import ApusCore
import ApusVision
import Foundation
import Testing

@testable import ApusDatasets

@Suite struct AnnotationStoreTests {
    @Test func `outlines, masks, keypoints and crowds come back as they were`() throws {
        let folder = try TemporaryFolder()
        try folder.writeCOCO()
        let dataset = try folder.prepare().dataset
        let annotations = dataset.annotations(0)
        #expect(annotations.map(\.label) == dataset.record(0).boxes.map(\.label))
        #expect(annotations.map(\.flags) == [[], [], .crowd, []])
        #expect(annotations[3].box == nil && annotations[3].region != nil)
        #expect(
            annotations[1].region
                == .polygons([
                    [Point(5, 6), Point(20, 6), Point(20, 25.5)],
                    [Point(6, 7), Point(8, 9), Point(6, 9), Point(5.5, 8)],
                ]))
        #expect(
            annotations[1].keypoints == [Landmark(Point(10, 11)), Landmark(Point(12.25, 13), visibility: .occluded)])
        guard case .mask(let mask) = annotations[2].region else { Issue.record("no mask"); return }
        #expect(mask.counts == [0, 2, 1198] && mask.width == 40 && mask.height == 30)
        #expect(dataset.classes.map(\.keypoints) == [["nose", "tail"], []])
        #expect(dataset.classes[0].skeleton == [SIMD2(0, 1)])
        try dataset.verify()
    }

    @Test func `turned boxes, flags and labels of whole images come back as they were`() throws {
        var turned = Annotation(label: 0)
        turned.rotatedBox = TurnedBox(center: Point(10, 11), size: SIMD2(8, 4), angle: 0.3)
        turned.flags = [.difficult, .occluded]
        let box = LabeledBox(BoundingBox(minX: 5, minY: 8, maxX: 15, maxY: 14), label: 0)
        let kept = [turned.stored(as: box), Annotation(label: 1).stored(as: box)]
        let folder = try TemporaryFolder()
        let path = folder.path + "/a.h5"
        let spill = SpillFile(folder: folder.path)
        let labels = LabelBlock([box, LabeledBox(box.box, label: 1)], kept)
        let entry = try spill.entry("a", ImageSize(width: 40, height: 30), split: .val, bytes: testJPEG(0), labels)
        let header = try PreparedHeader(id: "", digest: "", name: "x", classNames: ["a", "b"], recipe: "{}")
            .named(by: [entry], in: spill)
        try PreparedWriter(header: header, entries: [entry], spill: spill).write(to: path)
        let dataset = try PreparedDataset(path: path)
        #expect(dataset.annotations(0) == kept)
        #expect(dataset.annotations(0)[1].isWholeImage)
        try dataset.verify()
    }

    @Test func `every part of an annotation is part of the digest`() throws {
        let folder = try TemporaryFolder()
        try folder.writeCOCO()
        var ids = [try folder.prepare().id]
        let path = folder.path + "/source/annotations/instances_train.json"
        let text = try FileSystem.readText(path)
        for (old, new) in [
            ("25.5]", "25.25]"), ("12.25, 13, 1", "12.25, 13, 2"), ("[0, 2, 1198]", "[0, 3, 1197]"),
            ("\"tail\"", "\"paw\""), ("[[1, 2]]", "[]"),
        ] {
            #expect(text.contains(old))
            try FileSystem.writeWhole(text.replacingOccurrences(of: old, with: new), to: path)
            ids.append(try folder.prepare().id)
        }
        #expect(Set(ids).count == ids.count)
    }

    @Test func `a flipped byte in a full version is found on opening or by verify`() throws {
        let folder = try TemporaryFolder()
        try folder.writeCOCO()
        let result = try folder.prepare()
        let bytes = try FileSystem.read(result.datasetPath)
        for position in stride(from: 0, to: bytes.count, by: 23) {
            var flipped = bytes
            flipped[position] ^= 0x91
            let path = try folder.write(flipped, "prepared/flipped.h5")
            guard let dataset = try? PreparedDataset(path: path), (try? dataset.verify()) != nil else { continue }
            #expect(dataset.annotations(0) == result.dataset.annotations(0), "byte \(position)")
        }
    }
}

@Suite struct PackTests {
    @Test func `versions share their images`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        _ = try folder.prepare()
        let packs = try FileSystem.names(in: folder.path + "/prepared/packs")
        try folder.writeVOC(objects: "1 2 12 13")
        let second = try folder.prepare().dataset
        #expect(try FileSystem.names(in: folder.path + "/prepared/packs") == packs)
        try folder.write(testJPEG(8), "source/JPEGImages/image1.jpg")
        let third = try folder.prepare().dataset
        #expect(third.columns.packs.count == 2 && third.columns.packs[1].count == 1)
        #expect(Array(third.storedImage(1)) == testJPEG(8))
        #expect(Array(third.storedImage(0)) == Array(second.storedImage(0)))
        try third.verify()
        try second.verify()
    }

    @Test func `packs keep to their limit`() throws {
        let folder = try TemporaryFolder()
        for index in 0..<40 {
            try folder.write(testJPEG(index, width: 200, height: 200), "source/JPEGImages/i\(index).jpg")
            try folder.write(vocXML([("cat", "1 2 30 40")], size: (200, 200)), "source/Annotations/i\(index).xml")
        }
        try folder.write("name: many\nsource: {format: voc, path: source}\nclasses: [cat]\n", "dataset.yaml")
        let dataset = try folder.prepare(overrides: ["splits.method=random", "store.pack_mib=1"]).dataset
        #expect(dataset.imageCount == 40 && dataset.columns.packs.count > 1)
        #expect(dataset.columns.packs.allSatisfy { $0.byteCount <= 1 << 20 })
        try dataset.verify()
    }

    @Test func `a version of pixels gives the batches of one of files`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let files = try folder.prepare().dataset
        let pixels = try folder.prepare(overrides: ["store.images=pixels", "store.longer_side=32"]).dataset
        #expect(pixels.id != files.id && pixels.form == .pixels(longerSide: 32))
        #expect(pixels.storedSize(0) == ImageSize(width: 32, height: 24))
        #expect(pixels.record(0) == files.record(0))
        #expect(pixels.imageDigest(0) == files.imageDigest(0))
        let batches = try [files, pixels].map { dataset in
            let loader = BatchLoader(
                dataset: dataset, indices: [0, 1, 2], configuration: AugmentationConfiguration(), imageSize: 32,
                batchSize: 3, seed: 1)
            let batch = try #require(try loader.epoch(0).next())
            return (pixels: batch.withUnsafeBytes { Array($0) }, targets: batch.targets)
        }
        #expect(batches[0].pixels == batches[1].pixels)
        #expect(batches[0].targets == batches[1].targets)
        try pixels.verify()
    }

    @Test func `pixels that are smaller already stay as they are`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let dataset = try folder.prepare(overrides: ["store.images=pixels"]).dataset
        #expect(dataset.storedSize(2) == ImageSize(width: 40, height: 30))
        #expect(try dataset.image(2) == Image(decoding: testJPEG(2), name: "image2"))
    }
}

@Suite struct InterruptionTests {
    @Test func `what was checked before is not looked at again, unless it changed`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(testJPEG(1), "a.jpg")
        let journalPath = folder.path + "/journal"
        let identity = try #require(FileIdentity(path: path))
        // A hash that no file has shows that the file was not read.
        let image = CheckedImage(
            hash: ContentHash(bytes: Array(repeating: 7, count: 32)), byteCount: 5, width: 40, height: 30)
        CheckJournal(path: journalPath).add(image, path: path, identity: identity)
        let sample = SourceSample(name: "a.jpg", content: .file(path), labelFile: "a.xml")
        func hash() throws -> ContentHash {
            try ImageChecker(journal: CheckJournal(path: journalPath)).check(file: path, sample: sample).get().hash
        }
        #expect(try hash() == image.hash)
        try folder.write(testJPEG(2), "a.jpg")
        #expect(try hash() == testJPEG(2).withUnsafeBytes { ContentHash(of: $0) })
    }

    @Test func `a journal that was cut or damaged anywhere is believed only where it is whole`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/journal"
        let identity = FileIdentity(numbers: [1, 2, 3, 4, 5, 6])
        let hash = ContentHash(bytes: (0..<32).map { UInt8($0) })
        do {
            let journal = CheckJournal(path: path)
            for index in 0..<3 {
                journal.add(
                    CheckedImage(hash: hash, byteCount: 9, width: 8 + index, height: 7), path: "/x y/\(index).jpg",
                    identity: identity)
            }
        }
        let bytes = try FileSystem.read(path)
        for cut in 0..<bytes.count {
            var damaged = Array(bytes[..<cut])
            if cut > 40 { damaged[cut / 2] ^= 0x11 }
            try FileSystem.writeWhole(damaged, to: path)
            let journal = CheckJournal(path: path)
            for index in 0..<3 {
                guard let image = journal.image("/x y/\(index).jpg", identity) else { continue }
                #expect(image.hash == hash && image.width == 8 + index && image.height == 7)
            }
            if cut == 0 { #expect(journal.image("/x y/0.jpg", identity) == nil) }
        }
        try FileSystem.writeWhole(bytes, to: path)
        #expect(CheckJournal(path: path).image("/x y/2.jpg", identity)?.width == 10)
        #expect(CheckJournal(path: path).image("/x y/2.jpg", FileIdentity(numbers: [1, 2, 3, 4, 5, 7])) == nil)
    }

    @Test func `preparations at once end with the same version, and leave nothing behind`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let ids = Mutex<[String]>([])
        let description = folder.path + "/dataset.yaml"
        parallelFor(4, threads: 4) { _ in
            if let id = try? DatasetPreparation.run(descriptionPath: description, threads: 2).id {
                ids.withLock { $0.append(id) }
            }
        }
        let found = ids.withLock { $0 }
        #expect(found.count == 4 && Set(found).count == 1)
        let names = try FileSystem.names(in: folder.path + "/prepared")
        #expect(
            names == [".lock", "\(found[0]).h5", "\(found[0]).json", "latest", "packs", "report.json", "report.txt"])
        #expect(try FileSystem.names(in: folder.path + "/prepared/packs").count == 1)
    }

    @Test func `a folder that may not be written is a typed error`() throws {
        guard geteuid() != 0 else { return }
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try FileSystem.createFolder(folder.path + "/prepared")
        chmod(folder.path + "/prepared", 0o555)
        defer { chmod(folder.path + "/prepared", 0o755) }
        #expect(throws: DatasetError.self) { try folder.prepare() }
    }

    @Test func `where packs cannot be written the error says so and no version is left`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        try folder.write("in the way", "prepared/packs")
        let error = #expect(throws: DatasetError.self) { try folder.prepare() }
        #expect("\(try #require(error))".contains("packs"))
        let names = try FileSystem.names(in: folder.path + "/prepared")
        #expect(!names.contains { $0.hasSuffix(".h5") || $0.hasSuffix(".tmp") })
    }
}
