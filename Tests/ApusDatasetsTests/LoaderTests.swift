import ApusAugmentation
import ApusCore
import ApusVision
import Glibc
import Testing

@testable import ApusDatasets

/// Images made from their index, so that nothing is read; one of them may be broken.
private struct Drawn: DetectionDataset {
    struct Broken: Error, CustomStringConvertible { let description = "the JPEG is cut" }

    var imageCount = 23
    var broken: Int?

    func name(of index: Int) -> String { "image\(index).jpg" }

    func boxes(of index: Int) -> [LabeledBox] {
        [
            LabeledBox(BoundingBox(minX: 8, minY: 6, maxX: 40, maxY: 30), label: index % 3),
            LabeledBox(BoundingBox(minX: 0, minY: 0, maxX: 9, maxY: 9), label: 0, isCrowd: true),
        ]
    }

    func image(at index: Int) throws -> Image {
        if index == broken { throw Broken() }
        if index == 3 { return Image(width: 0, height: 0, channels: 3, pixels: []) }
        let size = (width: 48 + index, height: 64 - index)
        return Image(width: size.width, height: size.height, color: [UInt8(index * 9), UInt8(255 - index * 9), 7])
    }
}

/// What of a batch must not change.
private struct Content: Equatable {
    var pixels: [UInt8]
    var indices: [Int]
    var targets: [DetectionTarget]

    init(_ batch: Batch) {
        pixels = batch.withUnsafeBytes { Array($0) }
        (indices, targets) = (batch.indices, batch.targets)
    }
}

private let all = Array(0..<23).filter { $0 != 3 }

private func loader(
    _ dataset: Drawn = Drawn(), indices: [Int] = all, seed: UInt64 = 7, threads: Int = 2, prefetch: Int = 2,
    cacheBytes: Int = 1 << 20, configuration: AugmentationConfiguration = AugmentationConfiguration(mixup: 0.3)
) -> BatchLoader {
    BatchLoader(
        dataset: dataset, indices: indices, configuration: configuration, imageSize: 64, batchSize: 4, seed: seed,
        threads: threads, prefetch: prefetch, cacheBytes: cacheBytes)
}

private func contents(_ epoch: LoaderEpoch) throws(LoaderError) -> [Content] {
    var result: [Content] = []
    while let batch = try epoch.next() { result.append(Content(batch)) }
    return result
}

@Suite struct LoaderTests {
    @Test func `an epoch holds every image once, in whole batches but for the last`() throws {
        let loader = loader()
        #expect(loader.stepsPerEpoch == 6)
        let batches = try contents(loader.epoch(0))
        #expect(batches.map(\.indices.count) == [4, 4, 4, 4, 4, 2])
        #expect(batches.flatMap(\.indices).sorted() == all)
        #expect(batches.allSatisfy { $0.pixels.count == $0.indices.count * 64 * 64 * 3 })
        for target in batches.flatMap(\.targets) {
            #expect(
                (0...1).contains(target.centerX - target.width / 2 + 1e-6)
                    && target.centerX + target.width / 2 <= 1.0001)
            #expect((0...2).contains(target.label) && (0..<4).contains(target.image))
        }
    }

    @Test(arguments: [1, 2, 3], [0, 100_000, 1 << 20])
    func `batches do not depend on threads or on what is cached`(threads: Int, cacheBytes: Int) throws {
        let reference = loader(threads: 1, cacheBytes: 1 << 20)
        let other = loader(threads: threads, prefetch: threads + 1, cacheBytes: cacheBytes)
        for epoch in 0..<2 { #expect(try contents(other.epoch(epoch)) == contents(reference.epoch(epoch))) }
        #expect(other.cachedBytes <= cacheBytes)
    }

    @Test(arguments: [0, 1, 4, 6, 9])
    func `an epoch taken up in the middle goes on as it would have`(step: Int) throws {
        let rest = try contents(loader().epoch(3)).dropFirst(step)
        #expect(try contents(loader().epoch(3, from: step)) == Array(rest))
    }

    @Test func `epochs and seeds differ`() throws {
        let first = try contents(loader().epoch(0))
        #expect(try contents(loader().epoch(1)) != first)
        #expect(try contents(loader().epoch(1)).map(\.indices) != first.map(\.indices))
        #expect(try contents(loader(seed: 8).epoch(0)).map(\.indices) != first.map(\.indices))
    }

    @Test func `closing the mosaic leaves one image a picture`() throws {
        let loader = loader(configuration: AugmentationConfiguration())
        let open = try contents(loader.epoch(0)).flatMap(\.targets).count
        let closed = try contents(loader.epoch(0, closingMosaic: true))
        #expect(closed.flatMap(\.targets).count <= all.count && open > all.count)
        #expect(closed.map(\.indices) == (try contents(loader.epoch(0)).map(\.indices)))
    }

    @Test(arguments: [0, 3, 5])
    func `a broken image is an error when its batch is due, and ends the epoch`(broken: Int) throws {
        let loader = loader(Drawn(broken: broken), indices: Array(0..<8), configuration: .none)
        let epoch = loader.epoch(0)
        var count = 0
        let error = try #require(throws: LoaderError.self) {
            while try epoch.next() != nil { count += 1 }
        }
        #expect(count < 2)
        #expect(["image\(broken).jpg", "image3.jpg"].contains { error.description.contains($0) })
        #expect(try epoch.next() == nil)
    }

    @Test func `letting go in the middle of an epoch ends its threads`() throws {
        let loader = loader()
        for epoch in 0..<20 { #expect(try loader.epoch(epoch).next()?.count == 4) }
    }

    @Test func `no images are no batches`() throws {
        #expect(try loader(indices: []).epoch(0).next() == nil)
        #expect(try contents(loader().epoch(0, from: 99)).isEmpty)
    }

    @Test func `buffers come back once nobody holds them`() throws {
        let loader = loader(threads: 1)
        var addresses: Set<UnsafeMutableRawPointer> = []
        for index in 0..<5 {
            let epoch = loader.epoch(index)
            while let batch = try epoch.next() { addresses.insert(batch.pixels.base) }
        }
        #expect(addresses.count <= 4)
        let epoch = loader.epoch(0)
        let held = try #require(try epoch.next())
        let before = Content(held)
        while try epoch.next() != nil {}
        #expect(Content(held) == before)
    }

    @Test func `evaluation keeps the order, letterboxes and maps boxes back`() throws {
        let dataset = Drawn()
        let loader = BatchLoader(evaluating: dataset, indices: [5, 0, 22, 9, 1], imageSize: 64, batchSize: 2)
        var indices: [Int] = []
        let epoch = loader.epoch(0)
        while let batch = try epoch.next() {
            #expect(batch.letterboxes.count == batch.count && batch.targets.count == batch.count)
            for (target, letterbox) in zip(batch.targets, batch.letterboxes) {
                let box = BoundingBox(
                    centerX: target.centerX * 64, centerY: target.centerY * 64, width: target.width * 64,
                    height: target.height * 64)
                let back = letterbox.toImage(box)
                #expect(abs(back.minX - 8) < 0.01 && abs(back.maxY - 30) < 0.01)
            }
            let letterbox = letterbox(of: batch, in: dataset)
            #expect(letterbox.pixels == Array(Content(batch).pixels[..<(64 * 64 * 3)]))
            indices += batch.indices
        }
        #expect(indices == [5, 0, 22, 9, 1])
    }

    private func letterbox(of batch: Batch, in dataset: Drawn) -> Image {
        let image = try? dataset.image(at: batch.indices[0])
        return image.map { batch.letterboxes[0].apply($0) } ?? Image(width: 1, height: 1, color: [0, 0, 0])
    }
}
