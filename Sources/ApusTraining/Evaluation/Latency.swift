import ApusDatasets

/// How long models take for one image each, measured in turns so that a busy machine slows both alike.
public struct Latency: Sendable {
    /// Milliseconds of the models, `[model][round]`.
    public private(set) var milliseconds: [[Double]]

    /// - Parameters:
    ///   - models: each runs once on its own image.
    ///   - rounds: at most; every second round goes through the models backwards.
    ///   - seconds: after which no further round begins, once there are eight.
    public init(_ models: [() throws -> Void], rounds: Int = 100, seconds: Double = 20) throws {
        milliseconds = models.map { _ in [] }
        for model in models {
            for _ in 0..<3 { try model() }
        }
        let start = ContinuousClock.now
        for round in 0..<rounds where round < 8 || (ContinuousClock.now - start).seconds < seconds {
            let order = round % 2 == 0 ? Array(models.indices) : models.indices.reversed()
            for index in order {
                let begin = ContinuousClock.now
                try models[index]()
                milliseconds[index].append((ContinuousClock.now - begin).seconds * 1000)
            }
        }
    }
}
