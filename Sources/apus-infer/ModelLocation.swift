import ApusConfiguration
import ApusCore
import ApusDigest
import ApusVision

/// A model as the command line names it, and the file that it means.
enum ModelLocation {
    /// A registered model, and a folder of one, is held to the digests that were taken when it was registered.
    ///
    /// - Parameter workspace: the workspace folder; `nil` looks from the current folder upwards.
    static func file(for text: String, workspace: String?) throws -> String {
        if FileSystem.exists(text) {
            guard FileSystem.isFolder(text) else { return text }
            if FileSystem.exists(text + "/model.onnx") { return try verified("model.onnx", in: text) }
        }
        if text.hasSuffix(".onnx") { throw ModelLocationError.noFile(text) }
        guard let reference = ModelReference(text) else { throw ModelLocationError.notAReference(text) }
        let model = try resolved(reference, workspace.map { [$0] } ?? foldersUpwards())
        return try verified(model.fileName(), in: model.folder, digest: model.digest)
    }

    private static func verified(_ file: String, in folder: String, digest: String? = nil) throws -> String {
        try ChecksumList.verify(folder, file: file, registered: digest)
        return folder + "/" + file
    }

    /// In the first folder that has a model of the name.
    private static func resolved(_ reference: ModelReference, _ roots: [String]) throws -> ResolvedModel {
        for root in roots {
            let resolver = ModelResolver(workspace: root)
            if resolver.knows(reference.name) { return try resolver.resolve(reference) }
        }
        if reference.choice == .newest { throw ModelLocationError.notAReference(reference.name) }
        throw ModelLocationError.notFound("\(reference)")
    }

    /// The current folder and those above it. A relative path of dots is shorter to read than an absolute one.
    private static func foldersUpwards() -> [String] {
        var folders = ["."]
        while folders.count < 64, let last = folders.last, FolderIdentity(last) != FolderIdentity(last + "/..") {
            folders.append(last == "." ? ".." : last + "/..")
        }
        return folders
    }
}

/// A text that means no model anywhere.
enum ModelLocationError: Error, Equatable, CustomStringConvertible {
    case noFile(String)
    case notAReference(String)
    case notFound(String)

    var description: String {
        switch self {
        case .noFile(let path): "\(path): no such file; check the path"
        case .notAReference(let text):
            "“\(text)” is no model; give a FILE.onnx, NAME/VERSION, NAME@ALIAS or a NAME that has versions"
        case .notFound(let text):
            "\(text): no such model here or in a folder above; export it, or name the workspace with --workspace"
        }
    }
}
