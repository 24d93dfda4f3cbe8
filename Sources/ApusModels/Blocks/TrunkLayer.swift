import ApusNN
import ApusTorch

/// A layer of a backbone or neck that turns one map into one map.
protocol TrunkLayer: Module {
    func callAsFunction(_ x: Tensor) -> Tensor
}

extension ConvolutionBlock: TrunkLayer {}
extension C2f: TrunkLayer {}
extension SPPF: TrunkLayer {}

/// A layer without tensors that only keeps its place in the numbering: upsampling, concatenation.
final class Pass: Module, TrunkLayer {
    func callAsFunction(_ x: Tensor) -> Tensor { x }
}
