/// A configuration whose keys may be left out: the values of `init()` stand in for them, however deep.
///
///     struct Optimizer: Defaulted { var learningRate = 0.01; var momentum = 0.937 }
public protocol Defaulted: Codable {
    init()

    /// Keys that must be written all the same; their values in `init()` are never used.
    static var requiredKeys: Set<String> { get }
}

extension Defaulted {
    public static var requiredKeys: Set<String> { [] }
}

/// A configuration that checks itself once it is decoded; the first problem becomes an error with its line.
public protocol Validated {
    func problems() -> [ConfigurationProblem]
}

/// A value of the right type that makes no sense.
public struct ConfigurationProblem: Equatable, Sendable {
    /// The key at fault, as the file spells it; empty where it is the whole mapping.
    public var key: String
    /// Such as "a number above 0"; where `found` is empty, the whole sentence.
    public var expected: String
    public var found: String
    public var remedy: String

    public init(_ key: String, expected: String, found: String = "", remedy: String = "") {
        self.key = key
        self.expected = expected
        self.found = found
        self.remedy = remedy
    }

    /// A problem unless `value` lies in `range`.
    public static func range<V: Comparable>(_ key: String, _ value: V, _ range: ClosedRange<V>) -> Self? {
        range.contains(value)
            ? nil : Self(key, expected: "\(range.lowerBound) to \(range.upperBound)", found: "\(value)")
    }

    /// A problem unless `value` is at least `minimum`.
    public static func atLeast<V: Comparable>(_ key: String, _ value: V, _ minimum: V) -> Self? {
        value >= minimum ? nil : Self(key, expected: "at least \(minimum)", found: "\(value)")
    }

    /// A problem unless `condition` holds.
    public static func require(
        _ key: String, _ condition: Bool, expected: String, found: some CustomStringConvertible, remedy: String = ""
    ) -> Self? {
        condition ? nil : Self(key, expected: expected, found: "\(found)", remedy: remedy)
    }
}
