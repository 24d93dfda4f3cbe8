import Testing

@testable import ApusTracking

@Suite struct KeyRulesTests {
    @Test(arguments: ["loss", "val/mAP50-95", "opt/beta 1", "ünï", "a.b:c", ".x", "损失", "m²"])
    func `accepts what MLflow accepts`(key: String) throws { try KeyRules.checkKey(key) }

    @Test(arguments: [
        "", "x%", "a//b", "../a", "/a", "a/", ".", "a/./b", "a\n", "a/../b", "..", "..a", "x\0",
        String(repeating: "k", count: 251),
    ])
    func `refuses what MLflow refuses`(key: String) {
        #expect(throws: TrackingError.self) { try KeyRules.checkKey(key) }
    }

    @Test(arguments: ["latest", "v1", "a b", "", "a/b", "Latest"])
    func `refuses reserved aliases`(alias: String) {
        #expect(throws: TrackingError.self) { try KeyRules.checkAlias(alias) }
    }
}
