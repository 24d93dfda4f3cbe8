/// Something in a store that MLflow or Apus cannot read, or that was left over.
public struct StoreFinding: Equatable, Sendable, CustomStringConvertible {
    public enum Severity: String, Sendable { case error, warning }

    public var severity: Severity
    public var path: String
    public var problem: String
    /// Whether `TrackingStore.repair()` knows how to mend it.
    public var isMendable = false

    public var description: String { "\(severity.rawValue): \(path): \(problem)" }
}

extension TrackingStore {
    /// Reads everything and lists what is wrong; changes nothing.
    public func check() -> [StoreFinding] {
        buffer.flushQuietly()
        return DamageScan.damages(in: self).map(\.finding)
    }
}
