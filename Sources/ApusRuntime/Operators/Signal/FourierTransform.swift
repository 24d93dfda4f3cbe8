import Glibc

/// The discrete Fourier transform of one length, made ready: O(n log n) for every length.
///
/// Powers of two by halving (Cooley and Tukey, 1965); other lengths as a convolution of powers of two (Bluestein, *A
/// linear filtering approach to the computation of the discrete Fourier transform*, 1970).
final class FourierTransform: Sendable {
    struct Complex: Sendable {
        var real, imaginary: Double

        static let zero = Complex(real: 0, imaginary: 0)

        /// `e^(2πi · turns)`.
        init(turns: Double) { (real, imaginary) = (cos(2 * .pi * turns), sin(2 * .pi * turns)) }

        init(real: Double, imaginary: Double) { (self.real, self.imaginary) = (real, imaginary) }

        var conjugate: Complex { Complex(real: real, imaginary: -imaginary) }

        static func + (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real + b.real, imaginary: a.imaginary + b.imaginary)
        }

        static func - (a: Complex, b: Complex) -> Complex {
            Complex(real: a.real - b.real, imaginary: a.imaginary - b.imaginary)
        }

        static func * (a: Complex, b: Complex) -> Complex {
            Complex(
                real: a.real * b.real - a.imaginary * b.imaginary,
                imaginary: a.real * b.imaginary + a.imaginary * b.real)
        }

        static func * (a: Complex, b: Double) -> Complex { Complex(real: a.real * b, imaginary: a.imaginary * b) }
    }

    let count: Int
    private let inverts: Bool
    /// `e^(∓2πi · k / n)` for half a turn; of powers of two only.
    private let twiddles: [Complex]
    private let chirp: Chirp?

    /// What Bluestein's convolution needs.
    private struct Chirp: Sendable {
        let factors: [Complex]
        let spectrum: [Complex]
        let forward, backward: FourierTransform
    }

    /// - Parameter inverts: whether exponents are positive and results divided by `count`.
    init(count: Int, inverts: Bool) {
        (self.count, self.inverts) = (count, inverts)
        guard count & (count - 1) != 0 else {
            (twiddles, chirp) = (Self.turns(count / 2, of: count, inverts: inverts), nil)
            return
        }
        twiddles = []
        chirp = Self.chirp(count, inverts: inverts)
    }

    private static func turns(_ count: Int, of whole: Int, inverts: Bool) -> [Complex] {
        (0..<count).map { Complex(turns: (inverts ? 1 : -1) * Double($0) / Double(whole)) }
    }

    private static func chirp(_ count: Int, inverts: Bool) -> Chirp {
        // k² modulo 2n, so that the angle stays small.
        let factors = (0..<count).map { k in
            Complex(turns: (inverts ? 1 : -1) * Double(k * k % (2 * count)) / Double(2 * count))
        }
        var size = 1
        while size < 2 * count - 1 { size *= 2 }
        var kernel = [Complex](repeating: .zero, count: size)
        for k in 0..<count {
            kernel[k] = factors[k].conjugate
            kernel[(size - k) % size] = factors[k].conjugate
        }
        let forward = FourierTransform(count: size, inverts: false)
        forward(&kernel)
        return Chirp(
            factors: factors, spectrum: kernel, forward: forward,
            backward: FourierTransform(count: size, inverts: true))
    }

    /// Transforms `count` numbers in place.
    func callAsFunction(_ x: inout [Complex]) {
        if let chirp { convolve(&x, chirp) } else { halve(&x) }
        guard inverts else { return }
        for k in 0..<count { x[k] = x[k] * (1 / Double(count)) }
    }

    private func halve(_ x: inout [Complex]) {
        reorder(&x)
        var half = 1
        while half < count {
            let step = count / (2 * half)
            for start in stride(from: 0, to: count, by: 2 * half) {
                for k in 0..<half {
                    let odd = x[start + k + half] * twiddles[k * step], even = x[start + k]
                    x[start + k] = even + odd
                    x[start + k + half] = even - odd
                }
            }
            half *= 2
        }
    }

    /// Swaps each element with the one whose index has the same bits in reverse.
    private func reorder(_ x: inout [Complex]) {
        var reversed = 0
        for index in 1..<max(1, count) {
            var bit = count >> 1
            while reversed & bit != 0 {
                reversed ^= bit
                bit >>= 1
            }
            reversed |= bit
            if index < reversed { x.swapAt(index, reversed) }
        }
    }

    private func convolve(_ x: inout [Complex], _ chirp: Chirp) {
        var padded = [Complex](repeating: .zero, count: chirp.spectrum.count)
        for k in 0..<count { padded[k] = x[k] * chirp.factors[k] }
        chirp.forward(&padded)
        for k in padded.indices { padded[k] = padded[k] * chirp.spectrum[k] }
        chirp.backward(&padded)
        for k in 0..<count { x[k] = padded[k] * chirp.factors[k] }
    }
}
