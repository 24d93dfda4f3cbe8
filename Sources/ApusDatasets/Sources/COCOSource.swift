import ApusCore

/// COCO's detection JSON, one file a split. <https://cocodataset.org/#format-data>
///
/// Without `source.annotations`, the files are looked for as they are usually laid out:
/// `SPLIT/_annotations.coco.json`, `annotations/*train*.json`, or `*.json` in the folder itself.
struct COCOSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    /// One annotation file and the split that it is for.
    struct Part {
        var path: String
        var split: Split?
    }

    func listing() throws(DatasetError) -> SourceListing {
        let parts = try locateParts()
        var files = [(Part, COCOFile)]()
        for part in parts { files.append((part, try COCOFile(path: part.path))) }
        let classes = ClassTable(Self.classes(in: files.map(\.1)), description: description)
        var listing = SourceListing(classes: classes.classes, samples: [], faults: [])
        let bounds = SourceBounds(root: root, description: description)
        for (part, file) in files {
            listing.faults += file.faults
            let prefix =
                files.count > 1 ? (part.split?.rawValue ?? stem(of: FileSystem.fileName(of: part.path))) + "/" : ""
            try append(file, part: part, prefix: prefix, classes: classes, bounds: bounds, to: &listing)
        }
        return listing
    }

    private func append(
        _ file: COCOFile, part: Part, prefix: String, classes: ClassTable, bounds: SourceBounds,
        to listing: inout SourceListing
    ) throws(DatasetError) {
        let folder = imageFolder(for: part, firstName: file.images.first?.name)
        var seen = Set<Int>()
        for image in file.images {
            guard seen.insert(image.id).inserted else {
                let message = "image id \(image.id) is there already; '\(image.name)' left out"
                listing.faults.append(Fault(.duplicateImage, file: part.path, line: image.line, message: message))
                continue
            }
            let path = try bounds.resolve(image.name, in: folder, file: part.path, line: image.line)
            listing.samples.append(
                SourceSample(
                    name: prefix + image.name, shortName: image.name, id: image.id, content: .file(path),
                    split: part.split, declaredSize: image.size, labelFile: part.path,
                    labels: { size in file.labels(of: image, size: size, classes: classes) }))
        }
        for stray in file.strayImages() {
            let message = "\(stray.count) annotations of image id \(stray.id), which is not there; left out"
            listing.faults.append(Fault(.missingImage, file: part.path, line: stray.line, message: message))
        }
    }

    /// The categories of all files in the order of their ids.
    private static func classes(in files: [COCOFile]) -> [AnnotationClass] {
        files.flatMap { file in file.categories.sorted { $0.key < $1.key }.map(\.value) }
    }
}

// MARK: - Places

extension COCOSource {
    private func locateParts() throws(DatasetError) -> [Part] {
        let parts = description.source.annotations.map(declaredParts) ?? usualParts()
        if let missing = parts.first(where: { !FileSystem.exists($0.path) }) {
            throw .unreadableSource(path: missing.path, line: nil, reason: "no such annotation file")
        }
        guard !parts.isEmpty else {
            throw .unreadableSource(
                path: root, line: nil, reason: "no annotation files (*.json); name them in source.annotations")
        }
        return parts
    }

    private func declaredParts(_ paths: SplitPaths) -> [Part] {
        if let common = paths.common { return [Part(path: FileSystem.resolve(common, relativeTo: root))] }
        return Split.allCases.compactMap { split in
            paths.bySplit[split].map { Part(path: FileSystem.resolve($0, relativeTo: root), split: split) }
        }
    }

    private func usualParts() -> [Part] {
        if root.hasSuffix(".json") { return [Part(path: root)] }
        let exported = [("train", Split.train), ("valid", .val), ("val", .val), ("test", .test)].compactMap {
            (folder, split) -> Part? in
            let path = "\(root)/\(folder)/_annotations.coco.json"
            return FileSystem.exists(path) ? Part(path: path, split: split) : nil
        }
        if !exported.isEmpty { return exported }
        for folder in [root + "/annotations", root] {
            let names = ((try? FileSystem.names(in: folder)) ?? []).filter { $0.hasSuffix(".json") }
            let bySplit = Split.allCases.compactMap { split -> Part? in
                let name = names.first {
                    $0.contains(split.rawValue) && !$0.contains("keypoints") && !$0.contains("captions")
                }
                return name.map { Part(path: folder + "/" + $0, split: split) }
            }
            if !bySplit.isEmpty { return bySplit }
            if let only = names.first, names.count == 1 { return [Part(path: folder + "/" + only)] }
        }
        return []
    }

    /// The folder that `firstName` is found in, of those where COCO's images usually are.
    private func imageFolder(for part: Part, firstName: String?) -> String {
        let base = root.hasSuffix(".json") ? FileSystem.folder(of: root) : root
        if let declared = description.source.images?[part.split] {
            return FileSystem.resolve(declared, relativeTo: base)
        }
        let own = FileSystem.folder(of: part.path)
        let suffix = stem(of: FileSystem.fileName(of: part.path)).split(separator: "_").last.map(String.init) ?? ""
        let splits = part.split.map { [$0.rawValue, $0 == .val ? "valid" : $0.rawValue] } ?? []
        let below = ([suffix] + splits).flatMap { ["\(base)/\($0)", "\(base)/images/\($0)"] }
        let candidates = [own] + below + [base + "/images", base]
        guard let firstName else { return own }
        return candidates.first { FileSystem.exists($0 + "/" + firstName) } ?? own
    }
}
