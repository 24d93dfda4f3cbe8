import ApusConfiguration
import ApusCore
import ApusVision

/// What a YOLO `data.yaml` says. Its many other keys are nothing to us, so it is not read strictly.
struct YOLOSettings: Sendable {
    /// An image file and the name that the prepared data set gives it.
    struct ImagePath: Sendable {
        var path: String
        var name: String
    }

    let file: String
    /// What paths are relative to: `path` below the file's own folder.
    let base: String
    /// The classes in the order of the numbers in the label files.
    let classes: [AnnotationClass]
    let keypoints: KeypointShape?
    private let entries: [Split: [String]]

    /// `kpt_shape`: how many keypoints an object has, and 2 or 3 numbers for each.
    struct KeypointShape: Hashable, Sendable {
        var count: Int
        /// 3 where a visibility follows x and y.
        var dimensions: Int

        var columns: Int { count * dimensions }
    }

    static func read(_ path: String) throws(DatasetError) -> YOLOSettings {
        do throws(ConfigurationError) {
            return try YOLOSettings(try YAMLReader.read(path: path), file: path)
        } catch {
            throw .unreadableSource(path: path, line: nil, reason: "\(error)")
        }
    }

    init(_ node: YAMLNode, file: String) throws(ConfigurationError) {
        self.file = file
        let folder = FileSystem.folder(of: file)
        let declared = node["path"]?.text.map { FileSystem.resolve($0, relativeTo: folder) } ?? folder
        base = FileSystem.isFolder(declared) ? normalizedPath(declared) : folder
        keypoints = try Self.keypoints(node)
        let (pointNames, mirrored) = (Self.keypointNames(node), node["flip_idx"]?.integers ?? [])
        classes = try Self.names(node).enumerated().map { index, name in
            var kind = AnnotationClass(name)
            (kind.keypoints, kind.mirrored) = (pointNames[index] ?? pointNames[-1] ?? [], mirrored)
            kind.sigmas = node["kpt_oks_sigmas"]?.elements?.compactMap { $0.text.flatMap(Double.init) } ?? []
            return kind
        }
        var entries = [Split: [String]]()
        for split in Split.allCases {
            guard let value = node[split.rawValue] ?? (split == .val ? node["valid"] : nil) else { continue }
            entries[split] = value.elements?.compactMap(\.text) ?? value.text.map { [$0] }
        }
        self.entries = entries
    }

    private static func keypoints(_ node: YAMLNode) throws(ConfigurationError) -> KeypointShape? {
        guard let value = node["kpt_shape"], !value.isNull else { return nil }
        let shape = value.integers
        guard shape.count == 2, (1...10_000).contains(shape[0]), (2...3).contains(shape[1]) else {
            throw ConfigurationError(
                .invalidValue, at: value.position, keyPath: "kpt_shape",
                problem: "expected [number of keypoints, 2 or 3]")
        }
        return KeypointShape(count: shape[0], dimensions: shape[1])
    }

    /// `kpt_names` maps a class's number to the names of its keypoints, or lists them for all classes (the key -1).
    private static func keypointNames(_ node: YAMLNode) -> [Int: [String]] {
        guard let value = node["kpt_names"] else { return [:] }
        if let names = value.elements { return [-1: names.compactMap(\.text)] }
        let pairs = value.entries?.compactMap { entry in
            Int(entry.key).flatMap { key in entry.value.elements.map { (key, $0.compactMap(\.text)) } }
        }
        return Dictionary(pairs ?? [], uniquingKeysWith: { first, _ in first })
    }

    /// `names` is a list, or a mapping from 0, 1, … to names; `nc` has to agree.
    private static func names(_ node: YAMLNode) throws(ConfigurationError) -> [String] {
        guard let value = node["names"] else { return [] }
        var names = value.elements?.compactMap(\.text) ?? []
        if let entries = value.entries {
            let pairs = entries.compactMap { entry in
                Int(entry.key).flatMap { key in entry.value.text.map { (key, $0) } }
            }
            .sorted { $0.0 < $1.0 }
            guard pairs.count == entries.count, pairs.map(\.0) == Array(0..<pairs.count) else {
                throw ConfigurationError(
                    .invalidValue, at: value.position, keyPath: "names", problem: "expected the keys 0, 1, 2, …")
            }
            names = pairs.map(\.1)
        }
        if let count = node["nc"]?.text.flatMap({ Int($0) }), count != names.count {
            throw ConfigurationError(
                .invalidValue, at: value.position, keyPath: "names", problem: "\(names.count) names, but nc is \(count)"
            )
        }
        return names
    }
}

// MARK: - Images of a split

extension YOLOSettings {
    /// The images of a split in the order of its folders and lists; each entry is a folder, a list or an image.
    func images(
        of split: Split, bounds: SourceBounds, faults: inout [Fault]
    ) throws(DatasetError) -> [ImagePath] {
        var images = [ImagePath]()
        for entry in entries[split] ?? [] {
            guard let path = try locate(entry, bounds) else {
                faults.append(
                    Fault(
                        .unreadableFolder, file: FileSystem.resolve(entry, relativeTo: base),
                        message: "\(split.rawValue) of \(self.file) is not there; left out"))
                continue
            }
            if FileSystem.isFolder(path) {
                let walk = FolderWalk(path)
                images += walk.images.map { image(path + "/" + $0) }
                faults += walk.faults
            } else if path.hasSuffix(".txt") {
                images += try listed(in: path, bounds, faults: &faults)
            } else {
                images.append(image(path))
            }
        }
        return images
    }

    /// Where an entry is: of two places that exist, the one inside the dataset.
    private func locate(_ entry: String, _ bounds: SourceBounds) throws(DatasetError) -> String? {
        let bare = entry.hasPrefix("../") ? String(entry.dropFirst(3)) : entry
        let places = [entry, bare].map { normalizedPath(FileSystem.resolve($0, relativeTo: base)) }
            .filter(FileSystem.exists)
        if let inside = places.first(where: bounds.contains) { return inside }
        guard !places.isEmpty else { return nil }
        return try bounds.resolve(entry, in: base, file: file, line: nil)
    }

    /// One path a line, relative to the list's folder or to the data set's.
    private func listed(
        in list: String, _ bounds: SourceBounds, faults: inout [Fault]
    ) throws(DatasetError) -> [ImagePath] {
        let text: String
        do throws(FileError) { text = try FileSystem.readText(list) } catch {
            faults.append(Fault(.unreadableFolder, file: list, message: "\(error); left out"))
            return []
        }
        let folder = FileSystem.folder(of: list)
        var images = [ImagePath]()
        for (index, row) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let name = Substring(row).trimmed
            guard !name.isEmpty else { continue }
            let places = [folder, base].map { normalizedPath(FileSystem.resolve(name, relativeTo: $0)) }
            let path = places.first(where: FileSystem.exists) ?? places[0]
            _ = try bounds.resolve(path, in: ".", file: list, line: index + 1)
            images.append(image(path))
        }
        return images
    }

    /// The name is the path below the data set's folder.
    private func image(_ path: String) -> ImagePath {
        ImagePath(path: path, name: path.hasPrefix(base + "/") ? String(path.dropFirst(base.count + 1)) : path)
    }
}

extension YAMLNode {
    /// The whole numbers of a list.
    fileprivate var integers: [Int] { elements?.compactMap { $0.text.flatMap { Int($0) } } ?? [] }
}
