import ApusDatasets
import ApusModels

/// The task that a model file's architecture is for.
enum TrainingTasks {
    static func make(
        _ experiment: Experiment, model: ModelConfiguration, dataset: PreparedDataset
    ) throws -> any TrainingTask {
        try DetectionTask(experiment, model: model, dataset: dataset)
    }
}
