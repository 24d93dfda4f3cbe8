import ApusModels
import ApusONNX

extension V8Prototypes {
    /// Adds the layers; the last one's value is called `output`.
    func exported(_ x: GraphValue, output: String, in graph: inout GraphBuilder) -> GraphValue {
        let finer = graph.layer("cv2", cv2, graph.layer("upsample", upsample, graph.layer("cv1", cv1, x)))
        return graph.scope("cv3") { graph in
            let y = graph.scope("conv") { cv3.conv.exported(finer, with: cv3.bn, in: &$0) }
            return graph.silu(y, output: output)
        }
    }
}
