/// How images are read between and beside their pixels.
struct SamplingMethod: Sendable {
    enum Interpolation: Sendable { case nearest, linear, cubic }
    enum Padding: String, Sendable { case zeros, border, reflection }

    let interpolation: Interpolation
    let padding: Padding
    /// Whether −1 and 1 are the centres of the outermost pixels, rather than their outer edges.
    let alignsCorners: Bool
}

/// Reads between the pixels along one axis: which ones, and how much of each.
struct SamplingAxis<Element: Real> {
    let extent: Int
    let method: SamplingMethod

    private var alignsCorners: Bool { method.alignsCorners }
    private var interpolation: SamplingMethod.Interpolation { method.interpolation }
    private var padding: SamplingMethod.Padding { method.padding }
    private var low: Element { alignsCorners ? 0 : -0.5 }
    private var high: Element { alignsCorners ? Element(extent - 1) : Element(extent) - 0.5 }

    /// Calls `body` with the index and the weight of each pixel that counts at `normalized`, which is −1 … 1 inside.
    func forEachTap(at normalized: Element, _ body: (Int, Element) -> Void) {
        let plain =
            alignsCorners
            ? (normalized + 1) / 2 * Element(extent - 1) : ((normalized + 1) * Element(extent) - 1) / 2
        let x = settled(interpolation == .nearest ? plain.rounded(.toNearestOrEven) : plain)
        // Far outside, and where a coordinate is no number, nothing but zeros is read.
        guard x > -4, x < Element(extent) + 4 else { return }
        let whole = x.rounded(.down)
        let index = Int(whole), fraction = x - whole
        switch interpolation {
        case .nearest: tap(index, 1, body)
        case .linear:
            tap(index, 1 - fraction, body)
            tap(index + 1, fraction, body)
        case .cubic:
            for (step, weight) in CubicKernel(a: -0.75).weights(at: fraction).enumerated() {
                tap(index + step - 1, weight, body)
            }
        }
    }

    /// A coordinate outside brought inside, unless zeros lie there.
    private func settled(_ x: Element) -> Element {
        guard padding != .zeros, !(x >= low && x <= high) else { return x }
        guard padding == .reflection, x.isFinite else { return bordered(x) }
        return reflected(x)
    }

    /// `x` moved to the border; cubic pieces may end a little outside, as PyTorch has it.
    private func bordered(_ x: Element) -> Element {
        let room: Element = interpolation == .cubic ? 3 : 0
        return x.isNaN ? 0 : max(-room, min(x, Element(extent - 1) + room))
    }

    /// `x` mirrored at the borders until it lies between them.
    private func reflected(_ x: Element) -> Element {
        let range = high - low
        guard x < low || x > high, range > 0 else { return max(low, min(x, high)) }
        let beyond = x < low ? low - x : x - high
        let turns = (beyond / range).rounded(.towardZero)
        let rest = beyond - turns * range
        let isEven = turns.truncatingRemainder(dividingBy: 2) == 0
        return max(low, min(isEven == (x < low) ? low + rest : high - rest, high))
    }

    private func tap(_ index: Int, _ weight: Element, _ body: (Int, Element) -> Void) {
        guard !(0..<extent).contains(index) else { return body(index, weight) }
        switch padding {
        case .zeros: return
        case .border: body(max(0, min(index, extent - 1)), weight)
        case .reflection: body(max(0, min(Int(reflected(Element(index))), extent - 1)), weight)
        }
    }
}

/// The piecewise cubic of Keys, *Cubic convolution interpolation*, <https://ieeexplore.ieee.org/document/1163711>.
struct CubicKernel<Element: Real> {
    /// Its slope where the pieces meet.
    let a: Element

    /// The kernel at a distance of `x` pixels.
    func callAsFunction(_ x: Element) -> Element {
        let x = x.magnitude
        if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0
    }

    /// The weights of the four pixels around a place: one before the pixel at `fraction` below it, two after.
    func weights(at fraction: Element) -> [Element] {
        [self(fraction + 1), self(fraction), self(1 - fraction), self(2 - fraction)]
    }
}
