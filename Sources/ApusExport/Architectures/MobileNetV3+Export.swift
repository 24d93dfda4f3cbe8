import ApusModels
import ApusNN
import ApusONNX

extension MobileNetV3: GraphClassifier {
    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let features = graph.scope("features") { $0.chain([stem] + blocks + [last], images) }
        let y = graph.activated(graph.layer("classifier.0", hidden, graph.meanPool(features)), .hardSwish)
        return graph.layer("classifier.3", classifier, y)
    }
}
