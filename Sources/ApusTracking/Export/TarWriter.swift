import ApusCore
import Glibc

/// A tar archive as POSIX.1-2001 describes it (pax): `ustar` headers, extended ones for long names and large files.
struct TarWriter: ExportSink {
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) { (self.descriptor, self.path) = (descriptor, path) }

    mutating func addFolder(_ name: String) throws(TrackingError) {
        try onFiles { () throws(FileError) in
            try writeHeader(name + "/", type: "5", size: 0, modified: Int64(time(nil)))
        }
    }

    mutating func addFile(_ name: String, from source: String, isMetric: Bool) throws(TrackingError) -> Int64 {
        try onFiles { () throws(FileError) in
            let file = try ExportedFile(source, isMetric: isMetric)
            try writeHeader(name, type: "0", size: file.size, modified: file.modified)
            try file.copy { chunk throws(FileError) in try write(chunk) }
            try pad(file.size)
            return file.size
        }
    }

    /// Two empty blocks end an archive.
    mutating func finish() throws(TrackingError) {
        try onFiles { () throws(FileError) in try write([UInt8](repeating: 0, count: 1024)[...]) }
    }

    private func write(_ bytes: ArraySlice<UInt8>) throws(FileError) {
        try writeAll(bytes, to: descriptor, path: path)
    }

    private func pad(_ size: Int64) throws(FileError) {
        let rest = Int(size % 512)
        if rest > 0 { try write([UInt8](repeating: 0, count: 512 - rest)[...]) }
    }

    private func writeHeader(_ name: String, type: Character, size: Int64, modified: Int64) throws(FileError) {
        var records = ""
        if name.utf8.count > 100 || !name.utf8.allSatisfy({ $0 < 128 }) { records += Self.record("path", name) }
        if size > Self.largestSize { records += Self.record("size", String(size)) }
        if !records.isEmpty {
            let bytes = Array(records.utf8)
            try write(Self.header("PaxHeaders/file", type: "x", size: Int64(bytes.count), modified: modified)[...])
            try write(bytes[...])
            try pad(Int64(bytes.count))
        }
        try write(Self.header(name, type: type, size: min(size, Self.largestSize), modified: modified)[...])
    }

    /// Eleven octal digits.
    private static let largestSize: Int64 = 0o77_777_777_777

    /// `LENGTH KEY=VALUE\n`, where the length counts itself.
    static func record(_ key: String, _ value: String) -> String {
        let body = " \(key)=\(value)\n"
        var length = body.utf8.count
        while length != body.utf8.count + String(length).utf8.count {
            length = body.utf8.count + String(length).utf8.count
        }
        return "\(length)\(body)"
    }

    static func header(_ name: String, type: Character, size: Int64, modified: Int64) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, at start: Int, _ width: Int) {
            for (place, byte) in text.utf8.prefix(width).enumerated() { block[start + place] = byte }
        }
        func put(octal value: Int64, at start: Int, _ digits: Int) {
            let text = String(max(0, value), radix: 8)
            put(String(repeating: "0", count: max(0, digits - text.count)) + text, at: start, digits)
        }
        put(name, at: 0, 100)
        put(octal: type == "5" ? 0o755 : 0o644, at: 100, 7)
        put(octal: 0, at: 108, 7)
        put(octal: 0, at: 116, 7)
        put(octal: size, at: 124, 11)
        put(octal: modified, at: 136, 11)
        put("        ", at: 148, 8)
        put(String(type), at: 156, 1)
        put("ustar", at: 257, 5)
        put("00", at: 263, 2)
        put(octal: block.reduce(0) { $0 + Int64($1) }, at: 148, 6)
        block[154] = 0
        return block
    }
}
