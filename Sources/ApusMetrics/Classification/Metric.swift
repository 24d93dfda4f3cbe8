/// A number that grows from parts: updated batch by batch, merged over threads, read at the end.
public protocol Metric: Sendable {
    associatedtype Value

    /// Takes in what another metric of the same kind has seen.
    mutating func merge(_ other: Self)

    /// What has been measured so far.
    var value: Value { get }
}
