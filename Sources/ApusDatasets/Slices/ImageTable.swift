import ApusConfiguration
import ApusCore

/// What else is known of images, such as camera, place or weather: a table with a column `filename`.
public struct ImageTable: Hashable, Sendable {
    /// All but `filename`, in the table's order.
    public private(set) var columns: [String] = []
    private var rows: [String: [String]] = [:]

    /// What a column says of an image; `nil` where it says nothing.
    public subscript(column: Int, name: String) -> String? {
        guard let value = rows[name]?[column], !value.isEmpty else { return nil }
        return value
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: [UInt8], path: String) throws(DatasetError) {
        let table = try CSVTable(bytes, path: path)
        guard let header = table.rows.first?.fields, let name = header.firstIndex(of: "filename"),
            Set(header).count == header.count
        else {
            throw .unreadableSource(path: path, line: 1, reason: "no header with 'filename' and columns that differ")
        }
        columns = header.enumerated().filter { $0.offset != name }.map(\.element)
        for row in table.rows.dropFirst() {
            guard row.fields.count == header.count else {
                throw .unreadableSource(
                    path: path, line: row.line,
                    reason: "\(row.fields.count) fields, expected \(header.count) as in the header")
            }
            let values = row.fields.enumerated().filter { $0.offset != name }.map(\.element.trimmed)
            guard rows.updateValue(values, forKey: row.fields[name]) == nil else {
                throw .unreadableSource(path: path, line: row.line, reason: "\(row.fields[name]) stands there twice")
            }
        }
    }
}

extension PreparedDataset {
    /// The table that the description names under `metadata`: the dataset.yaml beside the folder of prepared versions.
    ///
    /// - Returns: `nil` where there is no such description, or it names none.
    /// - Throws: `ConfigurationError` and `DatasetError` for a description and a table that cannot be read.
    public func imageTable() throws -> ImageTable? {
        let description = FileSystem.folder(of: FileSystem.folder(of: path)) + "/dataset.yaml"
        guard FileSystem.exists(description) else { return nil }
        let read = try DatasetDescription.read(description)
        guard read.name == name, let table = read.metadata?.resolved else { return nil }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(table) } catch { throw DatasetError.file(error) }
        return try ImageTable(bytes, path: table)
    }
}
