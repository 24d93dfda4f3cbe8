import Testing
@testable import ApusConfiguration

@Suite struct JSONTests {
    struct Thing: Codable, Equatable {
        var name: String
        var sizes: [Int]
        var weight: Float
        var more: [String: String]
        var isNew: Bool?
    }

    private let thing = Thing(
        name: "“quoted” \"x\" \\ \n\u{1}\u{1F600}", sizes: [1, -2], weight: 0.1, more: ["b": "2", "a": "1"], isNew: true
    )

    @Test func `what is written is read back`() throws {
        let text = try Configuration.encodeJSON(thing)
        #expect(try Configuration.decodeJSON(Thing.self, text, name: "x") == thing)
    }

    @Test func `keys are sorted and what is absent is left out`() throws {
        let plain = Thing(name: "n", sizes: [], weight: 2, more: ["b": "", "a": ""])
        #expect(
            try Configuration.encodeJSON(plain)
                == #"{"more":{"a":"","b":""},"name":"n","sizes":[],"weight":2.0}"#)
    }

    @Test func `spaces, escapes, unknown keys and null are read`() throws {
        let text =
            #" { "name" : "a\/\u00e9\ud83d\ude00" , "sizes":[ ],"weight":1e-3,"more":{},"isNew":null,"x":[{}] } "#
        let read = try Configuration.decodeJSON(Thing.self, text, name: "x")
        #expect(read == Thing(name: "a/é😀", sizes: [], weight: 1e-3, more: [:]))
    }

    @Test(arguments: [
        "", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}", "\"a", "\"\\x\"", "\"\\ud800\"", "nul", "tru", "1 2", "[1e]",
        "\"\n\"", "{\"a\":1,\"a\":2}", "-", "nan",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: ConfigurationError.self) { try JSONReader.read(text, name: "x") }
    }

    @Test func `depth is bounded`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: ConfigurationError.self) { try JSONReader.read(text, name: "x") }
    }
}
