import ApusModels
import ApusNN
import ApusONNX

extension ResNet: GraphBackbone {
    func exportedFeatures(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let stem = graph.activated(graph.scope("conv1") { conv1.exported(images, with: bn1, in: &$0) }, .relu)
        let pooled = graph.maxPool(stem, kernelSize: 3, stride: 2, padding: 1)
        return stages.enumerated().reduce(pooled) { x, stage in
            graph.scope("layer\(stage.offset + 1)") { $0.chain(stage.element, x) }
        }
    }

    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.layer("fc", fc, graph.meanPool(exportedFeatures(images, in: &graph)))
    }
}
