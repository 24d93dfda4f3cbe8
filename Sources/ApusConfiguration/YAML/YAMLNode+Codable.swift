/// A part of a configuration that its type reads by itself, positions and all.
///
/// Only for types that `Configuration` decodes and encodes.
extension YAMLNode: Codable {
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? NodeDecoder else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "not a configuration"))
        }
        self = decoder.node
    }

    public func encode(to encoder: any Encoder) throws {
        guard let encoder = encoder as? NodeEncoder else {
            throw EncodingError.invalidValue(
                self, EncodingError.Context(codingPath: encoder.codingPath, debugDescription: "not a configuration"))
        }
        encoder.set(self)
    }
}
