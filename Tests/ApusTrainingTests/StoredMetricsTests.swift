import Testing
@testable import ApusTraining

@Suite struct StoredMetricsTests {
    @Test func `names of classes become keys that a store takes`() {
        let values = ["mAP50": 1.0, "AP/a/b": 2, "mask/AP50/C++ @ 3": 3, "pose/OKS/nose": 4, "AP/": 5]
        #expect(
            StoredMetrics.named(values, prefix: "test") == [
                "test/mAP50": 1, "test/AP/a_b": 2, "test/mask/AP50/C__ _ 3": 3, "test/pose/OKS/nose": 4, "test/AP/_": 5,
            ])
    }

    @Test func `what is of one class is told from what is of all`() {
        #expect(
            StoredMetrics.overall(["mask/mAP50": 1, "AP-small": 2, "mask/AP/x": 3]) == ["mask/mAP50": 1, "AP-small": 2])
    }
}
