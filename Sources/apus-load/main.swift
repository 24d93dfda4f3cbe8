import ApusAugmentation
import ApusCore
import ApusDatasets
import ApusVision
import Foundation

// Training batches from image files or a prepared version, and nothing trained with them: how fast a loader is.
// `scripts/benchmarks/data` runs it beside PyTorch's DataLoader. Prints one JSON line.

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// What this process holds in memory now; pages of mapped files are not counted.
func anonymousMiB() -> Double {
    let status = (try? FileSystem.readText("/proc/self/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
    return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1024
}

func peakMiB() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return Double(usage.ru_maxrss) / 1024
}

func dataset(_ options: LoadOptions) throws -> any DetectionDataset {
    if let path = options.prepared { return try PreparedDataset(path: path) }
    guard let (folder, labels) = options.files else { LoadOptions.refuse() }
    let boxes = try JSONDecoder().decode([String: [[Float]]].self, from: Data(try FileSystem.read(labels)))
    return ImageFilesDataset(
        boxes.sorted { $0.key < $1.key }.map { name, boxes in
            let labeled = boxes.map {
                LabeledBox(BoundingBox(minX: $0[0], minY: $0[1], maxX: $0[2], maxY: $0[3]), label: 0)
            }
            return ImageFilesDataset.Item(path: folder + "/" + name, boxes: labeled)
        })
}

struct Measured: Encodable {
    var engine: String
    var imagesPerSecond: [Double] = []
    /// Anonymous memory at the end of each epoch.
    var memoryMiB: [Double] = []
    var peakMiB = 0.0

    enum CodingKeys: String, CodingKey {
        case engine
        case imagesPerSecond = "images_per_second"
        case memoryMiB = "memory_mib"
        case peakMiB = "peak_mib"
    }
}

let options = LoadOptions()
let images = try dataset(options)
let configuration = options.isAugmented ? AugmentationConfiguration(mosaic: 0) : AugmentationConfiguration.none
let loader = BatchLoader(
    dataset: images, indices: Array(0..<images.imageCount), configuration: configuration, imageSize: options["size"],
    batchSize: options["batch"], seed: 0, threads: options["threads"], cacheBytes: 0)
var measured = Measured(engine: options.prepared == nil ? "apus, files" : "apus, prepared")
for epoch in 0...options["epochs"] {
    let (start, batches) = (seconds(), loader.epoch(epoch))
    var count = 0
    while let batch = try batches.next() { count += batch.count }
    measured.imagesPerSecond.append(Double(count) / (seconds() - start))
    measured.memoryMiB.append(anonymousMiB())
}
// The first epoch is left out, as in the peer.
measured.imagesPerSecond.removeFirst()
measured.peakMiB = peakMiB()
print(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
