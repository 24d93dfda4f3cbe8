/// A symmetric matrix, row-major, for its principal components.
struct SymmetricMatrix {
    let size: Int
    private(set) var elements: [Double]

    init(size: Int, _ elements: [Double]) { (self.size, self.elements) = (size, elements) }

    struct Component {
        var value: Double
        var vector: [Double]
    }

    /// Eigenvalues and vectors, the largest first, each vector's largest weight positive: Jacobi's rotations.
    func components() -> [Component] {
        var (matrix, vectors) = (
            self, SymmetricMatrix(size: size, (0..<size * size).map { $0 % (size + 1) == 0 ? 1 : 0 })
        )
        for _ in 0..<64 where matrix.offDiagonal > 1e-30 {
            for row in 0..<size { for column in row + 1..<max(size, row + 1) { matrix.rotate(row, column, &vectors) } }
        }
        let components = (0..<size).map { index in
            let vector = (0..<size).map { vectors.elements[$0 * size + index] }
            let isTurned = (vector.max { abs($0) < abs($1) } ?? 0) < 0
            return Component(
                value: matrix.elements[index * (size + 1)], vector: isTurned ? vector.map { -$0 } : vector)
        }
        return components.sorted { $0.value > $1.value }
    }

    private var offDiagonal: Double {
        elements.indices.reduce(0) { $1 % (size + 1) == 0 ? $0 : $0 + elements[$1] * elements[$1] }
    }

    /// Turns the plane of two axes so that their common element becomes 0.
    private mutating func rotate(_ p: Int, _ q: Int, _ vectors: inout SymmetricMatrix) {
        let common = elements[p * size + q]
        guard common != 0 else { return }
        let theta = (elements[q * size + q] - elements[p * size + p]) / (2 * common)
        let tangent = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let cosine = 1 / (tangent * tangent + 1).squareRoot()
        turnColumns(p, q, cosine, tangent * cosine)
        turnRows(p, q, cosine, tangent * cosine)
        vectors.turnColumns(p, q, cosine, tangent * cosine)
    }

    private mutating func turnColumns(_ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
        for row in 0..<size {
            let (a, b) = (elements[row * size + p], elements[row * size + q])
            elements[row * size + p] = cosine * a - sine * b
            elements[row * size + q] = sine * a + cosine * b
        }
    }

    private mutating func turnRows(_ p: Int, _ q: Int, _ cosine: Double, _ sine: Double) {
        for column in 0..<size {
            let (a, b) = (elements[p * size + column], elements[q * size + column])
            elements[p * size + column] = cosine * a - sine * b
            elements[q * size + column] = sine * a + cosine * b
        }
    }
}
