import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch
import ApusVision

/// What a kind of model learns: its batches, its loss, and how it is measured.
public protocol TrainingTask: AnyObject {
    var kind: ModelTask { get }
    /// The network that learns, and one of the same build for its average.
    var model: Module { get }
    var average: Module { get }
    /// The names of the loss's parts, in their order.
    var lossNames: [String] { get }
    /// The metrics that a line an epoch shows.
    var metricNames: [String] { get }
    /// The metrics whose curves are drawn.
    var plottedNames: [String] { get }
    var trainImages: Int { get }
    var validationImages: Int { get }
    /// Batches an epoch.
    var stepsPerEpoch: Int { get }

    /// The batches of an epoch from `step` on. `isClosing`: without mosaic, as in the last epochs.
    func batches(_ epoch: Int, from step: Int, isClosing: Bool) -> LoaderEpoch
    func loss(of batch: Batch) throws -> TaskLoss
    /// The averaged weights on the validation split.
    func evaluate() throws -> any TaskEvaluation
    /// The first images of a training batch with what is known of them.
    func picture(of batch: Batch) -> Image
}

/// The loss of one batch.
public struct TaskLoss {
    /// What `backward` starts from.
    public var total: Tensor
    public var parts: LossParts
}
