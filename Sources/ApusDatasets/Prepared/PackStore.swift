import ApusCore

/// Where an image lies.
struct PackPlace: Sendable {
    var pack: ImagePack
    var item: Int
}

/// `datasets/NAME/prepared/packs`: the images of all versions, each once.
struct PackStore {
    let folder: String

    init(prepared: String) { folder = prepared + "/" + PackFormat.folder }

    init(besideVersion path: String) { self.init(prepared: FileSystem.folder(of: path)) }

    func path(_ id: String) -> String { "\(folder)/\(id).h5" }

    /// The ids of the packs that are there, sorted.
    var ids: [String] {
        ((try? FileSystem.names(in: folder)) ?? []).filter { $0.hasSuffix(".h5") }.map { String($0.dropLast(3)) }
    }

    /// Where each image lies that is kept in a form, by the hash of its file; packs that cannot be read are left out.
    func places(of form: ImageForm) -> [ContentHash: PackPlace] {
        var places = [ContentHash: PackPlace]()
        for id in ids {
            guard let pack = try? ImagePack(path: path(id)), pack.form == form else { continue }
            for item in 0..<pack.count { places[pack.sourceHash(item)] = PackPlace(pack: pack, item: item) }
        }
        return places
    }
}
