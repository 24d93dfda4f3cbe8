import ApusCore
import ApusDatasets
import ApusInference
import ApusMetrics
import ApusModels
import ApusVision
import Testing
@testable import ApusTraining

@Suite struct EvaluationRecordTests {
    private let workspace: TestWorkspace
    private var dataset: PreparedDataset { workspace.dataset }

    init() throws { workspace = try TestWorkspace(images: 24) }

    private var indices: [Int] { dataset.indices(of: .train) }

    /// Every object of the even images is found, none of the others.
    private func evaluation() throws -> Evaluation {
        var evaluator = DetectionEvaluator(classNames: dataset.classNames)
        let predictions = indices.enumerated().map { place, index in
            ImagePredictions(
                index: index,
                detections: place % 2 == 0
                    ? dataset.boxes(index).map { Detection($0.box, label: $0.label, score: 0.9) } : [])
        }
        for prediction in predictions {
            let record = dataset.record(prediction.index)
            try evaluator.add(
                imageID: prediction.index, width: record.width, height: record.height, truths: record.boxes,
                detections: prediction.detections)
        }
        let (metrics, matches) = evaluator.evaluateWithMatches()
        return Evaluation(metrics: metrics, matches: matches, predictions: predictions, seconds: 0)
    }

    @Test func `a report shows the worst images, their names and the parts of the data`() throws {
        let evaluation = try evaluation()
        let slices = try ImageSlices.all(of: indices, in: dataset, task: .detect)
        #expect(slices.contains { $0.name == "brightness/dark" } && slices.contains { $0.name == "sharpness/sharp" })
        let record = EvaluationRecord(evaluation, split: .train, dataset: dataset)
        let report = try record.report(details: [("Model", "none")], slices: slices)
        let missed = indices.enumerated().filter { $0.offset % 2 == 1 && !dataset.boxes($0.element).isEmpty }
        #expect(report.images.count == min(missed.count, 24))
        #expect(report.images.allSatisfy { image in image.objects.allSatisfy { $0.status == .missed } })
        #expect(report.slices.count == slices.count)
        let html = report.html()
        #expect(html.contains("data:image/jpeg;base64,/9j/") && html.contains("brightness/dark"))
        #expect(html.utf8.count < 5_000_000)
    }

    @Test func `slices of one trait share no image, and each value of a table is one`() throws {
        let slices = try ImageSlices.all(of: indices, in: dataset, task: .detect)
        for trait in Set(slices.map { String($0.name.split(separator: "/")[0]) }) {
            let ids = slices.filter { $0.name.hasPrefix(trait + "/") }.flatMap(\.imageIDs)
            #expect(Set(ids).count == ids.count)
        }
        let rows = indices.enumerated().map { "\(dataset.record($1).name),\($0 % 2 == 0 ? "day" : "night"),\($0)" }
        let folder = workspace.path + "/datasets/squares"
        try FileSystem.writeWhole(
            (["filename,time,metres"] + rows).joined(separator: "\n"), to: folder + "/images.csv")
        let description = String(decoding: try FileSystem.read(folder + "/dataset.yaml"), as: UTF8.self)
        try FileSystem.writeWhole(description + "\nmetadata: images.csv\n", to: folder + "/dataset.yaml")
        let more = try ImageSlices.all(of: indices, in: dataset, task: .detect)
        let days = try #require(more.first { $0.name == "time/day" })
        #expect(days.imageIDs == indices.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
        #expect(more.contains { $0.name == "time/night" })
        #expect(indices.count <= 12 || more.contains { $0.name == "metres/high" })
        try FileSystem.writeWhole("name,time\n", to: folder + "/images.csv")
        #expect(throws: DatasetError.self) { try ImageSlices.all(of: indices, in: dataset, task: .detect) }
    }

    @Test func `a classifier's images have no slices of objects`() throws {
        let slices = try ImageSlices.all(of: indices, in: dataset, task: .classify)
        #expect(!slices.isEmpty && slices.allSatisfy { !$0.name.hasPrefix("objects/") && !$0.name.hasPrefix("size/") })
    }

    @Test func `pictures of every task tell right from wrong`() throws {
        let index = try #require(indices.first { !dataset.boxes($0).isEmpty })
        let truth = dataset.boxes(index)[0]
        let painter = try ReportPainter(dataset, confidence: 0.5)
        func statuses(_ result: Prediction.Result) throws -> [ReportObject.Status] {
            try painter.picture(of: index, result: result, caption: "").objects.map(\.status)
        }
        let count = dataset.boxes(index).count
        let missed = [ReportObject.Status](repeating: .missed, count: count - 1)
        let box = truth.box
        #expect(try statuses(.detections([Detection(box, label: truth.label, score: 0.9)])) == missed + [.found])
        let turned = OrientedBox(
            centerX: box.centerX, centerY: box.centerY, width: box.width, height: box.height, angle: 0)
        #expect(
            try statuses(.oriented([OrientedDetection(turned, label: truth.label, score: 0.9)])) == missed + [.found])
        let wrong = Detection(box, label: 1 - truth.label, score: 0.9)
        let unsure = Detection(box, label: truth.label, score: 0.4)
        #expect(try statuses(.detections([wrong, unsure])).count { $0 == .invented } == 1)
        #expect(try statuses(.classifications([])).isEmpty)
    }

    @Test func `what pictures do not show is not kept`() {
        let box = BoundingBox(minX: 0, minY: 0, maxX: 1, maxY: 1)
        let many = (0..<200).map { Detection(box, label: 0, score: Float($0) / 200) }
        guard case .detections(let shown) = Prediction.Result.detections(many).shown else { return }
        #expect(shown.count == 60 && shown.allSatisfy { $0.score >= 0.7 })
    }

    @Test func `every kind of metrics has its charts`() throws {
        let names = Pictures.charts(try evaluation().metrics).map(\.name)
        #expect(names.contains("precision_recall") && names.contains("f1_confidence") && names.contains("calibration"))
        var classifier = ClassificationEvaluator(classNames: ["a", "b"])
        try classifier.add(imageID: 0, probabilities: [0.7, 0.3], label: 0)
        #expect(Pictures.charts(classifier.evaluate()).map(\.name) == ["accuracy_confidence", "calibration"])
    }
}
