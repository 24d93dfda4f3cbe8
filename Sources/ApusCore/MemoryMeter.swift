/// Counts the bytes that live on one thread's behalf; not for use from several threads at once.
package final class MemoryMeter: @unchecked Sendable {
    package private(set) var bytes = 0
    /// What each allocation costs beside its bytes.
    private static let overhead = 128

    package init() {}

    package func charge(_ byteCount: Int) { bytes += byteCount + Self.overhead }

    package func release(_ byteCount: Int) { bytes -= byteCount + Self.overhead }
}
