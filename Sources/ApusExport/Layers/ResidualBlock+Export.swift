import ApusModels
import ApusONNX

extension ResidualBlock: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        var y = x
        for (index, convolution) in convolutions.enumerated() {
            if index > 0 { y = graph.activated(y, .relu) }
            y = graph.scope("conv\(index + 1)") { convolution.exported(y, with: normalizations[index], in: &$0) }
        }
        let shortcut = downsample.map { graph.layer("downsample", $0, x) } ?? x
        return graph.activated(graph.node("Add", [y, shortcut]), .relu)
    }
}
