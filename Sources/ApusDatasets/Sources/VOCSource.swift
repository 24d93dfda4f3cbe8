import ApusConfiguration
import ApusCore

/// Pascal VOC: `Annotations/ID.xml`, `JPEGImages/ID.jpg`, `ImageSets/Main/{train,val,trainval,test}.txt`.
///
/// <http://host.robots.ox.ac.uk/pascal/VOC/>. Without image sets every annotation is taken, of no declared split.
struct VOCSource: DatasetSource {
    let root: String
    let description: DatasetDescription
    let threads: Int

    private var source: SourceDescription { description.source }

    func listing() throws(DatasetError) -> SourceListing {
        let folders = try locateFolders()
        let images = try ImageFolder(folders.images)
        let (members, setFaults) = try members(folders: folders, images: images)
        let paths = members.map { folders.annotations + "/" + $0.id + ".xml" }
        let classes = ClassTable(
            description.classes.isEmpty ? try classes(in: paths, folder: folders.root) : [], description: description)
        var listing = SourceListing(classes: classes.classes, samples: [], faults: setFaults)
        let bounds = SourceBounds(root: root, description: description)
        for (member, path) in zip(members, paths) {
            _ = try bounds.resolve(member.id, in: folders.annotations, file: member.list ?? path, line: member.line)
            append(member, path: path, images: images, classes: classes, to: &listing)
        }
        reportUnlabelled(images, members: members, hasSets: folders.sets != nil, in: &listing)
        return listing
    }

    private func append(
        _ member: Member, path: String, images: ImageFolder, classes: ClassTable, to listing: inout SourceListing
    ) {
        guard FileSystem.exists(path) else {
            listing.faults.append(Fault(.missingLabels, file: path, message: "no such label file; image left out"))
            return
        }
        guard let image = images.file(stem: member.id, hint: VOCFile.read(path).annotation?.fileName) else {
            listing.faults.append(
                Fault(.missingImage, file: path, message: "no image '\(member.id)' in \(images.path); left out"))
            return
        }
        let offset = source.vocOneBased ? 1.0 : 0
        listing.samples.append(
            SourceSample(
                name: image, content: .file(images.path + "/" + image), split: member.split, labelFile: path,
                labels: { _ in VOCFile.read(path).labels(classes: classes, offset: offset) }))
    }

    /// The names in classes.txt, then those that only the files have, sorted.
    private func classes(in paths: [String], folder: String) throws(DatasetError) -> [AnnotationClass] {
        let names = parallelMap(paths.count, threads: threads) { index in
            Set(VOCFile.read(paths[index]).annotation?.objects.map(\.name) ?? [])
        }
        return try ClassList.classes(names.reduce(into: []) { $0.formUnion($1) }, in: folder)
    }

    private func reportUnlabelled(
        _ images: ImageFolder, members: [Member], hasSets: Bool, in listing: inout SourceListing
    ) {
        guard !hasSets else { return }
        let labelled = Set(members.map(\.id))
        for image in images.names where !labelled.contains(stem(of: image)) {
            let path = images.path + "/" + image
            if source.missingLabels == .background {
                listing.samples.append(SourceSample(name: image, content: .file(path), labelFile: path))
            } else {
                listing.faults.append(
                    Fault(.missingLabels, file: path, message: "no \(stem(of: image)).xml; left out"))
            }
        }
    }
}

// MARK: - Folders and image sets

extension VOCSource {
    private struct Folders {
        var root: String
        var annotations: String
        var images: String
        /// `ImageSets/Main`, where there is one.
        var sets: String?
    }

    /// One image of the data set.
    private struct Member {
        var id: String
        var split: Split?
        /// The image set that names it, and where.
        var list: String?
        var line: Int?
    }

    /// Looks in `root` and in the folders directly inside it.
    private func locateFolders() throws(DatasetError) -> Folders {
        let inside = ((try? FileSystem.names(in: root)) ?? []).map { root + "/" + $0 }
        for folder in [root] + inside.filter(FileSystem.isFolder) {
            let annotations = source.annotations?[nil].map { [$0] } ?? ["Annotations", "annotations"]
            let images = source.images?[nil].map { [$0] } ?? ["JPEGImages", "images"]
            guard let a = Self.firstFolder(annotations, in: folder), let i = Self.firstFolder(images, in: folder) else {
                continue
            }
            return Folders(
                root: folder, annotations: a, images: i, sets: Self.firstFolder(["ImageSets/Main"], in: folder))
        }
        throw .unreadableSource(
            path: root, line: nil,
            reason: "no folders Annotations and JPEGImages; name them in source.annotations and source.images")
    }

    private static func firstFolder(_ names: [String], in folder: String) -> String? {
        names.map { FileSystem.resolve($0, relativeTo: folder) }.first(where: FileSystem.isFolder)
    }

    private func members(
        folders: Folders, images: ImageFolder
    ) throws(DatasetError) -> ([Member], [Fault]) {
        if let sets = folders.sets {
            let (members, faults) = try Self.readSets(sets)
            if !members.isEmpty { return (members, faults) }
        }
        do throws(FileError) {
            let names = try FileSystem.names(in: folders.annotations).filter { $0.hasSuffix(".xml") }
            return (names.map { Member(id: stem(of: $0), split: nil) }, [])
        } catch {
            throw .file(error)
        }
    }

    /// Members in the order train, val, test; `trainval` counts where it says something that train and val do not.
    private static func readSets(_ folder: String) throws(DatasetError) -> ([Member], [Fault]) {
        var members = [Member]()
        var faults = [Fault]()
        var splitByID = [String: Split]()
        for (name, split) in [("train", Split.train), ("val", .val), ("test", .test), ("trainval", .train)] {
            let path = folder + "/" + name + ".txt"
            guard FileSystem.exists(path) else { continue }
            for (id, line) in try ids(in: path) {
                if let earlier = splitByID[id] {
                    guard name != "trainval" else { continue }
                    faults.append(
                        Fault(
                            .duplicateImage, file: path, line: line,
                            message: "'\(id)' is in \(earlier.rawValue) already; kept there"))
                    continue
                }
                splitByID[id] = split
                members.append(Member(id: id, split: split, list: path, line: line))
            }
        }
        return (members, faults)
    }

    /// One id a line; the 1, 0 or -1 that the sets of single classes have behind it is passed over.
    private static func ids(in path: String) throws(DatasetError) -> [(String, Int)] {
        let text: String
        do throws(FileError) { text = try FileSystem.readText(path) } catch { throw .file(error) }
        let rows = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return rows.enumerated().compactMap { index, row in
            var id = Substring(row).trimmed
            if let space = id.lastIndex(where: \.isWhitespace),
                ["1", "0", "-1"].contains(id[id.index(after: space)...])
            {
                id = id[..<space].trimmed
            }
            return id.isEmpty ? nil : (id, index + 1)
        }
    }
}

/// The images of one folder, found by stem.
struct ImageFolder {
    let path: String
    let names: [String]
    private let byStem: [String: [String]]

    init(_ path: String) throws(DatasetError) {
        self.path = path
        do throws(FileError) { names = try FileSystem.names(in: path).filter(isImageName) } catch { throw .file(error) }
        byStem = Dictionary(grouping: names, by: stem(of:))
    }

    /// The file with this stem; where there is not just one, that which the annotation names, else the first.
    func file(stem: String, hint: @autoclosure () -> String?) -> String? {
        let candidates = byStem[stem] ?? []
        if candidates.count == 1 { return candidates[0] }
        let named = hint().flatMap { hint in byStem[ApusDatasets.stem(of: hint)]?.first { $0 == hint } }
        return named ?? candidates.first
    }
}
