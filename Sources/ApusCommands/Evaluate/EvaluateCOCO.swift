import ApusMetrics
import ArgumentParser
import Glibc

public struct EvaluateCOCO: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "coco",
        abstract: "Measure a COCO results file against a COCO ground-truth file.",
        discussion: """
            Prints pycocotools' table, or with --json one object whose "stats" are its twelve numbers (ten for \
            keypoints) in its order, −1 where there is nothing to count. In profile coco every number equals \
            pycocotools 2.0.11; what pycocotools passes over in silence stands in "notes".

              apus evaluate coco instances_val2017.json detections.json
              apus evaluate coco instances_val2017.json masks.json --type segm --json
              apus evaluate coco dogs.json poses.json --type keypoints --sigmas 0.03,0.05,0.05,0.1

            Exit status: 0 measured, 2 a file cannot be read or evaluated as it stands.
            """)

    @Argument(help: "COCO ground truth: images, categories and annotations.", completion: .file(extensions: ["json"]))
    var groundTruth: String
    @Argument(help: "COCO results: a list of detections.", completion: .file(extensions: ["json"]))
    var detections: String
    @Option(help: "What is compared.") var type = COCOEvaluationType.boxes
    @Option(help: "The rules of matching and of integration; numbers of different profiles must not be compared.")
    var profile = EvaluationProfile.coco
    @Option(
        help: "Keypoints: the deviation of each point's marks as a part of the object's size; else COCO's persons'.")
    var sigmas: String?
    @Flag(help: "Print the numbers by class too.") var perClass = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions

    public init() {}

    public func run() throws {
        let comparison = try COCOComparison(
            groundTruth: groundTruth, detections: detections, type: type, profile: profile,
            sigmas: try sigmas.map(Self.numbers) ?? KeypointSigmas.coco)
        show(comparison.summary)
        withExtendedLifetime(comparison) { Glibc.exit(EXIT_SUCCESS) }
    }

    private func show(_ summary: COCOSummary) {
        if json { return print(String(decoding: summary.jsonData(), as: UTF8.self)) }
        print(summary.header + "\n" + summary.table)
        if perClass { print(classTable(of: summary)) }
        for note in summary.notes { common.terminal.say("note: \(note)") }
    }

    private static func numbers(_ text: String) throws -> [Double] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let number = Double(word) else {
                throw ValidationError("--sigmas: “\(word)” is no number; write one for each keypoint, as 0.03,0.05.")
            }
            return number
        }
    }

    private func classTable(of summary: COCOSummary) -> String {
        let rows = summary.perClass.map {
            [$0.name, "\($0.instances)", "\($0.detections)"] + [$0.ap, $0.ap50, $0.ap75].map(shown)
        }
        return table(["class", "objects", "detections", "AP", "AP50", "AP75"], rows)
    }

    private func shown(_ value: Double) -> String { value < 0 ? "–" : fixed(value) }
}

extension COCOEvaluationType: ExpressibleByArgument {}
extension EvaluationProfile: ExpressibleByArgument {}
