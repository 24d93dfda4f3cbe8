import ApusModels
import ApusNN
import ApusONNX

extension MobileNetV2: GraphBackbone {
    func exportedFeatures(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.scope("features") { $0.chain([stem] + blocks + [last], images) }
    }

    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.layer("classifier.1", classifier, graph.meanPool(exportedFeatures(images, in: &graph)))
    }
}
