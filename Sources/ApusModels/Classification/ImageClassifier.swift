import ApusNN
import ApusTorch

/// A network that tells what an image shows.
public protocol ImageClassifier: Module {
    var classCount: Int { get }
    /// Class logits `[N, classes]` of images `[N, 3, H, W]`, normalized as the weights were trained with.
    func callAsFunction(_ x: Tensor) -> Tensor
}

extension ImageClassifier {
    /// Probabilities `[N, classes]` by the running statistics, without gradients.
    public func predict(_ x: Tensor) -> Tensor {
        let wasTraining = isTraining
        if wasTraining { setTraining(false) }
        defer { if wasTraining { setTraining(true) } }
        return withoutGradients { self(x).softmax(axis: 1) }
    }
}
