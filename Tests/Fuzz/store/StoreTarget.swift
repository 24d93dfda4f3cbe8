import ApusCore
@testable import ApusTracking
import Glibc

/// Puts bytes in the place of a store's files, reads everything, mends it, and reads again: what is left is nothing that
/// could be mended, and the values that were readable before are so still.
///
/// Byte 1 parts the input: metadata of the experiment, the run, a version, a dataset; a metric's file, a tag.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = UnsafeBufferPointer(start: data, count: size)
    let parts = bytes.split(separator: 1, maxSplits: places.count - 1, omittingEmptySubsequences: false)
    guard let store = try? freshStore() else { return 0 }
    for (place, part) in zip(places, parts) where !part.isEmpty { put(Array(part), at: store.root + place) }
    let values = points(in: store)
    look(at: store)
    guard let repairs = try? store.repair() else { return 0 }
    for repair in repairs { precondition(!repair.description.isEmpty) }
    precondition(store.check().allSatisfy { !$0.isMendable }, "what can be mended was not")
    precondition(points(in: store) >= values, "values were lost")
    look(at: store)
    return 0
}

private let run = "/7/0123456789abcdef0123456789abcdef"
private let places = [
    run + "/metrics/m", run + "/meta.yaml", "/7/meta.yaml", "/models/net/version-1/meta.yaml",
    "/7/datasets/d/meta.yaml",
    run + "/tags/t",
]

private func look(at store: TrackingStore) {
    for finding in store.check() { precondition(!finding.description.isEmpty) }
    let orders = (try? RunOrder("metrics.m DESC")).map { [$0] } ?? []
    if let filter = try? RunFilter("metrics.m > 0") {
        _ = store.search(RunQuery(filter: filter, orders: orders), usingIndex: false)
    }
    for summary in store.runSummaries() {
        guard let run = try? store.run(id: summary.id) else { continue }
        _ = try? run.datasets()
        _ = try? run.history(of: "m")
    }
    _ = try? ModelRegistry(store).versions(of: "net")
}

private func points(in store: TrackingStore) -> Int {
    guard let bytes = try? FileSystem.read(store.root + places[0]) else { return 0 }
    return MetricMend(bytes).bytes.count { $0 == 10 }
}

/// A store in memory, so that many runs write to no disk.
private func freshStore() throws -> TrackingStore {
    let root = "/dev/shm/apus-fuzz-store-\(getpid())"
    removeTree(root)
    for folder in ["/metrics", "/params", "/tags", "/artifacts"] {
        try FileSystem.createFolder(root + "/mlruns" + run + folder)
    }
    for folder in ["/7/datasets/d", "/models/net/version-1"] { try FileSystem.createFolder(root + "/mlruns" + folder) }
    return try TrackingStore(root: root + "/mlruns", repairing: false, durable: false)
}

private func put(_ bytes: [UInt8], at path: String) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
}
