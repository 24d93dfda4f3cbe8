import FoundationEssentials
import Testing
@testable import ApusMetrics

/// Profiles other than COCO's, beside the LVIS API and VOC's devkit.
@Suite struct EvaluationProfileTests {
    @Test(arguments: try ProfileCase.all)
    func `lvis equals the LVIS API in all thirteen numbers`(example: ProfileCase) throws {
        let summary = try example.summary(.lvis)
        #expect(summary.stats.count == example.lvis.count)
        for (ours, theirs) in zip(summary.stats, example.lvis) { #expect(abs(ours - theirs) <= 1e-12) }
        #expect(summary.statNames.count == summary.stats.count)
    }

    @Test(arguments: try ProfileCase.all, [EvaluationProfile.voc07, .voc12])
    func `VOC's profiles equal the devkit's definition in every class`(
        example: ProfileCase, profile: EvaluationProfile
    ) throws {
        let summary = try example.summary(profile)
        let answer = profile == .voc07 ? example.voc07 : example.voc12
        #expect(summary.stats.count == 1)
        #expect(abs(summary.stats[0] - answer.mAP50) <= 1e-12)
        for (ours, theirs) in zip(summary.perClass, answer.classes) { #expect(abs(ours.ap50 - theirs) <= 1e-12) }
    }

    @Test(arguments: EvaluationProfile.allCases)
    func `the profile stands with every number`(profile: EvaluationProfile) throws {
        let summary = try #require(try ProfileCase.all.first).summary(profile)
        #expect(summary.profile == profile)
        #expect(summary.header.contains("profile \(profile.rawValue):"))
        #expect(String(decoding: summary.jsonData(), as: UTF8.self).contains(#""profile" : "\#(profile.rawValue)""#))
    }

    @Test func `flags that a profile does not heed are spoken of`() throws {
        let example = try #require(try ProfileCase.all.first { $0.name == "flagged objects" })
        #expect(try example.summary(.coco).notes.contains { $0.contains("ignore or difficult") })
        #expect(try !example.summary(.voc12).notes.contains { $0.contains("ignore or difficult") })
    }

    @Test func `no list of absent classes is no ground truth of LVIS`() throws {
        let example = try #require(try ProfileCase.all.first { $0.name == "no class is listed" })
        #expect(try example.summary(.lvis).notes.contains { $0.contains("neg_category_ids") })
    }
}

/// A set of `Oracles/profile_cases.py` and the answers of other evaluators.
struct ProfileCase: Decodable, CustomTestStringConvertible {
    struct VOCAnswer: Decodable {
        var mAP50: Double
        var classes: [Double]
    }
    var name: String
    /// The texts of COCO files.
    var truth, found: String
    var voc07, voc12: VOCAnswer
    var lvis: [Double]

    var testDescription: String { name }

    private static let loaded = Result { try golden("profiles.json", as: [ProfileCase].self) }
    static var all: [ProfileCase] { get throws { try loaded.get() } }

    func summary(_ profile: EvaluationProfile) throws -> COCOSummary {
        let paths = try [temporaryFile(truth), temporaryFile(found)]
        defer { for path in paths { try? FileManager.default.removeItem(atPath: path) } }
        return try COCOSummary(groundTruth: paths[0], detections: paths[1], profile: profile)
    }
}
