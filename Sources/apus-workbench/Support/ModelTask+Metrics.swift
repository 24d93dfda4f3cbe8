import ApusCommands
import ApusMetrics
import ApusModels
import ArgumentParser
import Foundation

extension ModelTask {
    /// What `apus evaluate --json` printed for a model of this task.
    ///
    /// - Parameter file: what an error calls these bytes.
    func metrics(fromJSON bytes: [UInt8], file: String) throws -> any TaskMetrics {
        func decoded<Metrics: TaskMetrics & Decodable>(_ type: Metrics.Type) throws -> any TaskMetrics {
            do {
                return try JSONDecoder().decode(type, from: Data(bytes))
            } catch {
                throw ValidationError(
                    "\(file) holds no metrics of the task \(rawValue): write it with `apus evaluate MODEL --json`.")
            }
        }
        return switch self {
        case .detect, .obb: try decoded(DetectionMetrics.self)
        case .segment: try (try? decoded(SemanticMetrics.self)) ?? decoded(SegmentationMetrics.self)
        case .pose, .keypoints: try decoded(PoseMetrics.self)
        case .classify: try decoded(ClassifierMetrics.self)
        }
    }
}
