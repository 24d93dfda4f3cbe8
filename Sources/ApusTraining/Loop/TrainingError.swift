/// Training that cannot start or go on.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// Losses or gradients that are NaN or infinite, and stay so with lower rates.
    case nonFiniteLoss(LossParts, epoch: Int, step: Int)
    case emptySplit(String, dataset: String)
    case checkpoint(path: String, reason: String)
    /// Weights to start from that do not fit.
    case weights(path: String, reason: String)
    /// `loss.class_weights` of another number than the classes.
    case classWeights(found: Int, classes: [String])
    /// `batch_size: auto` without a GPU's memory to measure, or where several processes train together.
    case automaticBatch
    /// Outputs that are not the task's.
    case outputs(found: [String], expected: String)
    /// A model that lacks classes of the dataset that it shall be measured on.
    case classes(missing: [String], dataset: String, found: [String])
    /// A model of class maps, and a split whose objects nobody outlined.
    case noOutlines(dataset: String)
    /// A module that no task knows.
    case untrainable(String)
    /// A run that ended before its configuration was stored.
    case neverBegan(run: String)
    /// Fewer images a batch than processes that share it.
    case processes(Int, batchSize: Int)
    /// `validation.best` names a metric that the task does not have.
    case unknownMetric(String, known: [String])

    public var description: String {
        switch self {
        case .nonFiniteLoss(let loss, let epoch, let step):
            """
            the loss is not finite in epoch \(epoch + 1), step \(step + 1) (\(loss)); \
            lower optimizer.lr0, or lengthen the warm-up
            """
        case .weights(let path, let reason): "\(path): \(reason)"
        case .classWeights(let found, let classes):
            "loss.class_weights has \(found) numbers, expected \(classes.count): one for \(classes.joined(separator: ", "))"
        case .automaticBatch:
            "batch_size: auto measures a GPU's memory for one process; on a CPU, and for several, give a number such as 16"
        case .outputs(let found, let expected):
            "the model gives \(found.joined(separator: " and ")), expected \(expected) first: export it again"
        case .classes(let missing, let dataset, let found):
            "the model does not know \(missing.joined(separator: ", ")) of \(dataset); its labels are "
                + (found.isEmpty ? "not said" : found.prefix(100).joined(separator: ", "))
                + ": name them in the sidecar's labels as the dataset does"
        case .noOutlines(let dataset):
            "the model gives a class for each pixel, and no object of \(dataset) in this split has an outline or a mask "
                + "to compare with: measure it on data with segmentations"
        case .neverBegan(let run):
            "run \(run) ended before its configuration was stored: there is nothing to go on from; start it anew"
        case .untrainable(let type): "a \(type) is no network of a task that Apus trains"
        case .unknownMetric(let name, let known):
            "validation.best: '\(name)' is no metric by which an epoch of this task can be best; "
                + "there are \(known.joined(separator: ", "))"
        case .processes(let count, let batchSize):
            """
            batch_size is \(batchSize), expected at least \(count): each of \(count) processes takes a part of every \
            batch; raise it or start fewer processes
            """
        case .emptySplit(let split, let dataset):
            "\(dataset) has no images in its \(split) split; give its dataset.yaml a split for them"
        case .checkpoint(let path, let reason):
            "\(path) is no checkpoint of this run: \(reason)"
        }
    }
}
