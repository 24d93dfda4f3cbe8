import Testing

@testable import ApusDatasets

@Suite struct XMLElementTests {
    @Test func `elements, text, entities and lines`() throws {
        let text = """
            <?xml version="1.0"?>
            <!-- a comment -->
            <!DOCTYPE annotation>
            <a x="1" y='<2>'>
              <b>  one &amp; &#x41;&#66; <![CDATA[<c>]]></b>
              <d/>
            </a>
            """
        let root = try XMLElement.parse(text.utf8)
        #expect(root.name == "a")
        #expect(root.line == 4)
        #expect(root.first("b")?.text == "one & AB <c>")
        #expect(root.first("d")?.line == 6)
        #expect(root.children.count == 2)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a", "<a><b></a></b>", "<a>&nope;</a>", "<a>&#xD800;</a>", "<a x=1/>",
        "<a/><b/>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "<a><!-- </a>", "<a>&amp</a>", "< a/>",
    ])
    func `what is not well-formed is refused`(text: String) {
        #expect(throws: XMLError.self) { try XMLElement.parse(text.utf8) }
    }

    @Test func `nesting without end is refused`() {
        #expect(throws: XMLError.self) { try XMLElement.parse(String(repeating: "<a>", count: 100_000).utf8) }
    }

    @Test func `an error says its line`() {
        #expect(throws: XMLError(line: 3, reason: "</c> closes <b> of line 2")) {
            try XMLElement.parse("<a>\n<b>\n</c></a>".utf8)
        }
    }
}

@Suite struct JSONCursorTests {
    private func read<R>(_ text: String, _ body: (inout JSONCursor) throws -> R) throws -> R {
        try Array(text.utf8).withUnsafeBytes { bytes in
            var cursor = JSONCursor(bytes)
            let result = try body(&cursor)
            try cursor.end()
            return result
        }
    }

    @Test func `text with escapes`() throws {
        #expect(try read(#" "a\n\"\u00e9\ud83d\ude00\/" "#) { try $0.string() } == "a\n\"é😀/")
    }

    @Test func `numbers, and what is none`() throws {
        #expect(try read("-1.5e2") { try $0.number() } == -150)
        #expect(try read("NaN") { try $0.number() }?.isNaN == true)
        #expect(try read("-Infinity") { try $0.number() } == -.infinity)
        #expect(try read("[1, {\"a\": null}]") { try $0.number() } == nil)
        #expect(try read("3.0") { try $0.integer() } == 3)
        #expect(try read("3.5") { try $0.integer() } == nil)
        #expect(try read("1e99") { try $0.integer() } == nil)
    }

    @Test func `every value can be passed over`() throws {
        try read(#"{"a": [1, -2e3, "x\"]", {}, [], true, false, null, NaN], "b": {"c": {}}}"#) { try $0.skip() }
    }

    @Test(arguments: [
        "", "{", "[1,", "[1 2]", "{\"a\" 1}", "{\"a\":}", "\"abc", "\"\\x\"", "\"\\ud800\"", "tru", "[1]]", "{1: 2}",
        "+",
        "\"\u{1}\"", "--1", "nan",
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try read(text) { try $0.skip() } }
    }

    @Test func `nesting without end is refused`() {
        #expect(throws: JSONError.self) { try read(String(repeating: "[", count: 100_000)) { try $0.skip() } }
    }

    @Test func `an error says its line`() {
        #expect(throws: JSONError(line: 3, reason: "expected ']', found '?'")) {
            try read("[1,\n2\n?]") { try $0.skip() }
        }
    }
}

@Suite struct LabelNumberTests {
    @Test func `decimals only`() {
        #expect(LabelNumber("1.5") == .finite(1.5))
        #expect(LabelNumber("nan") == .nonFinite)
        #expect(LabelNumber("-inf") == .nonFinite)
        #expect(LabelNumber("1e999") == .nonFinite)
        #expect(LabelNumber("0x10") == .malformed)
        #expect(LabelNumber("1,5") == .malformed)
        #expect(LabelNumber("") == .malformed)
    }
}
