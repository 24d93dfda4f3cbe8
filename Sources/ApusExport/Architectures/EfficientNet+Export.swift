import ApusModels
import ApusNN
import ApusONNX

extension EfficientNet: GraphBackbone {
    func exportedFeatures(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.scope("features") { graph in
            let x = stages.enumerated().reduce(graph.layer("0", stem, images)) { x, stage in
                graph.scope(String(stage.offset + 1)) { $0.chain(stage.element, x) }
            }
            return graph.layer(String(stages.count + 1), last, x)
        }
    }

    func exported(_ images: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        graph.layer("classifier.1", classifier, graph.meanPool(exportedFeatures(images, in: &graph)))
    }
}
