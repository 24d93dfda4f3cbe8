@testable import ApusConfiguration

/// Any keys of any kind, one inside the other.
private final class Mixed: Decodable {
    let names: [String]?
    let scale: Float?
    let size: [Int]?
    let inner: Mixed?
    let others: [String: OneOrMany<Double>]?
}

/// Reads a text as YAML, as JSON and as the literals of other tools' metadata, and writes what is YAML again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard let text = String(validating: UnsafeBufferPointer(start: data, count: size), as: UTF8.self) else { return 0 }
    _ = PythonLiteral(text).map { ($0.integers, $0.elements?.count) }
    do throws(ConfigurationError) {
        let node = try YAMLReader.read(text, name: "text")
        _ = try YAMLReader.read(YAMLWriter.text(of: node), name: "written")
        _ = try Configuration.decode(Mixed.self, node: node, folder: ".")
    } catch {
        _ = error.description
    }
    do throws(ConfigurationError) {
        _ = try Configuration.decodeJSON(Mixed.self, text, name: "text")
    } catch {
        _ = error.description
    }
    return 0
}
