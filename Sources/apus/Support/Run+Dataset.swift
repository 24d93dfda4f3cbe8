import ApusDatasets
import ApusTracking
import Foundation

extension Run {
    /// The file of the prepared version that this run was trained on, where the run says it.
    func trainingDatasetPath() throws -> String? {
        guard let input = try datasets().first(where: { $0.context == "training" }) else { return nil }
        return try JSONDecoder().decode(DatasetSource.self, from: Data(input.source.utf8)).uri
    }
}

private struct DatasetSource: Decodable {
    var uri: String
}
