import ApusCore
import Glibc

/// `datasets/NAME/prepared`: the versions of a data set and what the last preparation said.
struct PreparedFolder {
    let path: String

    static func path(ofDescription descriptionPath: String) -> String {
        FileSystem.resolve("prepared", relativeTo: FileSystem.folder(of: descriptionPath))
    }

    func dataset(_ id: String) -> String { "\(path)/\(id).h5" }
    func manifest(_ id: String) -> String { "\(path)/\(id).json" }
    var report: String { path + "/report.json" }
    var textReport: String { path + "/report.txt" }
    /// Holds the id of the version that was prepared last.
    var latest: String { path + "/latest" }

    /// What an unfinished preparation found.
    var journal: String { path + "/checked.journal" }

    /// What is there already is not written again: versions on a medium that is read-only can be used.
    func write(_ text: String, to path: String) throws(DatasetError) {
        if (try? FileSystem.readText(path)) == text { return }
        do throws(FileError) { try FileSystem.writeWhole(text, to: path) } catch { throw .file(error) }
    }

    /// Removes the temporary files of preparations that were killed: `….PID.tmp` of a process that is gone.
    func removeLeftovers() {
        for folder in [path, PackStore(prepared: path).folder] {
            for name in (try? FileSystem.names(in: folder)) ?? [] where name.hasSuffix(".tmp") {
                let process = name.split(separator: ".").compactMap { pid_t($0) }.first
                if let process, kill(process, 0) != 0, errno == ESRCH { unlink(folder + "/" + name) }
            }
        }
    }
}

extension PreparedDataset {
    /// The version that was prepared last from a description, or `nil` where none was, or the description has come to
    /// say something else since; nothing is prepared.
    public static func latest(ofDescription descriptionPath: String) throws -> PreparedDataset? {
        let folder = PreparedFolder(path: PreparedFolder.path(ofDescription: descriptionPath))
        guard let id = try? FileSystem.readText(folder.latest).trimmed, !id.isEmpty else { return nil }
        let path = folder.dataset(id)
        guard FileSystem.exists(path) else { return nil }
        let (dataset, description) = (try PreparedDataset(path: path), try DatasetDescription.read(descriptionPath))
        let isSame = dataset.recipe == PreparedRecipe(description).json && dataset.name == description.name
        return isSame ? dataset : nil
    }
}
