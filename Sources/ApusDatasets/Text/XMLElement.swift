/// An XML file that is not well-formed, or of a kind that annotations never are.
struct XMLError: Error, Equatable {
    var line: Int
    var reason: String
}

/// An element of an annotation file, with the line it begins on.
struct XMLElement: Equatable {
    var name: String
    var line: Int
    /// The character data directly inside, without white space at the ends.
    var text = ""
    var children: [XMLElement] = []

    func first(_ name: String) -> XMLElement? { children.first { $0.name == name } }

    func all(_ name: String) -> [XMLElement] { children.filter { $0.name == name } }

    /// The root element of a UTF-8 document.
    static func parse(_ bytes: some Sequence<UInt8>) throws(XMLError) -> XMLElement {
        var parser = XMLParser(bytes: Array(bytes))
        return try parser.document()
    }
}

/// A strict parser of the XML that annotations are written in: elements, attributes (passed over), text, CDATA,
/// comments, processing instructions, the five entities and character references.
///
/// Document type definitions are passed over where they define nothing and refused where they do, so that no
/// entity can be expanded without end.
private struct XMLParser {
    let bytes: [UInt8]
    var position = 0
    var line = 1

    static let maximumDepth = 64

    init(bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    mutating func document() throws(XMLError) -> XMLElement {
        try skipMisc()
        guard peek == UInt8(ascii: "<") else { throw failure("no element; is this an XML file in UTF-8?") }
        let root = try element(depth: 0)
        try skipMisc()
        guard position == bytes.count else { throw failure("something follows </\(root.name)>") }
        return root
    }

    // MARK: Elements

    private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
        guard depth < Self.maximumDepth else { throw failure("elements nested more than \(Self.maximumDepth) deep") }
        var result = XMLElement(name: "", line: line)
        advance()
        result.name = try name()
        if try attributesEndElement() { return result }
        var text = [UInt8]()
        while true {
            if take("</") {
                try close(result)
                result.text = String(decoding: text, as: UTF8.self).trimmed
                return result
            }
            try content(of: &result, text: &text, depth: depth)
        }
    }

    private mutating func content(
        of parent: inout XMLElement, text: inout [UInt8], depth: Int
    ) throws(XMLError) {
        if take("<!--") {
            try skip(past: "-->", of: "a comment")
        } else if take("<![CDATA[") {
            text += try skip(past: "]]>", of: "a CDATA section")
        } else if take("<?") {
            try skip(past: "?>", of: "a processing instruction")
        } else if peek == UInt8(ascii: "<") {
            parent.children.append(try element(depth: depth + 1))
        } else if peek == UInt8(ascii: "&") {
            text += try reference()
        } else if let byte = peek {
            text.append(byte)
            advance()
        } else {
            throw failure("the file ends inside <\(parent.name)> of line \(parent.line)")
        }
    }

    private mutating func close(_ element: XMLElement) throws(XMLError) {
        let closing = try name()
        guard closing == element.name else {
            throw failure("</\(closing)> closes <\(element.name)> of line \(element.line)")
        }
        skipSpace()
        guard take(">") else { throw failure("no '>' after </\(closing)") }
    }

    /// Passes over attributes; true where the element has no content.
    private mutating func attributesEndElement() throws(XMLError) -> Bool {
        while true {
            skipSpace()
            if take("/>") { return true }
            if take(">") { return false }
            _ = try name()
            skipSpace()
            guard take("=") else { throw failure("an attribute without '='") }
            skipSpace()
            guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw failure("an attribute without quotes")
            }
            advance()
            try skip(past: quote == UInt8(ascii: "'") ? "'" : "\"", of: "an attribute")
        }
    }

    private mutating func name() throws(XMLError) -> String {
        let start = position
        while let byte = peek, Self.isNameByte(byte) { advance() }
        guard position > start else { throw failure("a name is missing") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...0xff:
            true
        default: [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":")].contains(byte)
        }
    }

    // MARK: References

    private mutating func reference() throws(XMLError) -> [UInt8] {
        advance()
        let body = try skip(past: ";", of: "a reference")
        let text = String(decoding: body, as: UTF8.self)
        if let character = Self.entities[text] { return [character] }
        guard let scalar = Self.scalar(text) else { throw failure("an unknown entity &\(text.prefix(20));") }
        return Array(String(Character(scalar)).utf8)
    }

    private static let entities = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"),
    ]

    private static func scalar(_ text: String) -> Unicode.Scalar? {
        guard text.hasPrefix("#") else { return nil }
        let isHexadecimal = text.hasPrefix("#x")
        return UInt32(text.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10).flatMap(
            Unicode.Scalar.init)
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if bytes[position] == UInt8(ascii: "\n") { line += 1 }
        position += 1
    }

    private mutating func take(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count else { return false }
        for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] { return false }
        position += count
        return true
    }

    @discardableResult
    private mutating func skip(past end: StaticString, of what: String) throws(XMLError) -> [UInt8] {
        let (start, startLine) = (position, line)
        while position < bytes.count {
            let before = position
            if take(end) { return Array(bytes[start..<before]) }
            advance()
        }
        throw XMLError(line: startLine, reason: "the file ends inside \(what)")
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || (0x09...0x0d).contains(byte) { advance() }
    }

    /// Passes over what may stand around the root element.
    private mutating func skipMisc() throws(XMLError) {
        while true {
            skipSpace()
            if take("<!--") {
                try skip(past: "-->", of: "a comment")
            } else if take("<?") {
                try skip(past: "?>", of: "a processing instruction")
            } else if take("<!DOCTYPE") {
                let body = try skip(past: ">", of: "a document type")
                guard !body.contains(UInt8(ascii: "[")) else { throw failure("a document type that defines entities") }
            } else {
                return
            }
        }
    }

    private func failure(_ reason: String) -> XMLError { XMLError(line: line, reason: reason) }
}
