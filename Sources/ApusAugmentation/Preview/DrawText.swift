import ApusConfiguration

/// What was drawn, in a line that people can read: `scale 1.13 angle -4.2 order [0 2 1 3]`.
enum DrawText {
    /// Numbers to three decimals, without JSON's quotes and colons; nothing where nothing was drawn.
    static func line(_ draw: any Encodable) -> String {
        guard let json = try? Configuration.encodeJSON(AnyEncodable(draw)) else { return "" }
        let text = abbreviated(tokens(of: json)).map(shortened).joined()
        let isMapping = text.hasPrefix("{") && text.hasSuffix("}")
        return isMapping ? String(text.dropFirst().dropLast()) : text
    }

    private struct AnyEncodable: Encodable {
        var value: any Encodable

        init(_ value: any Encodable) { self.value = value }

        func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
    }

    /// Numbers apart from all that stands between them.
    private static func tokens(of json: String) -> [String] {
        var tokens: [String] = []
        var isNumber = false
        for character in json {
            let belongs = character.isNumber || "+-.e".contains(character) && isNumber || character == "-"
            if belongs == isNumber, !tokens.isEmpty {
                tokens[tokens.count - 1].append(character)
            } else {
                tokens.append(String(character))
            }
            isNumber = belongs
        }
        return tokens
    }

    /// Long lists of numbers cut after their first few.
    private static func abbreviated(_ tokens: [String]) -> [String] {
        var result: [String] = []
        var numbers = 0
        for token in tokens {
            let isNext = token == "," || Double(token) != nil
            if isNext, numbers >= 2 * listed {
                numbers += 1
                continue
            }
            if !isNext, numbers > 2 * listed { result.append("..\((numbers - 2 * listed + 1) / 2) more") }
            numbers = isNext ? numbers + 1 : 0
            result.append(token)
        }
        return result
    }

    /// A matrix of 3×3 is shown whole.
    private static let listed = 9

    private static func shortened(_ token: String) -> String {
        guard let number = Double(token) else {
            return token.filter { $0 != "\"" }.replacing(":", with: " ").replacing(",", with: " ")
        }
        guard number != number.rounded(), abs(number) < 1e15 else {
            return Int(exactly: number).map { String($0) } ?? token
        }
        let thousandths = (number * 1000).rounded() / 1000
        return thousandths == 0 ? "\(Float(number))" : "\(thousandths)"
    }
}

extension String {
    /// The words in lines of at most `width` letters; a longer word is cut.
    func wrapped(width: Int) -> [String] {
        var lines: [String] = []
        for word in split(separator: " ") {
            var rest = word[...]
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
                continue
            }
            while rest.count > width {
                lines.append(String(rest.prefix(width)))
                rest = rest.dropFirst(width)
            }
            lines.append(String(rest))
        }
        return lines
    }

    fileprivate func replacing(_ character: Character, with other: Character) -> String {
        String(map { $0 == character ? other : $0 })
    }
}
