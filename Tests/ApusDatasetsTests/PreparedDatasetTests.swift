import ApusAugmentation
import ApusCore
import ApusVision
import Foundation
import Glibc
import Testing

@testable import ApusDatasets

@Suite struct PreparedDatasetTests {
    @Test func `holds what was prepared`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let result = try folder.prepare()
        let dataset = result.dataset
        #expect(dataset.name == "pets")
        #expect(dataset.classNames == ["cat", "dog"])
        #expect(dataset.imageCount == 3)
        #expect(dataset.boxCount == 6)
        #expect(Split.allCases.map { dataset.indices(of: $0) } == [[0], [1], [2]])
        let record = dataset.record(1)
        #expect(record.name == "image1.jpg")
        #expect(record.split == .val)
        #expect((record.width, record.height) == (40, 30))
        #expect(
            record.boxes == [
                LabeledBox(BoundingBox(minX: 1, minY: 2, maxX: 11, maxY: 12), label: 0),
                LabeledBox(BoundingBox(minX: 5, minY: 6, maxX: 20, maxY: 25), label: 1),
            ])
        #expect(Array(dataset.storedImage(2)) == testJPEG(2))
        #expect(try dataset.image(2) == Image(decoding: testJPEG(2), name: "image2"))
        try dataset.verify()
    }

    @Test func `the same input gives the same version wherever it lies`() throws {
        let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
        try first.writeVOC()
        try second.writeVOC()
        let (a, b) = (try first.prepare(), try second.prepare())
        #expect(a.id == b.id)
        #expect(a.id.count == 16)
        #expect(!a.reused)
        #expect(try FileSystem.read(a.datasetPath) == FileSystem.read(b.datasetPath))
    }

    @Test func `preparing again finds the version and leaves it alone`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let first = try folder.prepare()
        let bytes = try FileSystem.read(first.datasetPath)
        let attributes = try FileManager.default.attributesOfItem(atPath: first.datasetPath)
        let second = try folder.prepare()
        #expect(second.reused)
        #expect(second.id == first.id)
        #expect(try FileSystem.read(second.datasetPath) == bytes)
        let again = try FileManager.default.attributesOfItem(atPath: first.datasetPath)
        #expect(attributes[.systemFileNumber] as? Int == again[.systemFileNumber] as? Int)
        #expect(try PreparedDataset.latest(ofDescription: folder.path + "/dataset.yaml")?.id == first.id)
    }

    @Test func `another label, split or seed gives another version`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        var ids = [try folder.prepare().id]
        try folder.writeVOC(objects: "1 2 11 13")
        ids.append(try folder.prepare().id)
        try folder.writeVOC(yaml: "splits: {method: random}\n")
        ids.append(try folder.prepare().id)
        ids.append(try folder.prepare(overrides: ["splits.seed=1"]).id)
        try folder.writeVOC()
        ids.append(try folder.prepare(overrides: ["source.voc_one_based=true"]).id)
        #expect(Set(ids).count == ids.count)
    }

    @Test func `without a version there is no latest`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        #expect(try PreparedDataset.latest(ofDescription: folder.path + "/dataset.yaml") == nil)
    }

    @Test func `the latest version is none once the description asks for another`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC(yaml: "splits: {method: random}\n")
        let id = try folder.prepare().id
        func latest() throws -> String? { try PreparedDataset.latest(ofDescription: folder.path + "/dataset.yaml")?.id }
        #expect(try latest() == id)
        try folder.writeVOC(yaml: "splits: {method: random, seed: 1}\n")
        #expect(try latest() == nil)
    }

    @Test func `images without boxes and boxes without images are both possible`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        for index in 0..<3 { try folder.write(vocXML([]), "source/Annotations/image\(index).xml") }
        let result = try folder.prepare()
        #expect(result.dataset.boxCount == 0)
        #expect(result.counts.splits["train"]?.backgrounds == 1)
        #expect(result.dataset.record(0).boxes == [])
        try result.dataset.verify()
    }

    @Test func `many threads read the same pixels as one`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let dataset = try folder.prepare().dataset
        let expected = try (0..<3).map(dataset.image)
        let wrong = Mutex(0)
        parallelFor(60, threads: 8) { index in
            let image = try? dataset.image(index % 3)
            if image != expected[index % 3] || dataset.record(index % 3).boxes.count != 2 { wrong.withLock { $0 += 1 } }
        }
        #expect(wrong.withLock { $0 } == 0)
    }
}

@Suite struct DamagedVersionTests {
    private func prepared() throws -> (TemporaryFolder, [UInt8], PreparationResult) {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let result = try folder.prepare()
        return (folder, try FileSystem.read(result.datasetPath), result)
    }

    @Test func `a file cut anywhere is refused`() throws {
        let (folder, bytes, _) = try prepared()
        let lengths = [0, 1, 7, 8, 47, 48] + stride(from: 64, to: bytes.count, by: 97) + [bytes.count - 1]
        for length in lengths {
            let path = try folder.write(Array(bytes[..<length]), "prepared/cut.h5")
            #expect(throws: DatasetError.self, "cut to \(length) of \(bytes.count)") { try PreparedDataset(path: path) }
        }
    }

    @Test func `a flipped byte is found on opening or by verify, and never crashes`() throws {
        let (folder, bytes, result) = try prepared()
        var undetected = [Int]()
        for position in stride(from: 0, to: bytes.count, by: 41) {
            var flipped = bytes
            flipped[position] ^= 0x55
            let path = try folder.write(flipped, "prepared/flipped.h5")
            guard let dataset = try? PreparedDataset(path: path) else { continue }
            if (try? dataset.verify()) != nil, dataset.digest != result.dataset.digest { undetected.append(position) }
        }
        #expect(undetected.isEmpty)
    }

    @Test func `a pack cut anywhere is refused`() throws {
        let (folder, _, result) = try prepared()
        let pack = try #require(result.dataset.columns.packs.first).path
        let bytes = try FileSystem.read(pack)
        for length in [0, 8, 48] + stride(from: 64, to: bytes.count, by: 211) + [bytes.count - 1] {
            try FileSystem.writeWhole(Array(bytes[..<length]), to: pack)
            #expect(throws: DatasetError.self, "cut to \(length) of \(bytes.count)") {
                try PreparedDataset(path: result.datasetPath)
            }
        }
        withExtendedLifetime(folder) {}
    }

    @Test func `a changed image is named, and preparing again mends it`() throws {
        let (folder, _, result) = try prepared()
        let image = Array(result.dataset.storedImage(1))
        let pack = try #require(result.dataset.columns.packs.first).path
        let bytes = try FileSystem.read(pack)
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: image) })
        var changed = bytes
        changed[start + image.count / 2] ^= 1
        try FileSystem.writeWhole(changed, to: pack)
        let dataset = try PreparedDataset(path: result.datasetPath)
        let error = #expect(throws: DatasetError.self) { try dataset.verify() }
        #expect("\(try #require(error))".contains("image1.jpg"))
        #expect(dataset.damagedImages() == [1])
        unlink(result.datasetPath)
        try folder.prepare().dataset.verify()
    }

    @Test func `a damaged version is written anew by preparing`() throws {
        let (folder, bytes, result) = try prepared()
        try FileSystem.writeWhole(Array(bytes[..<1000]), to: result.datasetPath)
        let again = try folder.prepare()
        #expect(!again.reused)
        #expect(again.id == result.id)
        #expect(try FileSystem.read(again.datasetPath) == bytes)
    }

    @Test func `leftovers of a killed preparation are removed`() throws {
        let (folder, _, result) = try prepared()
        let leftover = try folder.write("half", "prepared/\(result.id).h5.999999999.tmp")
        _ = try folder.prepare()
        #expect(!FileSystem.exists(leftover))
    }

    @Test func `texts of any length come back, empty and long ones too`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/text.h5"
        let long = (0..<20_000).map { "class \($0) é" }.joined(separator: ",")
        let file = try HDF5File.create(path)
        try file.set("empty", to: "")
        try file.set("long", to: long)
        try file.set("number", to: -5)
        try file.close()
        let opened = try HDF5File.open(path)
        #expect(try opened.string("empty") == "")
        #expect(try opened.string("long") == long)
        #expect(try opened.integer("number") == -5)
        #expect(throws: HDF5Error.self) { try opened.string("absent") }
        #expect(throws: HDF5Error.self) { try opened.string("number") }
        #expect(throws: HDF5Error.self) { try opened.layout(of: "/absent") }
    }

    @Test func `a folder, a text and a missing file are refused`() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("no HDF5", "text.h5")
        for path in [folder.path, text, folder.path + "/absent.h5"] {
            #expect(throws: DatasetError.self) { try PreparedDataset(path: path) }
        }
    }

    @Test func `another kind of HDF5 file and another version are refused`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/other.h5"
        let other = try HDF5File.create(path)
        try other.set("format", to: "something")
        try other.close()
        #expect(throws: DatasetError.damaged(path: path, reason: "an HDF5 file of another kind")) {
            try PreparedDataset(path: path)
        }
        let newer = try HDF5File.create(path)
        try newer.set("format", to: PreparedFormat.name)
        try newer.set("format_version", to: 99)
        try newer.close()
        #expect(throws: DatasetError.unsupportedVersion(path: path, found: 99, expected: 2)) {
            try PreparedDataset(path: path)
        }
    }

    @Test func `columns that contradict each other are refused`() throws {
        let folder = try TemporaryFolder()
        let digest = String(repeating: "0", count: 64)
        let header = PreparedHeader(
            id: String(digest.prefix(16)), digest: digest, name: "x", classNames: ["cat"], recipe: "{}")
        let bytes: [UInt8] = [1, 2, 3]
        let box = LabeledBox(BoundingBox(minX: 0, minY: 0, maxX: 2, maxY: 2), label: 7)
        let spill = SpillFile(folder: folder.path)
        let labels = LabelBlock([box], [Annotation(label: 7).stored(as: box)])
        let entry = try spill.entry("a", ImageSize(square: 4), split: .train, bytes: bytes, labels)
        let path = folder.path + "/other.h5"
        let writer = PreparedWriter(header: header, entries: [entry], spill: spill)
        #expect(throws: DatasetError.self) { try writer.write(to: path) }
        #expect(try FileSystem.names(in: folder.path) == ["packs"])
        try writer.fill(path, final: path, places: writer.places(besideVersion: path))
        #expect(throws: DatasetError.damaged(path: path, reason: "box 0 has class 7 of 1")) {
            try PreparedDataset(path: path)
        }
    }
}

private let canRunH5py: Bool = {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", "import h5py"]
    python.standardError = FileHandle.nullDevice
    guard (try? python.run()) != nil else { return false }
    python.waitUntilExit()
    return python.terminationStatus == 0
}()

@Suite struct H5pyTests {
    @Test(.enabled(if: canRunH5py, "needs python3 with h5py"), arguments: ["encoded", "pixels"])
    func `h5py reads every column`(images: String) throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        let result = try folder.prepare(overrides: ["store.images=\(images)", "store.longer_side=20"])
        #expect(try read(result) == "\(result.id): 3 images, 6 boxes, digest as h5py computes it\n")
    }

    @Test(.enabled(if: canRunH5py, "needs python3 with h5py")) func `h5py reads all that is known of objects`() throws {
        let folder = try TemporaryFolder()
        try folder.writeCOCO()
        let result = try folder.prepare()
        let extras = "flags, polygons, masks, keypoints"
        #expect(try read(result) == "\(result.id): 1 images, 4 boxes with \(extras), digest as h5py computes it\n")
    }

    private func read(_ result: PreparationResult) throws -> String {
        let script = FileSystem.folder(of: #filePath) + "/Oracles/read_with_h5py.py"
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", script, result.datasetPath, result.manifestPath]
        let output = Pipe()
        python.standardOutput = output
        try python.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        python.waitUntilExit()
        #expect(python.terminationStatus == 0)
        return text
    }
}
