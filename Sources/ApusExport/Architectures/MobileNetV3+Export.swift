import ApusModels
import ApusNN
import ApusONNX

extension MobileNetV3: GraphBackbone {
    func exportedFeatures(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.scope("features") { $0.chain([stem] + blocks + [last], images) }
    }

    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let features = graph.meanPool(exportedFeatures(images, in: &graph))
        let y = graph.activated(graph.layer("classifier.0", hidden, features), .hardSwish)
        return graph.layer("classifier.3", classifier, y)
    }
}
