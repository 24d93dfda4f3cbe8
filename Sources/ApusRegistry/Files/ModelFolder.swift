import ApusCore
import ApusDigest
import ApusONNX
import ApusTracking

/// The folder that holds a version's files.
public struct ModelFolder: Sendable {
    public struct File: Equatable, Sendable, Encodable {
        public var name: String
        public var bytes: Int
        public var sha256: String
    }

    /// How a version's model file is called.
    public static let modelFile = "model.onnx"

    public let path: String

    public init(_ path: String) { self.path = path }

    private static let maximumFiles = 10_000

    /// Paths of all files below the folder, sorted. Links inside the folder are followed.
    public func names() throws(RegistryError) -> [String] {
        var found: [String] = []
        try collect("", into: &found)
        return found.sorted()
    }

    public func files() throws(RegistryError) -> [File] {
        var files: [File] = []
        for name in try names() {
            let file = try onFiles { () throws(FileError) in try MappedFile(path: path + "/" + name) }
            let digest = withExtendedLifetime(file) { hexadecimal(SHA256.hash(file.bytes)) }
            files.append(File(name: name, bytes: file.bytes.count, sha256: digest))
        }
        return files
    }

    private func collect(_ prefix: String, into found: inout [String]) throws(RegistryError) {
        let folder = prefix.isEmpty ? path : path + "/" + prefix
        for name in try onFiles({ () throws(FileError) in try FileSystem.names(in: folder) }) {
            let relative = prefix.isEmpty ? name : prefix + "/" + name
            try requireInside(path + "/" + relative)
            if FileSystem.isFolder(path + "/" + relative) {
                guard relative.split(separator: "/").count < 16 else { throw .tooMany(folder: path, limit: 16) }
                try collect(relative, into: &found)
            } else {
                found.append(relative)
            }
            guard found.count <= Self.maximumFiles else { throw .tooMany(folder: path, limit: Self.maximumFiles) }
        }
    }

    private func requireInside(_ file: String) throws(RegistryError) {
        guard let target = resolvedPath(file), let root = resolvedPath(path), target.hasPrefix(root + "/") else {
            throw .linkOutside(file)
        }
    }

    // MARK: Digests

    /// The files that decide what a model answers: these are sealed, notes beside them may change.
    static func deciding(model file: String, in folder: String) throws(RegistryError) -> [String] {
        let external: [String]
        do throws(GraphError) {
            external = try Model.externalFiles(ofModelAt: folder + "/" + file)
        } catch {
            throw .model(file: folder + "/" + file, error)
        }
        let companions = ["model.yaml", "labels.txt"].filter { FileSystem.exists(folder + "/" + $0) }
        return [file] + external + companions
    }

    /// Writes the digests of what decides the model's answers.
    ///
    /// - Returns: the digest of the model file.
    @discardableResult
    public static func seal(_ folder: String, model file: String = modelFile) throws(RegistryError) -> String {
        let names = try deciding(model: file, in: folder)
        let list = try onFiles { () throws(FileError) in
            let list = try ChecksumList(of: names, in: folder)
            try FileSystem.writeWhole(list.text, to: folder + "/" + ChecksumList.fileName)
            return list
        }
        return list.digests[file] ?? ""
    }
}
