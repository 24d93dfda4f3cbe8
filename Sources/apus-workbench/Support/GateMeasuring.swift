import ApusCommands
import ApusCore
import ApusDatasets
import ApusMetrics
import ApusTraining
import ArgumentParser
import Foundation

/// One side of a gate and where it came from.
struct GatedModel {
    /// The metric that has to be measured for both sides together.
    static let latency = "latency_ms"

    var subject: GateSubject
    /// `nil` for a file of numbers or a committed baseline.
    var model: EvaluatedModel?
    var data: PreparedDataset?
    /// `nil` for a file of numbers.
    var stored: StoredEvaluation?
}

/// How a gate measures models, and on what.
struct GateMeasuring: ParsableArguments {
    @Option(help: "The split that models are measured on.") var split = Split.test
    @Option(help: "A dataset.yaml; else the one of the candidate's run.", completion: .file(extensions: ["yaml"]))
    var dataset: String?
    @Flag(help: "Measure again what was measured before.") var noCache = false
    @OptionGroup var places: PlaceOptions
    @OptionGroup var common: CommonOptions

    var terminal: Terminal { common.terminal }

    /// Measures a model, or reads what was measured before.
    ///
    /// - Parameter data: the other side's, to be measured on.
    func model(_ reference: String, on data: PreparedDataset? = nil) throws -> GatedModel {
        if reference.hasSuffix(".json") { return try file(reference) }
        let workspace = try places.found()
        let model = try EvaluatedModel.find(reference, in: workspace)
        let data = try data ?? evaluationData(for: model, description: dataset, terminal: terminal)
        let stored = try evaluation(of: model, on: data, cache: EvaluationCache(workspace))
        return GatedModel(subject: GateSubject(stored, name: model.name), model: model, data: data, stored: stored)
    }

    private func evaluation(
        of model: EvaluatedModel, on data: PreparedDataset, cache: EvaluationCache
    ) throws -> StoredEvaluation {
        guard let weights = model.weights else { throw ValidationError("\(model.name) has no file of weights.") }
        let fingerprint = try ModelFingerprint(name: model.name, file: weights)
        let identity = identity(of: model, on: data)
        let known =
            noCache
            ? nil
            : cache.evaluation(of: fingerprint, identity: identity) {
                Terminal.complain("apus: measured again, as a file of the cache is damaged: \($0)")
            }
        if let known { return known }
        let evaluation = try evaluate(model, on: data, split: split, terminal: terminal)
        let stored = StoredEvaluation(
            model: fingerprint, identity: identity, metrics: evaluation.values, matches: evaluation.matches)
        if !noCache {
            do { try cache.keep(stored) } catch { terminal.say("not cached: \(error)") }
        }
        return stored
    }

    /// What another evaluation must share to be comparable.
    private func identity(of model: EvaluatedModel, on data: PreparedDataset) -> [String: String] {
        let settings = ValidationConfiguration()
        let profile = model.task == .classify ? "classification" : EvaluationProfile.coco.rawValue
        return [
            "dataset": data.id, "split": split.rawValue, "task": model.task.rawValue, "profile": profile,
            "images": "\(data.indices(of: split).count)",
            "thresholds":
                "confidence \(settings.confidence), overlap \(settings.iou), \(settings.maximumDetections) an image",
        ]
    }

    private func file(_ path: String) throws -> GatedModel {
        let bytes = try FileSystem.read(path)
        guard StoredEvaluation.isMarked(bytes) else {
            return GatedModel(subject: try GateSubject(numbers: bytes, path: path))
        }
        let stored = try StoredEvaluation(bytes, path: path)
        return GatedModel(subject: GateSubject(stored, name: path), stored: stored)
    }

    /// Measures how long one image takes; both models in turns, where there are two.
    func time(_ candidate: inout GatedModel, _ baseline: inout GatedModel?) throws {
        var sides = [try runner(candidate)]
        let other = try baseline.flatMap { try runner($0) }
        sides.append(other)
        let runners = sides.compactMap { $0 }
        guard !runners.isEmpty else { return }
        terminal.say("measuring latency")
        var times = try Latency(runners).milliseconds[...]
        if sides[0] != nil { candidate.subject.add(measurements: times.removeFirst(), of: GatedModel.latency) }
        if other != nil { baseline?.subject.add(measurements: times.removeFirst(), of: GatedModel.latency) }
    }

    /// Runs a model on the split's first image; `nil` for a file.
    private func runner(_ gated: GatedModel) throws -> (() throws -> Void)? {
        guard let model = gated.model, let data = gated.data else { return nil }
        let indices = Array(data.indices(of: split).prefix(1))
        switch model.engine {
        case .batches(let predictor):
            guard let batch = try evaluator(of: model, on: data, indices: indices).firstBatch() else { return nil }
            return { _ = try predictor.outputs(for: batch) }
        case .images(let predictor):
            guard let index = indices.first else { return nil }
            let image = try data.image(index)
            return { _ = try predictor.result(for: image) }
        }
    }
}

extension GateSubject {
    /// A model's numbers with the size of its file.
    init(_ stored: StoredEvaluation, name: String) {
        let metrics = stored.metrics.merging(["model_bytes": Double(stored.model.bytes)]) { $1 }
        self.init(name: name, metrics: metrics, identity: stored.identity, matches: stored.matches)
    }

    /// The file of `apus evaluate --json`: numbers alone, which do not say what they were measured on.
    init(numbers bytes: [UInt8], path: String) throws {
        let (data, decoder) = (Data(bytes), JSONDecoder())
        let unstated = ["dataset", "split", "task", "thresholds"]
        func subject(_ metrics: some TaskMetrics, profile: String, images: Int) -> GateSubject {
            GateSubject(
                name: path, metrics: metrics.values, identity: ["profile": profile, "images": "\(images)"],
                unstated: unstated)
        }
        if let metrics = try? decoder.decode(DetectionMetrics.self, from: data) {
            self = subject(metrics, profile: metrics.profile.rawValue, images: metrics.imageCount)
        } else if let metrics = try? decoder.decode(SegmentationMetrics.self, from: data) {
            self = subject(metrics, profile: metrics.masks.profile.rawValue, images: metrics.masks.imageCount)
        } else if let metrics = try? decoder.decode(PoseMetrics.self, from: data) {
            self = subject(metrics, profile: metrics.poses.profile.rawValue, images: metrics.poses.imageCount)
        } else if let metrics = try? decoder.decode(ClassifierMetrics.self, from: data) {
            self = subject(metrics, profile: "classification", images: metrics.images.count)
        } else if let metrics = try? decoder.decode(SemanticMetrics.self, from: data) {
            self.init(name: path, metrics: metrics.values, identity: [:], unstated: unstated + ["profile", "images"])
        } else {
            throw ValidationError(
                "\(path): neither a file of `apus gate baseline` nor metrics of `apus evaluate --json`, or cut off; "
                    + "write it again.")
        }
    }
}
