/// Which way a metric gets better.
public enum MetricDirection: String, Codable, CaseIterable, Hashable, Sendable {
    case higher, lower

    /// The direction of a metric by the words of its name, as in `val/box_loss` or `latency_ms`; `nil` where no word
    /// is known.
    public init?(metric: String) {
        let words = Self.words(of: metric)
        if !words.isDisjoint(with: Self.lowerIsBetter) {
            self = .lower
        } else if !words.isDisjoint(with: Self.higherIsBetter) {
            self = .higher
        } else {
            return nil
        }
    }

    private static let lowerIsBetter: Set<String> = [
        "latency", "ms", "seconds", "time", "duration", "size", "bytes", "memory", "rss", "loss", "error", "errors",
        "ece", "dap", "mae", "mse", "rmse", "parameters", "flops", "difference",
    ]
    private static let higherIsBetter: Set<String> = [
        "map", "map50", "map75", "ap", "ap50", "ap75", "ar", "precision", "recall", "f1", "accuracy", "top1",
        "top5", "iou", "oks", "pck", "fps", "throughput", "auc",
    ]

    private static func words(of metric: String) -> Set<String> {
        let separators: Set<Character> = ["/", "_", " ", ".", "-", "(", ")"]
        return Set(metric.lowercased().split { separators.contains($0) }.map(String.init))
    }
}
