import ApusDatasets
import ApusExport
import ApusTracking
import ArgumentParser

/// How an export is quantized.
struct QuantizationOptions: ParsableArguments {
    enum Kind: String, CaseIterable, ExpressibleByArgument { case int8 }

    @Option(help: "Compute with 8-bit integers: about a quarter of the size, and faster.") var quantize: Kind?
    @Option(help: "The split that ranges of numbers are measured on.") var calibrate = Split.val
    @Option(help: "Images of it that are used.") var calibrationImages = 128
    @Option(help: "How ranges of numbers are chosen.") var ranges = RangeMethod.squaredError

    func validate() throws {
        guard calibrationImages > 0 else {
            throw ValidationError("--calibration-images is \(calibrationImages); choose 1 or more.")
        }
    }

    /// `nil` where the export shall stay in floats.
    func quantization(for run: Run) throws -> ExportQuantization? {
        guard quantize != nil else { return nil }
        guard let path = try run.trainingDatasetPath() else {
            throw ValidationError("Run \(run.id) names no dataset: there is nothing to calibrate on.")
        }
        let dataset = try PreparedDataset(path: path)
        let indices = Array(dataset.indices(of: calibrate).prefix(calibrationImages))
        guard !indices.isEmpty else {
            throw ValidationError("The split \(calibrate.rawValue) of \(dataset.name) is empty: choose another.")
        }
        return ExportQuantization(
            quantizer: PostTrainingQuantizer(rangeMethod: ranges), imageCount: indices.count
        ) { try dataset.image(indices[$0]) }
    }

    /// What the model's card says about it.
    func facts() -> [String: String] {
        guard let quantize else { return [:] }
        return [
            "quantization":
                "\(quantize.rawValue), ranges (\(ranges.rawValue)) of \(calibrationImages) images of split "
                + "\(calibrate.rawValue); figures are of the float weights"
        ]
    }
}

extension RangeMethod: ExpressibleByArgument {}
