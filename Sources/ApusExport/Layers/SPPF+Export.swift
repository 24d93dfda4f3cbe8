import ApusModels
import ApusONNX

extension SPPF: GraphLayer {
    func exported(_ x: GraphValue, in graph: inout GraphBuilder) -> GraphValue {
        var stages = [graph.layer("cv1", cv1, x)]
        for _ in 0..<3 {
            stages.append(
                graph.maxPool(stages[stages.count - 1], kernelSize: kernelSize, stride: 1, padding: kernelSize / 2))
        }
        return graph.layer("cv2", cv2, graph.concatenated(stages, axis: 1))
    }
}
