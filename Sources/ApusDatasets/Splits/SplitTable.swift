import ApusCore

/// Which image is for what, written down: a table of `filename` and `split`.
public struct SplitTable: Hashable, Sendable {
    private var splits: [String: Split] = [:]

    public init() {}

    public subscript(name: String) -> Split? {
        get { splits[name] }
        set { splits[name] = newValue }
    }

    public var count: Int { splits.count }

    static func read(_ path: String) throws(DatasetError) -> SplitTable {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch { throw .file(error) }
        return try SplitTable(bytes, path: path)
    }

    /// - Parameter path: what errors call these bytes.
    init(_ bytes: [UInt8], path: String) throws(DatasetError) {
        let table = try CSVTable(bytes, path: path)
        guard let header = table.rows.first?.fields, let name = header.firstIndex(of: "filename"),
            let split = header.firstIndex(of: "split")
        else { throw .unreadableSource(path: path, line: 1, reason: "no header with 'filename' and 'split'") }
        for row in table.rows.dropFirst() {
            guard row.fields.count > max(name, split), let value = SplitFolders.split(named: row.fields[split]),
                splits.updateValue(value, forKey: row.fields[name]) == nil
            else {
                throw .unreadableSource(
                    path: path, line: row.line, reason: "expected a file name, each once, and train, val or test")
            }
        }
    }

    /// The table, sorted by name.
    var text: String {
        "filename,split\n"
            + splits.sorted { $0.key < $1.key }.map { CSVTable.line([$0.key, $0.value.rawValue]) }.joined()
    }
}

/// What a division into splits did.
public struct DivisionResult: Codable, Sendable {
    public var output: String
    public var method: SplitDescription.Method
    /// Images by split.
    public var splits: [String: Int] = [:]
    /// Objects by class name and split.
    public var objects: [String: [String: Int]] = [:]
    /// Images that an earlier table placed, and that stayed where they were.
    public var kept = 0
    public var added = 0
}

/// Divides a dataset into splits and writes the division down.
public enum DatasetDivision {
    /// Images that the table lists already stay where they are; new ones are placed by the description's method, for
    /// stratified each where its rarest class is furthest below its share.
    ///
    /// - Throws: `DatasetError`.
    public static func run(
        _ dataset: NamedDataset, splits: SplitDescription, output: String, threads: Int = availableCores
    ) throws(DatasetError) -> DivisionResult {
        let listing = try dataset.listing(threads: threads)
        let read = parallelMap(listing.samples.count, threads: threads) { ReadImage(listing.samples[$0]) }
        var table = FileSystem.exists(output) ? try SplitTable.read(output) : SplitTable()
        let usable = read.indices.filter { read[$0].size != nil && !read[$0].leavesOut }
        let candidates = usable.map { index in
            SplitAssignment.Candidate(listing.samples[index], labels: read[index].annotations.map(\.label))
        }
        let known = candidates.map { table[$0.name] }
        guard let assigned = try SplitAssignment(description: splits).assign(candidates, keeping: known) else {
            throw .badDescription(
                path: dataset.path, key: "splits.method", found: "declared, but the source declares no splits",
                expected: "random, stratified or grouped")
        }
        var result = DivisionResult(output: output, method: splits.method)
        for (candidate, split) in zip(candidates, assigned) {
            if table[candidate.name] == nil { result.added += 1 } else { result.kept += 1 }
            table[candidate.name] = split
            result.splits[split.rawValue, default: 0] += 1
            for label in candidate.labels {
                result.objects[listing.classes[label].name, default: [:]][split.rawValue, default: 0] += 1
            }
        }
        do throws(FileError) { try FileSystem.writeWhole(table.text, to: output) } catch { throw .file(error) }
        return result
    }
}
