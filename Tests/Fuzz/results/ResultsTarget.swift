import ApusCore
@testable import ApusMetrics
import Glibc

/// Reads a text as a COCO ground truth and as COCO results of every type, and evaluates what can be read.
///
/// What comes before the first byte 1 is the ground truth, what comes after it the results; without that byte the
/// results are compared with a ground truth that never changes. Every result is checked against the same text read
/// from front to back by one thread.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: data, count: size))
    let parts = bytes.split(separator: 1, maxSplits: 1, omittingEmptySubsequences: false)
    let truth = parts.count == 2 ? Array(parts[0]) : Array(knownTruth.utf8)
    guard let truthPath = try? scratchFile("truth", truth),
        let path = try? scratchFile("found", Array(parts[parts.count - 1]))
    else { return 0 }
    for type in COCOEvaluationType.allCases {
        for profile in EvaluationProfile.allCases { evaluate(truthPath, path, type, profile) }
    }
    return 0
}

private let knownTruth = """
    {"images":[{"id":1,"width":40,"height":30,"neg_category_ids":[2],"not_exhaustive_category_ids":[1]}],
    "categories":[{"id":1,"name":"a","frequency":"r"},{"id":2,"name":"b"}],"annotations":[{"id":1,"image_id":1,
    "category_id":1,"bbox":[0,0,9,9],"area":81,"iscrowd":0,"num_keypoints":1,"keypoints":[1,1,2],
    "segmentation":[[0,0,9,0,9,9,0,9]]}]}
    """

private func evaluate(_ truth: String, _ found: String, _ type: COCOEvaluationType, _ profile: EvaluationProfile) {
    guard
        let summary = try? COCOSummary(
            groundTruth: truth, detections: found, type: type, profile: profile, sigmas: [0.1], threads: 2)
    else { return }
    precondition(summary.stats.count == summary.statNames.count, "a number has no name")
    precondition(
        summary.stats.allSatisfy { $0 == -1 || -1e-9 <= $0 && $0 <= 1 + 1e-9 }, "a number is not from 0 to 1")
    guard let dataset = try? COCODataset(contentsOf: truth, for: type),
        let detections = try? COCODetection.read(contentsOf: found, for: type),
        let other = try? COCOEvaluation(
            dataset, detections: detections, type: type, profile: profile, sigmas: [0.1], threads: 1)
    else { preconditionFailure("files that were evaluated cannot be read") }
    precondition(other.stats == summary.stats, "two ways, two results")
}

/// A file in memory, so that millions of runs write to no disk.
private func scratchFile(_ name: String, _ bytes: [UInt8]) throws(FileError) -> String {
    let path = "/dev/shm/apus-fuzz-\(getpid())-\(name).json"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw FileError("open", path) }
    defer { close(descriptor) }
    guard bytes.withUnsafeBytes({ Glibc.write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
        throw FileError("write", path)
    }
    return path
}
