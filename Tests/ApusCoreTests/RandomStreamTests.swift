import Testing
@testable import ApusCore

@Suite struct RandomStreamTests {
    /// Known answers of the Random123 distribution (`kat_vectors`, philox4x32 10).
    @Test func `matches the published test vectors`() {
        #expect(philox4x32(counter: (0, 0, 0, 0), key: (0, 0)) == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
        let ones = UInt32.max
        #expect(
            philox4x32(counter: (ones, ones, ones, ones), key: (ones, ones))
                == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    }

    @Test func `a stream is a function of its key`() {
        var a = RandomStream(seed: 7, epoch: 1, sample: 2, purpose: 3)
        var b = RandomStream(seed: 7, epoch: 1, sample: 2, purpose: 3)
        var other = RandomStream(seed: 7, epoch: 1, sample: 3, purpose: 3)
        let draws = (0..<100).map { _ in a.next() }
        #expect(draws == (0..<100).map { _ in b.next() })
        #expect(draws != (0..<100).map { _ in other.next() })
    }

    @Test func `uniform draws stay below one and fill the range`() {
        var stream = RandomStream(seed: 1)
        let draws = (0..<10_000).map { _ in stream.uniform() }
        #expect(draws.allSatisfy { (0..<1).contains($0) })
        #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.02)
    }
}
