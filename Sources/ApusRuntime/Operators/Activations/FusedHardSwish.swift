import ApusONNX
import CApusKernels

/// `HardSwish` for files of opsets that do not have it: what `fuseHardSwish` makes of their four nodes.
struct FusedHardSwish: ElementwiseFunction {
    static let type = OperatorType("HardSwish", domain: fusedDomain)
    let function: apus_activation? = apus_activation(APUS_HARD_SWISH)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }
}
