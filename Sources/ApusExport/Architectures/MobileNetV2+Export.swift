import ApusModels
import ApusNN
import ApusONNX

extension MobileNetV2: GraphClassifier {
    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        let features = graph.scope("features") { $0.chain([stem] + blocks + [last], images) }
        return graph.layer("classifier.1", classifier, graph.meanPool(features))
    }
}
