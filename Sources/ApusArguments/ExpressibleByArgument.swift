/// A type that one word of the command line can mean.
public protocol ExpressibleByArgument {
    /// `nil` where the word means no such value.
    init?(argument: String)

    /// The words there are, where they can be listed.
    static var allValueStrings: [String] { get }

    /// The word that means this value.
    var argumentText: String { get }
}

extension ExpressibleByArgument {
    public static var allValueStrings: [String] { [] }
    public var argumentText: String { "\(self)" }
}

extension ExpressibleByArgument where Self: RawRepresentable, RawValue == String {
    public init?(argument: String) { self.init(rawValue: argument) }
    public var argumentText: String { rawValue }
}

extension ExpressibleByArgument where Self: RawRepresentable & CaseIterable, RawValue == String {
    public static var allValueStrings: [String] { allCases.map(\.rawValue) }
}

extension String: ExpressibleByArgument {
    public init?(argument: String) { self = argument }
}

extension ExpressibleByArgument where Self: LosslessStringConvertible {
    public init?(argument: String) { self.init(argument) }
}

extension Int: ExpressibleByArgument {}
extension UInt64: ExpressibleByArgument {}
extension Float: ExpressibleByArgument {}
extension Double: ExpressibleByArgument {}
