import ApusNN
import ApusTorch

/// A classifier whose convolutions serve other tasks, too.
public protocol ImageBackbone: ImageClassifier {
    /// The modules that give the features: all but the classifier, by the names they have in it.
    var featureModules: [(name: String, module: Module)] { get }
    /// Channels of the features.
    var featureChannels: Int { get }
    /// `[N, featureChannels, H / 32, W / 32]` of images `[N, 3, H, W]`.
    func features(_ x: Tensor) -> Tensor
}

/// A classifier without its last layers.
public final class FeatureExtractor: Module {
    public let network: any ImageBackbone
    /// Pixels a cell of the features.
    public static let stride = 32

    public init(_ network: any ImageBackbone) { self.network = network }

    public override var children: [(name: String, module: Module)] { network.featureModules }

    public func callAsFunction(_ x: Tensor) -> Tensor { network.features(x) }
}
