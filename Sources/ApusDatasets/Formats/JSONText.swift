/// Pieces of JSON text.
enum JSONText {
    static func list(_ elements: some Sequence<String>) -> String { "[" + elements.joined(separator: ",") + "]" }
}
