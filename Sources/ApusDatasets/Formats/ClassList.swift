import ApusCore

/// `classes.txt`: the names of a dataset's classes in their order, one a line, beside the files of formats that have
/// no place for it.
enum ClassList {
    static let fileName = "classes.txt"

    /// The names that the file in a folder lists; none where there is no such file.
    static func read(in folder: String) throws(DatasetError) -> [String] {
        let path = folder + "/" + fileName
        guard FileSystem.isFolder(folder), FileSystem.exists(path) else { return [] }
        do throws(FileError) { return names(in: try FileSystem.readText(path)) } catch { throw .file(error) }
    }

    static func names(in text: String) -> [String] {
        let rows = text.utf8.split(separator: UInt8(ascii: "\n")).map { Substring($0).trimmed }
        var seen = Set<String>()
        return rows.filter { !$0.isEmpty && seen.insert($0).inserted }
    }

    /// The classes that a folder's list names, then those that only labels show, sorted.
    static func classes(_ found: Set<String>, in folder: String) throws(DatasetError) -> [AnnotationClass] {
        let listed = try read(in: folder)
        return (listed + found.subtracting(listed).sorted()).map { AnnotationClass($0) }
    }

    /// Writes the list, unless a name would not come back from it, which is counted.
    static func write(_ names: [String], to folder: String, losses: inout LossLedger) throws(DatasetError) {
        let text = names.map { $0 + "\n" }.joined()
        guard !names.isEmpty else { return }
        guard self.names(in: text) == names else { return losses.add(.classOrder, names[0]) }
        try writeText(text, to: "\(folder)/\(fileName)")
    }
}
