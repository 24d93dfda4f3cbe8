import ApusModels
import ApusONNX

extension V8Classifier: GraphClassifier {
    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.scope("model") { graph in
            let features = graph.chain(backbone, images)
            return graph.scope(String(backbone.count)) { graph in
                graph.layer("linear", head.linear, graph.meanPool(graph.layer("conv", head.conv, features)))
            }
        }
    }
}
