/// A text size: how many pixels a pixel of the font becomes.
public struct TextScale: Hashable, Sendable {
    public var factor: Float

    public init(_ factor: Float) { self.factor = factor }

    /// Pixels from one line to the next.
    public var lineHeight: Int { Int((Float(BitmapFont.lineHeight) * factor).rounded(.up)) }

    /// Pixels that `text` occupies, without the gap after its last letter.
    public func width(of text: String) -> Int {
        Int((Float(max(text.count * BitmapFont.advance - 1, 0)) * factor).rounded(.up))
    }

    /// `text`, shortened by an ellipsis until it fits.
    public func fitted(_ text: String, width: Int) -> String {
        guard self.width(of: text) > width else { return text }
        let letters = max(Int(Float(width) / (Float(BitmapFont.advance) * factor)), 0)
        return letters > 2 ? text.prefix(letters - 2) + ".." : String(text.prefix(letters))
    }
}

extension Canvas {
    /// Draws one line of text; `x`, `y` is the upper left corner of its first letter.
    public mutating func text(
        _ text: String, x: Int, y: Int, scale: TextScale = .init(1), _ color: Color, isBold: Bool = false
    ) {
        for (index, character) in text.enumerated() where character != " " {
            let left = Float(x) + Float(index * BitmapFont.advance) * scale.factor
            glyph(character, left: left, top: Float(y), scale: scale.factor, color)
            if isBold { glyph(character, left: left + 0.5 * scale.factor, top: Float(y), scale: scale.factor, color) }
        }
    }

    private mutating func glyph(_ character: Character, left: Float, top: Float, scale: Float, _ color: Color) {
        let width = Int((Float(BitmapFont.glyphWidth + 1) * scale).rounded(.up))
        let height = Int((Float(BitmapFont.glyphHeight + 1) * scale).rounded(.up))
        let (firstX, firstY) = (Int(left.rounded(.down)), Int(top.rounded(.down)))
        for y in firstY..<firstY + height {
            for x in firstX..<firstX + width {
                let (column, row) = ((Float(x) + 0.5 - left) / scale - 0.5, (Float(y) + 0.5 - top) / scale - 0.5)
                let ink = Self.ink(character, column: column, row: row)
                blend(x, y, color, coverage: (ink - 0.5) * max(scale, 1) + 0.5)
            }
        }
    }

    /// The glyph between its cells: interpolated, so that larger text has smooth diagonals.
    private static func ink(_ character: Character, column: Float, row: Float) -> Float {
        let (left, top) = (column.rounded(.down), row.rounded(.down))
        let (right, bottom) = (column - left, row - top)
        func cell(_ dx: Int, _ dy: Int) -> Float {
            BitmapFont.hasInk(character, column: Int(left) + dx, row: Int(top) + dy) ? 1 : 0
        }
        return (cell(0, 0) * (1 - right) + cell(1, 0) * right) * (1 - bottom)
            + (cell(0, 1) * (1 - right) + cell(1, 1) * right) * bottom
    }
}
