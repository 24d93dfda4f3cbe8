import ApusConfiguration
import Testing

@Suite struct YAMLWriterTests {
    @Test(arguments: [
        "", " ", "a b", "no", "Null", "1e5", "012", "2020-01-01", "a: b", "# x", "- x", "ünï", "\u{2028}", "\u{85}x",
        "\0", "trailing ", "line\nline\n", "tab\t", "\"q\"", "back\\slash", "~",
        "=", "<<", "{a}", "\u{1F600}", "e1", "y",
    ])
    func `any text comes back`(text: String) throws {
        let yaml = try Configuration.encode(["k": [text], text: ["v"]])
        #expect(try Configuration.decode([String: [String]].self, text: yaml, name: "t") == ["k": [text], text: ["v"]])
    }

    @Test func `short lists stand in one line and mappings in lists are indented`() throws {
        struct Item: Codable { var name: String; var sizes: [Int]; var inner: [String: Int] }
        let items = [Item(name: "a", sizes: [1, 2], inner: ["x": 1]), Item(name: "b", sizes: [], inner: [:])]
        #expect(
            try Configuration.encode(["items": items]) == """
                items:
                  - name: a
                    sizes: [1, 2]
                    inner:
                      x: 1
                  - name: b
                    sizes: []
                    inner: {}

                """)
    }

    @Test func `nested lists of lists come back`() throws {
        let value = [[[1, 2], [3]], [[4], []], [Array(0..<60)]]
        let yaml = try Configuration.encode(value)
        #expect(try Configuration.decode([[[Int]]].self, text: yaml, name: "t") == value)
    }
}
