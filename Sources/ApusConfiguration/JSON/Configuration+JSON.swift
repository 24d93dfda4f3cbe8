extension Configuration {
    /// Reads JSON text. Unlike in a configuration, keys that the type has not are passed over: another version wrote
    /// them.
    ///
    /// - Parameter name: what errors call the text.
    public static func decodeJSON<T: Decodable>(
        _ type: T.Type, _ text: String, name: String
    ) throws(ConfigurationError) -> T {
        let root = try JSONReader.read(text, name: name)
        let session = DecodingSession(
            root: root, folder: ".", allowsNonFinite: false, ignoresUnknownKeys: true, quotesTexts: true)
        do {
            return try NodeDecoder.decode(type, from: root, at: [], in: session, defaults: nil)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(.invalidValue, at: root.position, problem: "\(error)")
        }
    }

    /// Reads JSON text of any shape.
    public static func readJSON(_ text: String, name: String) throws(ConfigurationError) -> YAMLNode {
        try JSONReader.read(text, name: name)
    }

    /// `value` as JSON on one line, keys sorted: the same value gives the same text. What JSON has not (infinities,
    /// NaN) becomes null.
    public static func encodeJSON(_ value: some Encodable) throws -> String {
        var text = ""
        JSONWriter.write(try NodeEncoder.encode(value), to: &text)
        return text
    }
}
