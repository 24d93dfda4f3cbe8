import ApusCore
import Glibc

/// Reads JSON front to back without building a tree: callers take the values they know and skip the rest.
///
/// Of the file no more than a window stays in memory, however long what is passed over, and nothing that is kept of a
/// value grows without bounds.
struct JSONScanner {
    /// Where the text is wrong and what was expected there.
    struct Fault: Error {
        var offset: Int
        var reason: String
    }

    private let file: MappedFile
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset: Int
    /// What lies before has been let go.
    private var kept: Int
    /// Where to let go of what was passed.
    private var pause: Int
    private let window: Int
    /// The lists of a file are mostly of one length.
    private var usualCount = 8

    init(_ file: MappedFile, offset: Int = 0, window: Int = 1 << 24) {
        (self.file, bytes, self.offset, self.window) = (file, file.bytes, offset, window)
        (kept, pause) = (offset, min(offset + window, file.bytes.count))
    }

    /// Calls `body` with each key of an object; `body` must read or skip the key's value.
    mutating func object(_ body: (inout JSONScanner, Key) throws(Fault) -> Void) throws(Fault) {
        try expect(UInt8(ascii: "{"), "an object")
        if consume(UInt8(ascii: "}")) { return }
        repeat {
            let key = Key(bytes: try rawString())
            try expect(UInt8(ascii: ":"), "a colon")
            try body(&self, key)
        } while consume(UInt8(ascii: ","))
        try expect(UInt8(ascii: "}"), "a comma or the end of the object")
    }

    /// Calls `body` at each element of an array; `body` must read or skip it.
    mutating func array(_ body: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
        guard try enterArray() else { return }
        repeat { try body(&self) } while try nextElement()
    }

    /// Goes to the first element of an array; false where there is none.
    mutating func enterArray() throws(Fault) -> Bool {
        try expect(UInt8(ascii: "["), "an array")
        if consume(UInt8(ascii: "]")) { return false }
        skipSpace()
        return true
    }

    /// Goes from an element to the next; false, and behind the array, where it was the last.
    @inline(__always)
    mutating func nextElement() throws(Fault) -> Bool {
        if consume(UInt8(ascii: ",")) {
            skipSpace()
            return true
        }
        guard consume(UInt8(ascii: "]")) else { throw unexpected("a comma or the end of the array") }
        return false
    }

    /// Goes on at another place of the file.
    mutating func resume(at place: Int) { self = JSONScanner(file, offset: place, window: window) }

    mutating func string() throws(Fault) -> String { try text().text }

    /// A string as it stands in the file.
    mutating func text() throws(Fault) -> Key {
        let text = try rawString()
        guard text.count <= Self.longestText else {
            throw Fault(offset: offset, reason: "a text of \(text.count) bytes, at most \(Self.longestText) are read")
        }
        return Key(bytes: text)
    }

    mutating func integer() throws(Fault) -> Int {
        skipSpace()
        let start = offset
        let value = try number()
        if abs(value) < 0x1p53, let integer = Int(exactly: value) { return integer }
        // `Double` would round a larger id.
        guard let integer = Int(text(from: start)) else {
            throw Fault(offset: start, reason: "expected a whole number, found \(text(from: start))")
        }
        return integer
    }

    /// A number; Python's `NaN`, `Infinity` and `-Infinity` are numbers too.
    @inline(__always)
    mutating func number() throws(Fault) -> Double {
        skipSpace()
        if let short = ShortNumber(bytes, at: offset) {
            offset = short.end
            return short.value
        }
        return try longNumber()
    }

    @inline(never)
    private mutating func longNumber() throws(Fault) -> Double {
        let start = offset
        var scan = DecimalScan()
        if peek() == UInt8(ascii: "-") { offset += 1 }
        if peek() == UInt8(ascii: "N") || peek() == UInt8(ascii: "I") { return try namedNumber(from: start) }
        scan.readDigits(bytes, &offset)
        if peek() == UInt8(ascii: ".") {
            offset += 1
            scan.readFraction(bytes, &offset)
        }
        if let mark = peek(), mark | 0x20 == UInt8(ascii: "e") {
            offset += 1
            skipExponent()
            scan.isExact = false
        }
        if let value = scan.value { return bytes[start] == UInt8(ascii: "-") ? -value : value }
        guard scan.digits > 0, offset - start <= Self.longestNumber, let value = Double(text(from: start)) else {
            throw Fault(offset: start, reason: "expected a number, found \(found(at: start))")
        }
        return value
    }

    private static let largestReserve = 256
    /// More than these nobody means.
    private static let longestList = 1 << 24
    private static let longestText = 1 << 26
    private static let longestNumber = 1 << 12

    /// An array of numbers.
    mutating func numbers() throws(Fault) -> [Double] {
        var values: [Double] = []
        guard try enterArray() else { return values }
        values.reserveCapacity(usualCount)
        repeat {
            guard values.count < Self.longestList else {
                throw Fault(offset: offset, reason: "a list of more than \(Self.longestList) numbers")
            }
            values.append(try number())
        } while try nextElement()
        usualCount = min(values.count, Self.largestReserve)
        return values
    }

    /// An array of whole numbers.
    mutating func integers() throws(Fault) -> [Int] {
        var values: [Int] = []
        try array { scanner throws(Fault) in values.append(try scanner.integer()) }
        return values
    }

    /// Whether the next value is an array.
    var beginsArray: Bool {
        mutating get {
            skipSpace()
            return peek() == UInt8(ascii: "[")
        }
    }

    /// A number that counts as true unless it is 0, or `true` or `false`.
    mutating func flag() throws(Fault) -> Bool {
        skipSpace()
        if word("true") { return true }
        if word("false") { return false }
        return try number() != 0
    }

    /// What nobody means, and might be an attack.
    private static let deepestNesting = 512

    /// Passes over any value.
    mutating func skip() throws(Fault) {
        var open: [UInt8] = []
        repeat {
            skipSpace()
            guard open.count <= Self.deepestNesting else {
                throw Fault(
                    offset: offset, reason: "values are nested more than \(Self.deepestNesting) deep")
            }
            guard let byte = peek() else {
                throw Fault(offset: offset, reason: "expected a value, found the end")
            }
            switch byte {
            case UInt8(ascii: "{"): open.append(UInt8(ascii: "}")); offset += 1
            case UInt8(ascii: "["): open.append(UInt8(ascii: "]")); offset += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open.popLast() == byte else { throw Fault(offset: offset, reason: "this bracket closes nothing") }
                offset += 1
            case UInt8(ascii: "\""): _ = try rawString()
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard !open.isEmpty else { throw Fault(offset: offset, reason: "expected a value") }
                offset += 1
            default: try skipScalar()
            }
        } while !open.isEmpty
    }

    /// Nothing but space may follow.
    mutating func end() throws(Fault) {
        skipSpace()
        guard offset == bytes.count else { throw Fault(offset: offset, reason: "expected the end of the file") }
    }
}

extension JSONScanner {
    /// A string as it stands in the file, escapes and all.
    struct Key {
        fileprivate let bytes: UnsafeRawBufferPointer

        static func ~= (pattern: StaticString, key: Key) -> Bool {
            guard pattern.utf8CodeUnitCount == key.bytes.count, let base = key.bytes.baseAddress else {
                return false
            }
            return memcmp(pattern.utf8Start, base, key.bytes.count) == 0
        }

        var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }

        /// Calls `body` with the bytes without escapes.
        func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
            guard !bytes.contains(UInt8(ascii: "\\")) else { return unescaped(bytes).withUnsafeBufferPointer(body) }
            return bytes.withMemoryRebound(to: UInt8.self, body)
        }
    }

    private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    @inline(__always)
    private mutating func skipSpace() {
        guard offset + 1 < pause else { return passSpace() }
        if bytes[offset] > 0x20 { return }
        // Mostly there is one.
        if bytes[offset] == 0x20, bytes[offset + 1] > 0x20 { offset += 1 } else { passSpace() }
    }

    @inline(never)
    private mutating func passSpace() {
        repeat {
            while offset < pause {
                switch bytes[offset] {
                case 0x20, 0x09, 0x0a, 0x0d: offset += 1
                default: return
                }
            }
        } while letGo()
    }

    /// Lets go of the memory of what was passed; false at the end of the file.
    private mutating func letGo() -> Bool {
        guard offset < bytes.count else { return false }
        file.evict(UnsafeRawBufferPointer(rebasing: bytes[kept..<offset]))
        kept = offset
        pause = min(offset + window, bytes.count)
        return true
    }

    @inline(__always)
    private mutating func consume(_ byte: UInt8) -> Bool {
        skipSpace()
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ byte: UInt8, _ what: String) throws(Fault) {
        guard consume(byte) else { throw unexpected(what) }
    }

    @inline(never)
    private func unexpected(_ what: String) -> Fault {
        Fault(offset: offset, reason: "expected \(what), found \(found(at: offset))")
    }

    private mutating func rawString() throws(Fault) -> UnsafeRawBufferPointer {
        try expect(UInt8(ascii: "\""), "a string")
        let start = offset
        repeat {
            while offset < pause {
                let byte = bytes[offset]
                if byte == UInt8(ascii: "\"") {
                    defer { offset += 1 }
                    return UnsafeRawBufferPointer(rebasing: bytes[start..<offset])
                }
                offset += byte == UInt8(ascii: "\\") ? 2 : 1
            }
        } while letGo()
        throw Fault(offset: start, reason: "the string does not end")
    }

    private mutating func word(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard offset + count <= bytes.count,
            bytes[offset..<offset + count].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: count))
        else { return false }
        offset += count
        return true
    }

    private mutating func namedNumber(from start: Int) throws(Fault) -> Double {
        if word("NaN") { return .nan }
        if word("Infinity") { return bytes[start] == UInt8(ascii: "-") ? -.infinity : .infinity }
        throw Fault(offset: start, reason: "expected a number, found \(found(at: start))")
    }

    private mutating func skipScalar() throws(Fault) {
        if word("null") || word("true") || word("false") { return }
        _ = try number()
    }

    private mutating func skipExponent() {
        if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
        while let byte = peek(), byte &- 0x30 < 10 { offset += 1 }
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<min(offset, start + Self.longestNumber)], as: UTF8.self)
    }

    private func found(at place: Int) -> String {
        guard place < bytes.count else { return "the end of the file" }
        return "“" + String(decoding: bytes[place..<min(place + 12, bytes.count)], as: UTF8.self) + "”"
    }
}

/// A decimal of one to seven digits before its point and none or one to seven behind it, read eight bytes at a time.
///
/// Lemire, *Number Parsing at a Gigabyte per Second*, <https://arxiv.org/abs/2101.11408>.
private struct ShortNumber {
    let value: Double
    let end: Int

    /// `nil` for what is written otherwise, and for what stands too near the end of the text.
    @inline(__always)
    init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        guard start + Self.longest <= bytes.count else { return nil }
        let isNegative = bytes[start] == UInt8(ascii: "-")
        var place = isNegative ? start + 1 : start
        let whole = DigitRun(bytes, at: place)
        guard (1...7).contains(whole.count) else { return nil }
        place += whole.count
        var mantissa = whole.value
        var power = 1.0
        if bytes[place] == UInt8(ascii: ".") {
            let fraction = DigitRun(bytes, at: place + 1)
            guard (1...7).contains(fraction.count) else { return nil }
            place += 1 + fraction.count
            mantissa = mantissa &* Self.wholePowers[fraction.count] &+ fraction.value
            power = Self.powers[fraction.count]
        }
        guard bytes[place] | 0x20 != UInt8(ascii: "e") else { return nil }
        // Both are exact, so their quotient is correctly rounded.
        let magnitude = Double(Int64(bitPattern: mantissa)) / power
        (value, end) = (isNegative ? -magnitude : magnitude, place)
    }

    /// A sign, two runs of eight bytes, the point between them and what follows.
    private static let longest = 24
    private static let powers: InlineArray<8, Double> = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7]
    private static let wholePowers: InlineArray<8, UInt64> = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000]
}

/// The digits with which eight bytes begin.
private struct DigitRun {
    let count: Int
    private let digits: UInt64

    @inline(__always)
    init(_ bytes: UnsafeRawBufferPointer, at place: Int) {
        digits =
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)) ^ 0x3030_3030_3030_3030
        // The highest bit of the first byte above nine, and of some behind it.
        let others = (digits &+ 0x7676_7676_7676_7676 | digits) & 0x8080_8080_8080_8080
        count = others.trailingZeroBitCount / 8
    }

    /// Of one to seven digits.
    var value: UInt64 {
        // The first digit goes to where that of eight would be: zeros stand before it.
        let eight = digits &<< UInt64(64 &- 8 &* count)
        let pairs = eight &* 10 &+ eight >> 8
        let low = (pairs & 0x0000_00ff_0000_00ff) &* 0x000f_4240_0000_0064
        let high = (pairs >> 16 & 0x0000_00ff_0000_00ff) &* 0x0000_2710_0000_0001
        return (low &+ high) >> 32
    }
}

/// The digits of a decimal number, exact while they fit a `Double`.
private struct DecimalScan {
    private var mantissa: UInt64 = 0
    private var fraction = 0
    private(set) var digits = 0
    var isExact = true

    /// Both operands are exact, so their quotient is correctly rounded (Clinger, *How to Read Floating Point
    /// Numbers Accurately*); `nil` where that does not hold.
    var value: Double? {
        guard digits > 0, isExact else { return nil }
        if mantissa < 1 << 53, fraction < Self.powers.count {
            return Double(mantissa) / Self.powers[fraction]
        }
        return fraction < Self.wholePowers.count ? longQuotient : nil
    }

    /// The quotient of a mantissa of 54 bits and more: whole division leaves enough digits to round once, and the
    /// remainder says on which side of a tie they lie; `nil` where the digits are too few.
    private var longQuotient: Double? {
        let divisor = Self.wholePowers[fraction]
        let excess = max(0, divisor.leadingZeroBitCount - mantissa.leadingZeroBitCount + 1)
        let dividend = (mantissa >> UInt64(excess), excess == 0 ? 0 : mantissa << UInt64(64 - excess))
        let (quotient, remainder) = divisor.dividingFullWidth(dividend)
        guard quotient >> 55 > 0 else { return nil }
        let sticky: UInt64 = remainder == 0 ? 0 : 1
        return Double(sign: .plus, exponent: excess - 64, significand: Double(quotient | sticky))
    }

    /// 1 to 1e19.
    private static let wholePowers: [UInt64] = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
        100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
        10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ]

    /// 1 to 1e22, every one of them exact.
    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]

    mutating func readDigits(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) {
        while offset < bytes.count, case let digit = bytes[offset] &- 0x30, digit < 10 {
            if mantissa < UInt64.max / 16 { mantissa = mantissa * 10 + UInt64(digit) } else { isExact = false }
            digits += 1
            offset += 1
        }
    }

    mutating func readFraction(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) {
        let start = offset
        readDigits(bytes, &offset)
        fraction = offset - start
    }
}

/// The bytes of a JSON string's text; an escape that means nothing is left out.
private func unescaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
        guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count else {
            result.append(bytes[index])
            index += 1
            continue
        }
        if bytes[index + 1] == UInt8(ascii: "u") {
            result += units(bytes, &index).utf8
        } else {
            if let byte = plain(bytes[index + 1]) { result.append(byte) }
            index += 2
        }
    }
    return result
}

/// What escapes of four digits mean that follow each other: two may be one letter.
private func units(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> String {
    var units: [UInt16] = []
    while index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u") {
        let digits = String(decoding: bytes[index + 2..<min(index + 6, bytes.count)], as: UTF8.self)
        if let unit = UInt16(digits, radix: 16) { units.append(unit) }
        index = min(index + 6, bytes.count)
    }
    return String(decoding: units, as: UTF16.self)
}

private func plain(_ escape: UInt8) -> UInt8? {
    switch escape {
    case UInt8(ascii: "b"): 8
    case UInt8(ascii: "f"): 12
    case UInt8(ascii: "n"): 10
    case UInt8(ascii: "r"): 13
    case UInt8(ascii: "t"): 9
    case UInt8(ascii: "\""), UInt8(ascii: "/"), UInt8(ascii: "\\"): escape
    default: nil
    }
}
