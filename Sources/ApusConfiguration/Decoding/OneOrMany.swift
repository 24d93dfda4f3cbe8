/// A single value, or a list of them: `classes: car` as well as `classes: [car, bus]`.
public struct OneOrMany<Value> {
    public var values: [Value]

    public init(_ values: [Value]) { self.values = values }
}

extension OneOrMany: Equatable where Value: Equatable {}
extension OneOrMany: Hashable where Value: Hashable {}
extension OneOrMany: Sendable where Value: Sendable {}

extension OneOrMany: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Value...) { values = elements }
}

extension OneOrMany: Decodable where Value: Decodable {
    public init(from decoder: any Decoder) throws {
        if (try? decoder.unkeyedContainer()) != nil {
            values = try [Value](from: decoder)
        } else {
            values = [try decoder.singleValueContainer().decode(Value.self)]
        }
    }
}

extension OneOrMany: Encodable where Value: Encodable {
    public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}
