import ApusCore

/// The cases that the runtime refuses, each with its reason: a line `NAME<tab>REASON` each.
///
/// It is committed, so that a case that is refused anew stands out, and every reason can be read.
struct RefusalManifest {
    private(set) var reasons: [String: String]

    init(reasons: [String: String] = [:]) { self.reasons = reasons }

    init(contentsOf path: String) throws(FileError) {
        let lines = try FileSystem.readText(path).split(separator: "\n").filter { !$0.hasPrefix("#") }
        reasons = Dictionary(
            lines.map { line in
                let parts = line.split(separator: "\t", maxSplits: 1)
                return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
            }, uniquingKeysWith: { $1 })
    }

    mutating func add(_ name: String, reason: String) {
        reasons[name] = reason.split(separator: "\n").joined(separator: " ")
    }

    func contains(_ name: String) -> Bool { reasons[name] != nil }

    func write(to path: String) throws(FileError) {
        let lines = reasons.sorted { $0.key < $1.key }.map { "\($0.key)\t\($0.value)\n" }
        try FileSystem.writeWhole(Self.heading + lines.joined(), to: path)
    }

    private static let heading = """
        # Cases of ONNX's backend data that the runtime refuses, with the error that says why.
        # Written by `apus-infer conformance DIR --write-manifest FILE`; never edited.

        """
}
