import ApusAugmentation
import ApusCore
import ApusVision
import Testing

@testable import ApusDatasets

@Suite struct SpillFileTests {
    @Test(arguments: [0, 1000, 1 << 20])
    func `what is put aside comes back, whichever thread asks`(memoryLimit: Int) throws {
        let folder = try TemporaryFolder()
        let spill = SpillFile(folder: folder.path, memoryLimit: memoryLimit)
        @Sendable func bytes(_ index: Int) -> [UInt8] { [UInt8](repeating: UInt8(index % 251), count: index * 7 % 300) }
        let places = parallelMap(500, threads: 4) { try? spill.add(bytes($0)) }
        #expect(try FileSystem.names(in: folder.path) == [])
        let read = parallelMap(500, threads: 4) { index in places[index].flatMap { try? spill.read($0) } }
        for (index, found) in read.enumerated() { #expect(found == bytes(index)) }
    }

    @Test func `where the folder takes no file all stays in memory`() throws {
        let spill = SpillFile(folder: "/proc/none", memoryLimit: 10)
        let places = try (0..<50).map { try spill.add([UInt8](repeating: UInt8($0), count: 20)) }
        for (index, place) in places.enumerated() {
            #expect(try spill.read(place) == [UInt8](repeating: UInt8(index), count: 20))
        }
    }

    @Test(arguments: [1, 2, 3]) func `labels of every kind come back from their block`(seed: UInt64) throws {
        let listing = RandomListing(
            kinds: [.boxes, .polygons, .masks, .keypoints, .rotated, .flags, .crowd], seed: seed
        ).listing()
        for sample in listing.samples {
            let labels = try #require(sample.generated).labels
            let checked = CheckedLabels(labels, sample: sample, size: ImageSize(width: 40, height: 30))
            let block = LabelBlock(checked.boxes, checked.annotations)
            #expect(block.boxes == checked.boxes && block.annotations == checked.annotations)
            #expect(block.boxCount == checked.boxes.count)
            for group in AnnotationColumns.Group.allCases {
                #expect(block.groups.contains(group) == checked.annotations.contains { $0.needs(group) })
            }
        }
    }
}
