import ApusCore

/// Many lines of signals, real or complex, and the spectra they become.
struct SpectrumLines: RealVisitor {
    let transform: FourierTransform
    /// `[…][1 or 2]`: the numbers of an element adjoin.
    let signal: Value
    /// `[…][2]`.
    let spectrum: Value
    /// How many lines there are.
    let count: Int
    /// The elements that a line takes from the signal, which zeros follow, and those that it puts into the spectrum.
    let taken, kept: Int
    /// From element to element of a line, in elements.
    let step: Int
    /// What each element of a line is multiplied by first.
    let window: [Double]?
    let context: ExecutionContext
    /// Where a line's first element lies in the signal, and where in the spectrum.
    let start: @Sendable (Int) -> (from: Int, to: Int)

    func visit<Element: Real>(_ type: Element.Type) {
        let parts = signal.shape[-1]
        let source = signal.pointer(type), target = spectrum.pointer(type)
        context.forEachRange(below: count, of: max(1, 1024 / transform.count)) { range in
            var line = [FourierTransform.Complex](repeating: .zero, count: transform.count)
            for index in range {
                let (from, to) = start(index)
                for k in 0..<transform.count {
                    line[k] = .zero
                    guard k < taken else { continue }
                    let element = source + (from + k * step) * parts
                    line[k].real = Double(element[0])
                    if parts == 2 { line[k].imaginary = Double(element[1]) }
                    if let window { line[k] = line[k] * window[k] }
                }
                transform(&line)
                for k in 0..<kept {
                    let element = target + (to + k * step) * 2
                    element[0] = Element(line[k].real)
                    element[1] = Element(line[k].imaginary)
                }
            }
        }
    }
}

extension Value {
    /// Refuses what is no signal `[…, 1]` (real) or `[…, 2]` (complex) of at least `rank` dimensions.
    func requireSignal(rank: Int) throws(OperatorError) {
        try requireReal()
        try expect(
            self.rank >= rank && (shape[-1] == 1 || shape[-1] == 2), "a signal […, 1] or […, 2]", found: "\(shape)")
    }
}

/// Refuses lengths that would take too much memory for tables.
func requireTransformLength(_ length: Int) throws(OperatorError) {
    try expect((1...1 << 24).contains(length), "a length of 1 to \(1 << 24)", found: "\(length)")
}
