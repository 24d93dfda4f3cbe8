/// Products of row-major matrices of any number type: `[count, rows, inner] · [count, inner, columns]`, where a side
/// may repeat its matrices.
struct MatrixLoop: NumberVisitor {
    let a, b, result: Value
    let rows, inner, columns: Int
    /// Which matrix of `a` and which of `b` makes each of the result.
    let pairs: [(a: Int, b: Int)]
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let x = a.pointer(type), y = b.pointer(type), z = result.pointer(type)
        context.forEachRange(below: pairs.count * rows, of: (1 << 16) / max(1, inner * columns)) { lines in
            for line in lines {
                let (matrix, row) = line.quotientAndRemainder(dividingBy: rows)
                multiply(
                    x + (pairs[matrix].a * rows + row) * inner, y + pairs[matrix].b * inner * columns,
                    into: z + line * columns)
            }
        }
    }

    /// Row times matrix, along the matrix's rows, so that memory is read in order.
    private func multiply<Element: Number>(
        _ row: UnsafePointer<Element>, _ matrix: UnsafePointer<Element>, into line: UnsafeMutablePointer<Element>
    ) {
        line.update(repeating: .nought, count: columns)
        for index in 0..<inner {
            let factor = row[index], other = matrix + index * columns
            for column in 0..<columns { line[column] = .sum(line[column], .product(factor, other[column])) }
        }
    }
}
