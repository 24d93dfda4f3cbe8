import ApusCore

/// What is damaged in a version: found by hashing every image and every label again.
public struct VersionCheck: Codable, Sendable {
    public struct DamagedImage: Codable, Hashable, Sendable {
        public var name: String
        /// The pack that holds it.
        public var pack: String
    }

    public var id: String
    public var images = 0
    /// Bytes that were hashed.
    public var bytes = 0
    public var damagedImages: [DamagedImage] = []
    /// What else is wrong: the file, and the reason.
    public var faults: [String] = []

    public var isWhole: Bool { damagedImages.isEmpty && faults.isEmpty }
}

extension VersionCatalog {
    /// Hashes a version anew. One that cannot be opened is a fault, too.
    public func check(_ name: String, threads: Int = availableCores) throws(DatasetError) -> VersionCheck {
        var check = VersionCheck(id: try id(of: name))
        do throws(DatasetError) {
            let dataset = try PreparedDataset(path: folder.dataset(check.id))
            check.images = dataset.imageCount
            check.bytes = (0..<dataset.imageCount).reduce(0) { $0 + dataset.storedImage($1).count }
            check.damagedImages = dataset.damagedImages(threads: threads).map { index in
                .init(name: dataset.name(of: index), pack: dataset.columns.place(index).pack.path)
            }
            try dataset.verifyLabels()
        } catch {
            check.faults.append(error.description)
        }
        return check
    }
}
