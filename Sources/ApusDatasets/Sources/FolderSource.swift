import ApusCore
import ApusVision

/// One folder of images a class: `SPLIT/CLASS/NAME.jpg`, or `CLASS/NAME.jpg` where there are no splits.
///
/// The classes are the folders' names, in the order of `classes.txt` or else sorted; an image labels its class as a whole.
struct FolderSource: DatasetSource {
    let root: String
    let description: DatasetDescription

    /// One image and the folder that is its class.
    private struct Member {
        var path: String
        /// Below the folder of the split.
        var name: String
        var className: String
        var split: Split?
    }

    func listing() throws(DatasetError) -> SourceListing {
        let parts = SplitFolders.parts(of: root)
        var faults = [Fault]()
        var members = [Member]()
        for (folder, split) in parts { members += self.members(in: folder, split: split, faults: &faults) }
        guard !members.isEmpty else {
            throw .unreadableSource(path: root, line: nil, reason: "no folders of images, one a class")
        }
        let names = Set(members.map(\.className))
        let classes = ClassTable(try ClassList.classes(names, in: root), description: description)
        var listing = SourceListing(classes: classes.classes, samples: [], faults: faults)
        for member in members { append(member, classes: classes, to: &listing) }
        return listing
    }

    private func append(_ member: Member, classes: ClassTable, to listing: inout SourceListing) {
        let labels: SourceLabels
        switch classes.resolve(member.className) {
        case .label(let label): labels = SourceLabels(annotations: [Annotation(label: label)])
        case .dropped: labels = SourceLabels(leavesOutImage: true)
        case .unknown(let reason):
            let message = "folder \(reason); image left out"
            let fault = Fault(.classOutOfRange, file: member.path, message: message)
            labels = SourceLabels(faults: [fault], leavesOutImage: true)
        }
        listing.samples.append(
            SourceSample(
                name: (member.split.map { $0.rawValue + "/" } ?? "") + member.name, shortName: member.name,
                content: .file(member.path), split: member.split, labelFile: member.path, labels: { _ in labels }))
    }

    private func members(in folder: String, split: Split?, faults: inout [Fault]) -> [Member] {
        var members = [Member]()
        for className in FolderWalk.folders(in: folder) {
            let walk = FolderWalk(folder + "/" + className)
            faults += walk.faults
            members += walk.images.map {
                Member(
                    path: "\(folder)/\(className)/\($0)", name: className + "/" + $0, className: className, split: split
                )
            }
        }
        return members
    }
}

/// The folders that hold one split each.
enum SplitFolders {
    /// What a split's folder may be called.
    static let names: [(String, Split)] = [
        ("train", .train), ("training", .train), ("val", .val), ("valid", .val), ("validation", .val), ("test", .test),
    ]

    /// The splits' folders directly in `root`, else `root` itself, of no split.
    static func parts(of root: String) -> [(folder: String, split: Split?)] {
        let parts = names.compactMap { name, split -> (String, Split?)? in
            let folder = root + "/" + name
            return FileSystem.isFolder(folder) ? (folder, split) : nil
        }
        return parts.isEmpty ? [(root, nil)] : parts
    }

    static func split(named name: String) -> Split? { names.first { $0.0 == name.lowercased() }?.1 }
}

/// The images in a folder and the folders inside it, sorted; a link back to a folder above is passed over.
struct FolderWalk {
    /// Paths below the folder.
    private(set) var images: [String] = []
    private(set) var faults: [Fault] = []
    private var visited = Set<FolderIdentity>()

    init(_ folder: String) { collect(folder, prefix: "") }

    static func folders(in path: String) -> [String] {
        ((try? FileSystem.names(in: path)) ?? []).filter { !$0.hasPrefix(".") && FileSystem.isFolder(path + "/" + $0) }
    }

    private mutating func collect(_ folder: String, prefix: String) {
        guard let identity = FolderIdentity(folder), visited.insert(identity).inserted else { return }
        do throws(FileError) {
            for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
                if isImageName(name) {
                    images.append(prefix + name)
                } else if FileSystem.isFolder(folder + "/" + name) {
                    collect(folder + "/" + name, prefix: prefix + name + "/")
                }
            }
        } catch {
            faults.append(Fault(.unreadableFolder, file: folder, message: "\(error); left out"))
        }
    }
}
