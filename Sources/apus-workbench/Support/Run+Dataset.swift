import ApusConfiguration
import ApusCore
import ApusDatasets
import ApusTracking
import ArgumentParser
import Foundation

extension Run {
    /// The file of the prepared version that this run was trained on, where the run says it. In a workspace that was
    /// moved it is the version of the same digest.
    func trainingDatasetPath() throws -> String? {
        guard let input = try datasets().first(where: { $0.context == "training" }),
            let source = try? JSONDecoder().decode(DatasetSource.self, from: Data(input.source.utf8))
        else { return nil }
        if FileSystem.exists(source.uri) { return source.uri }
        let folder = try Workspace.find(from: self.folder).datasets
        let candidates = ((try? FileSystem.names(in: folder)) ?? []).map {
            "\(folder)/\($0)/prepared/\(input.digest).h5"
        }
        guard let moved = candidates.first(where: FileSystem.exists) else {
            throw ValidationError(
                "\(source.uri), which run \(id) was trained on, is gone: prepare it again with `apus prepare`.")
        }
        return moved
    }
}

private struct DatasetSource: Decodable {
    var uri: String
}
