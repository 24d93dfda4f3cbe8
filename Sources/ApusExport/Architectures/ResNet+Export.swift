import ApusModels
import ApusNN
import ApusONNX

extension ResNet: GraphClassifier {
    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let stem = graph.activated(graph.scope("conv1") { conv1.exported(images, with: bn1, in: &$0) }, .relu)
        let pooled = graph.maxPool(stem, kernelSize: 3, stride: 2, padding: 1)
        let features = stages.enumerated().reduce(pooled) { x, stage in
            graph.scope("layer\(stage.offset + 1)") { $0.chain(stage.element, x) }
        }
        return graph.layer("fc", fc, graph.meanPool(features))
    }
}
