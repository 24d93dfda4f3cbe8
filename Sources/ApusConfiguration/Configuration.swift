import ApusCore

/// Strict YAML in, typed values out, and back.
public enum Configuration {
    /// Reads a YAML file into a `Codable` type.
    ///
    /// - Parameters:
    ///   - overrides: `key.path=value`, the value in YAML; a list's elements are numbered from 0.
    ///     Paths in overrides are relative to the file's folder too.
    ///   - allowsNonFinite: whether `.nan` and `.inf` are numbers.
    public static func decode<T: Decodable>(
        _ type: T.Type, path: String, overrides: [String] = [], allowsNonFinite: Bool = false
    ) throws(ConfigurationError) -> T {
        let root = try YAMLReader.read(path: path)
        return try decode(
            type, node: root, folder: folder(of: path), overrides: overrides, allowsNonFinite: allowsNonFinite)
    }

    /// Reads YAML text.
    ///
    /// - Parameters:
    ///   - name: what errors call the text.
    ///   - folder: what relative paths in it start from.
    public static func decode<T: Decodable>(
        _ type: T.Type, text: String, name: String, folder: String = ".", overrides: [String] = [],
        allowsNonFinite: Bool = false
    ) throws(ConfigurationError) -> T {
        let root = try YAMLReader.read(text, name: name)
        return try decode(type, node: root, folder: folder, overrides: overrides, allowsNonFinite: allowsNonFinite)
    }

    /// Decodes what `YAMLReader` read.
    public static func decode<T: Decodable>(
        _ type: T.Type, node: YAMLNode, folder: String, overrides: [String] = [], allowsNonFinite: Bool = false
    ) throws(ConfigurationError) -> T {
        var root = node
        for override in overrides { try Override(override).apply(to: &root) }
        let session = DecodingSession(root: root, folder: folder, allowsNonFinite: allowsNonFinite)
        do {
            return try NodeDecoder.decode(type, from: root, at: [], in: session, defaults: nil)
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(.invalidValue, at: root.position, problem: "\(error)")
        }
    }

    /// `value` as YAML text that `decode` reads back: keys in the type's order, every number stated.
    public static func encode(_ value: some Encodable) throws(ConfigurationError) -> String {
        do {
            return YAMLWriter.text(of: try NodeEncoder.encode(value))
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError(.invalidValue, at: .standard, problem: "\(error)")
        }
    }

    /// The folder that paths in the file at `path` are relative to.
    public static func folder(of path: String) -> String { FileSystem.folder(of: path) }
}
