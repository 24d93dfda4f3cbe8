import ApusCore

/// Paints what lies behind the objects of a scene.
struct SceneBackground {
    let side: Int

    func paint(_ kind: ComposeRecipe.Background, using stream: inout RandomStream) -> [SceneColor] {
        let tone = Self.tone(using: &stream)
        return switch kind {
        case .plain: [SceneColor](repeating: tone, count: side * side)
        case .gradient: gradient(from: tone, using: &stream)
        case .texture: texture(around: tone, using: &stream)
        }
    }

    /// Mostly light, sometimes dark, a little coloured.
    private static func tone(using stream: inout RandomStream) -> SceneColor {
        let isLight = stream.uniform() < 0.7
        let level = stream.uniform(in: isLight ? 140...235 : 25...90)
        let tint = SceneColor.hue(stream.uniform() * 6)
        return SceneColor(level, level, level).mixed(with: tint.scaled(by: 255), stream.uniform(in: 0...0.18))
    }

    private func gradient(from tone: SceneColor, using stream: inout RandomStream) -> [SceneColor] {
        let end = tone.mixed(with: Self.tone(using: &stream), stream.uniform(in: 0.3...0.7))
        let (dx, dy) = (stream.uniform(in: -1...1), stream.uniform(in: -1...1))
        let reach = max(abs(dx) + abs(dy), 0.01)
        return (0..<side * side).map { index in
            let x = (Float(index % side) + 0.5) / Float(side) - 0.5
            let y = (Float(index / side) + 0.5) / Float(side) - 0.5
            return tone.mixed(with: end, (x * dx + y * dy) / reach + 0.5)
        }
    }

    /// Two octaves of value noise, stretched along one side as cloth and wood are.
    private func texture(around tone: SceneColor, using stream: inout RandomStream) -> [SceneColor] {
        let cell = stream.uniform(in: 3...14) * Float(side) / 128
        let stretch = stream.uniform(in: 1...4)
        let strength = stream.uniform(in: 10...30)
        let coarse = ValueNoise(side: side, cellWidth: cell * stretch * 2, cellHeight: cell * 2, using: &stream)
        let fine = ValueNoise(side: side, cellWidth: cell * stretch, cellHeight: cell, using: &stream)
        return (0..<side * side).map { index in
            let (x, y) = (index % side, index / side)
            let change = (coarse.value(x, y) + fine.value(x, y) * 0.6) * strength
            return SceneColor(tone.red + change, tone.green + change, tone.blue + change)
        }
    }
}

/// Random values on a lattice, smoothly interpolated: −1…1.
private struct ValueNoise {
    private let columns: Int
    private let cellWidth: Float
    private let cellHeight: Float
    private let values: [Float]

    init(side: Int, cellWidth: Float, cellHeight: Float, using stream: inout RandomStream) {
        (self.cellWidth, self.cellHeight) = (max(cellWidth, 2), max(cellHeight, 2))
        columns = Int(Float(side) / self.cellWidth) + 2
        let rows = Int(Float(side) / self.cellHeight) + 2
        values = (0..<columns * rows).map { _ in stream.uniform(in: -1...1) }
    }

    func value(_ x: Int, _ y: Int) -> Float {
        let (px, py) = (Float(x) / cellWidth, Float(y) / cellHeight)
        let (column, row) = (Int(px), Int(py))
        let (u, v) = (Self.smooth(px - Float(column)), Self.smooth(py - Float(row)))
        let index = row * columns + column
        let top = values[index] + (values[index + 1] - values[index]) * u
        let bottom = values[index + columns] + (values[index + columns + 1] - values[index + columns]) * u
        return top + (bottom - top) * v
    }

    private static func smooth(_ t: Float) -> Float { t * t * (3 - 2 * t) }
}
