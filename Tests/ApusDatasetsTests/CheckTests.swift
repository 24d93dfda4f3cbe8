import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

@Suite struct PerceptualHashTests {
    /// A picture with some structure, different for each seed.
    static func picture(_ seed: Int, width: Int = 160, height: Int = 120) -> Image {
        var stream = RandomStream(seed: UInt64(seed))
        let spots = (0..<12).map { _ in
            (x: stream.uniform(), y: stream.uniform(), radius: stream.uniform(in: 0.05...0.3), level: stream.uniform())
        }
        return Image(uninitializedWidth: width, height: height, channels: 3) { pixels in
            for y in 0..<height {
                for x in 0..<width {
                    let (u, v) = (Float(x) / Float(width), Float(y) / Float(height))
                    var level: Float = 0.5
                    for spot in spots
                    where (u - spot.x) * (u - spot.x) + (v - spot.y) * (v - spot.y) < spot.radius * spot.radius {
                        level = (level + spot.level) / 2
                    }
                    for channel in 0..<3 { pixels[(y * width + x) * 3 + channel] = UInt8(level * 255) }
                }
            }
        }
    }

    private func mirrored(_ image: Image) -> Image { image.oriented(.upMirrored) }

    @Test func `scaled, compressed again, brightened and mirrored pictures are near, others are not`() throws {
        for seed in 0..<20 {
            let image = Self.picture(seed)
            let hash = PerceptualHash(image)
            let compressed = try Image(decoding: image.jpegData(quality: 40), name: "x")
            let variants = [
                image.resized(width: 97, height: 80), compressed,
                Image(width: 160, height: 120, channels: 3, pixels: image.pixels.map { UInt8(Double($0) * 0.8 + 20) }),
            ]
            for variant in variants {
                let other = PerceptualHash(variant)
                #expect(PerceptualHash.distance(hash.bits, other.bits) <= NearDuplicates.distanceLimit)
                #expect(hash.difference(from: other, isMirrored: false) <= NearDuplicates.differenceLimit)
            }
            let mirror = PerceptualHash(mirrored(image))
            #expect(PerceptualHash.distance(hash.mirroredBits, mirror.bits) <= 2)
            #expect(PerceptualHash.distance(hash.bits, PerceptualHash(Self.picture(seed + 1000)).bits) > 7)
        }
    }

    @Test func `groups are those of comparing each with each`() {
        let images = (0..<30).flatMap { seed -> [Image] in
            let image = Self.picture(seed)
            return seed % 3 == 0 ? [image, image.resized(width: 80, height: 60), mirrored(image)] : [image]
        }
        let hashes = images.map { PerceptualHash($0) }
        let groups = NearDuplicates.groups(hashes.map { $0 })
        var sets = DisjointSets(count: hashes.count)
        for a in hashes.indices {
            for b in hashes.indices where b > a {
                for (bits, isMirrored) in [(hashes[a].bits, false), (hashes[a].mirroredBits, true)]
                where PerceptualHash.distance(bits, hashes[b].bits) <= NearDuplicates.distanceLimit
                    && hashes[a].difference(from: hashes[b], isMirrored: isMirrored) <= NearDuplicates.differenceLimit
                {
                    sets.join(a, b)
                }
            }
        }
        #expect(groups == sets.members.filter { $0.count > 1 })
        #expect(groups.count == 10)
    }
}

@Suite struct DatasetCheckTests {
    private func kinds(_ folder: TemporaryFolder, _ name: String = "source") throws -> [Fault.Kind: [Fault]] {
        let result = try DatasetCheck.run(NamedDataset(folder.path + "/" + name), threads: 2)
        return Dictionary(grouping: result.faults, by: \.kind)
    }

    @Test func `a clean dataset has no fault`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC()
        #expect(try kinds(folder, "dataset.yaml") == [:])
        #expect(!FileSystem.exists(folder.path + "/prepared"))
    }

    @Test func `duplicates within and across splits`() throws {
        let folder = try TemporaryFolder()
        let image = PerceptualHashTests.picture(1)
        let other = PerceptualHashTests.picture(2)
        try folder.write(image.jpegData(), "source/train/cat/a.jpg")
        try folder.write(image.resized(width: 90, height: 70).jpegData(), "source/train/cat/b.jpg")
        try folder.write(other.jpegData(), "source/train/cat/c.jpg")
        try folder.write(other.jpegData(quality: 50), "source/test/cat/d.jpg")
        let kinds = try kinds(folder)
        #expect(Set(kinds.keys) == [.nearDuplicate, .splitLeak])
        #expect(kinds[.nearDuplicate]?.first?.message.contains("train/cat/b.jpg (train)") == true)
        #expect(kinds[.splitLeak]?.first?.message.contains("test/cat/d.jpg (test)") == true)
        #expect(kinds[.splitLeak]?.first?.kind.severity == .error)
    }

    @Test func `the same file in two splits is a leak, in one a duplicate`() throws {
        let folder = try TemporaryFolder()
        for name in ["train/cat/a.jpg", "train/cat/b.jpg", "test/cat/c.jpg"] {
            try folder.write(testJPEG(name.contains("b") ? 2 : 1), "source/" + name)
        }
        try folder.write(testJPEG(2), "source/train/cat/d.jpg")
        let kinds = try kinds(folder)
        #expect(kinds[.duplicateImage]?.map(\.file).map(FileSystem.fileName) == ["b.jpg"])
        #expect(kinds[.splitLeak]?.count == 1)
    }

    @Test func `imbalance, typos, and classes that are missing somewhere`() throws {
        let folder = try TemporaryFolder()
        var rows = "filename,label,split\n"
        for index in 0..<30 {
            try folder.write(testJPEG(index), "source/\(index).jpg")
            rows +=
                "\(index).jpg,\(index == 0 ? "raccon" : index == 29 ? "otter" : "raccoon"),\(index < 20 ? "train" : "val")\n"
        }
        try folder.write(rows, "source/labels.csv")
        let kinds = try kinds(folder)
        #expect(kinds[.classImbalance]?.first?.message.contains("28 objects of 'raccoon' but 1 of 'otter'") == true)
        #expect(kinds[.labelTypo]?.map(\.message) == ["class 'raccon' (1 objects) is perhaps 'raccoon' (28) misspelt"])
        #expect(kinds[.missingFromTrain]?.first?.message.contains("'otter'") == true)
        #expect(kinds[.missingFromSplit]?.first?.message.contains("'raccon'") == true)
    }

    @Test func `tiny and huge boxes, images without objects`() throws {
        let folder = try TemporaryFolder()
        try folder.writeVOC(objects: "1 2 3 12")
        try folder.write(vocXML([("cat", "0 0 40 30"), ("dog", "1 1 9 9")]), "source/Annotations/image1.xml")
        try folder.write(vocXML([]), "source/Annotations/image2.xml")
        let kinds = try kinds(folder, "dataset.yaml")
        #expect(kinds[.tinyBox]?.count == 1)
        #expect(kinds[.hugeBox]?.first?.message.contains("100 %") == true)
        #expect(kinds[.emptyImage]?.first?.message.contains("1 of 3 images") == true)
    }

    @Test func `names that are one misspelt`() {
        for (a, b) in [("raccoon", "racoon"), ("T-Shirt", "t shirt"), ("white blood cell", "white blod cel")] {
            #expect(ClassNames.areAlike(a, b))
        }
        for (a, b) in [("cat", "car"), ("class1", "class2"), ("left eye", "right eye"), ("dog", "dogs")] {
            #expect(!ClassNames.areAlike(a, b))
        }
    }

    @Test func `short names that are one misspelt where one is rare`() {
        for (a, b) in [("cat", "catt"), ("Dog", "dgo"), ("bird", "brid"), ("car", "cars")] {
            #expect(ClassNames.areAlikeThoughShort(a, b) && ClassNames.areAlikeThoughShort(b, a))
        }
        for (a, b) in [("cat", "car"), ("a", "ab"), ("tea", "tea2"), ("bus", "cat"), ("cat", "cattle")] {
            #expect(!ClassNames.areAlikeThoughShort(a, b))
        }
        func typos(_ rare: Int) -> Int {
            ClassChecks(
                classNames: ["cat", "catt"], counts: [100, rare], bySplit: [:], options: CheckOptions(), file: ""
            ).faults.count { $0.kind == .labelTypo }
        }
        #expect(typos(1) == 1 && typos(60) == 0)
    }
}

@Suite struct ColorEncodingTests {
    @Test func `what headers say`() throws {
        func encoding(_ bytes: [UInt8]) throws -> ColorEncoding {
            try #require(bytes.withUnsafeBytes { ColorEncoding($0) })
        }
        #expect(try encoding(testJPEG(1)).model == .rgb)
        #expect(try encoding(testImage(1).pngData()).bitsPerChannel == 8)
        let grey = Image(width: 2, height: 1, channels: 1, pixels: [1, 2])
        #expect(try encoding(grey.pngData()).model == .grey)
        let indexed = IndexImage(width: 2, height: 1, indices: [0, 3])
        #expect(try encoding(indexed.pngData(palette: [.black, .white])).model == .palette)
        #expect([UInt8]([1, 2, 3]).withUnsafeBytes { ColorEncoding($0) } == nil)
    }

    @Test func `indices come back as they were`() throws {
        let image = IndexImage(width: 3, height: 2, indices: [0, 1, 2, 255, 7, 0])
        let read = try image.pngData(palette: [.black, .white]).withUnsafeBytes {
            try IndexImage(decodingPNG: $0, name: "x")
        }
        #expect(read == image)
        #expect(throws: ImageError.self) {
            try testImage(1).pngData().withUnsafeBytes { try IndexImage(decodingPNG: $0, name: "x") }
        }
    }
}
