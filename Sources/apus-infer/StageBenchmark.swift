import ApusInference
import ApusVision

/// Times of a whole prediction and of its parts, on one image.
struct StageBenchmark {
    let file: String
    let threads, runs: Int

    func run(_ path: String, warmUp: Int, json: Bool, quiet: Bool) throws {
        let image = try Image(contentsOf: path)
        let predictor = try Predictor(contentsOf: file, options: .init(threads: threads))
        var result = try predictor.timedResult(for: image).result
        for _ in 0..<warmUp { result = try predictor.timedResult(for: image).result }
        var stages = [StageTimes]()
        for _ in 0..<runs { stages.append(try predictor.timedResult(for: image).times) }
        let text = report(stages, finds: result.count, json: json)
        Console.write(quiet && !json ? fixed(median(stages) { $0.total }, digits: 3) : text)
    }

    private func median(_ stages: [StageTimes], _ value: (StageTimes) -> Double) -> Double {
        Timings(stages.map(value)).percentile(0.5)
    }

    private func report(_ stages: [StageTimes], finds: Int, json: Bool) -> String {
        let total = median(stages) { $0.total }
        let decode = median(stages) { $0.decode }
        let measures = [
            ("median_ms", total), ("preprocess_ms", median(stages) { $0.preprocess }),
            ("network_ms", median(stages) { $0.network }), ("decode_ms", decode), ("decode_share", decode / total),
        ]
        guard json else {
            let lines = measures.map { "  " + $0.0 + padded(fixed($0.1, digits: 3), 30 - $0.0.count) }
            let head = "\(file)  threads \(threads)  runs \(runs)  finds \(finds)"
            return ([head] + lines).joined(separator: "\n")
        }
        let head: [(key: String, value: JSONText)] = [
            ("model", .string(file)), ("threads", .integer(threads)), ("runs", .integer(runs)),
            ("finds", .integer(finds)),
        ]
        return JSONText.object(head + measures.map { ($0.0, .number(($0.1 * 1000).rounded() / 1000)) }).text
    }
}

extension StageTimes {
    fileprivate var total: Double { preprocess + network + decode }
}

extension Prediction.Result {
    fileprivate var count: Int {
        switch self {
        case .detections(let all): all.count
        case .segments(let all): all.count
        case .poses(let all): all.count
        case .oriented(let all): all.count
        case .classifications(let all): all.count
        case .classMap(let map): map.pixelCounts.count { $0 > 0 }
        }
    }
}
