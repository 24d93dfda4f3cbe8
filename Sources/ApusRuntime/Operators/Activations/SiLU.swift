import ApusONNX
import CApusKernels

/// `y = x · sigmoid(x)`: what `fuseSiLU` makes of the two nodes that files hold.
struct SiLU: ElementwiseFunction {
    static let type = OperatorType("SiLU", domain: fusedDomain)
    let function: apus_activation? = apus_activation(APUS_SILU)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(1...1) }
}
