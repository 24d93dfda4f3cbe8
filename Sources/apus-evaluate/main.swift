import ApusMetrics
import Glibc

// What `apus evaluate coco --json` prints, from an executable without LibTorch, whose start takes longer than the
// evaluation of most files. `scripts/benchmarks/evaluate` runs it beside other evaluators.

let words = CommandLine.arguments.dropFirst()
let usage = "usage: apus-evaluate GROUND-TRUTH.json DETECTIONS.json [bbox | segm | keypoints]\n"

/// What cannot be shown is no reason to go on.
func show(_ text: String, on descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 else { exit(1) }
        bytes = bytes.dropFirst(count)
    }
}

guard (2...3).contains(words.count), let type = COCOEvaluationType(rawValue: words.dropFirst(2).first ?? "bbox") else {
    show(usage, on: STDERR_FILENO)
    exit(2)
}
do {
    let summary = try COCOSummary(groundTruth: words[1], detections: words[2], type: type)
    show(String(decoding: summary.jsonData(), as: UTF8.self) + "\n", on: STDOUT_FILENO)
} catch {
    show("apus-evaluate: \(error)\n", on: STDERR_FILENO)
    exit(2)
}
