import ApusConfiguration
import ApusCore
import Testing

/// Whatever the bytes are, reading ends in a value or in a `ConfigurationError`.
@Suite struct FuzzTests {
    private struct Everything: Codable {
        var name: String
        var numbers: [Double]
        var table: [String: Int]?
        var nested: [[String: Bool]]?
    }

    private static let seed = """
        # comment
        name: &n "text with \\u00e9 and \\"quotes\\""
        numbers: [1, 2.5, -3e-2, .inf, 0x1f]
        table: {a: 1, ? b : 2, <<: {c: 3}}
        nested:
          - on: true
            'off': false
          - *n
        block: |
          literal
           text
        folded: >-
          folded
          text
        tagged: !!str 5

        """

    private func read(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        do throws(ConfigurationError) {
            let value = try Configuration.decode(Everything.self, text: text, name: "f")
            _ = try Configuration.encode(value)
        } catch {
            #expect(!error.description.isEmpty)
        }
    }

    @Test func `cut anywhere`() {
        let bytes = Array(FuzzTests.seed.utf8)
        for end in 0...bytes.count { read(Array(bytes[..<end])) }
    }

    @Test func `with bytes changed, removed and repeated`() {
        let bytes = Array(FuzzTests.seed.utf8)
        let special = Array("{}[]:,-?&*!|>'\"%@`#\n\t \\0\u{0}\u{7f}é".utf8)
        for round in 0..<3000 {
            var stream = RandomStream(seed: 7, epoch: 0, sample: round, purpose: 0)
            var changed = bytes
            for _ in 0..<Int.random(in: 1...8, using: &stream) where !changed.isEmpty {
                let place = Int.random(in: 0..<changed.count, using: &stream)
                switch Int.random(in: 0..<4, using: &stream) {
                case 0: changed[place] = special.randomElement(using: &stream) ?? 0
                case 1: changed.remove(at: place)
                case 2: changed.insert(UInt8.random(in: 0...255, using: &stream), at: place)
                default: changed.insert(contentsOf: changed[place..<min(place + 20, changed.count)], at: place)
                }
            }
            read(changed)
        }
    }
}
