import Glibc

enum Mathematics {
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func cosine(_ x: Double) -> Double { cos(x) }
    static func logarithm(_ x: Float) -> Float { logf(x) }
    static func sineAndCosine(_ x: Float) -> (sine: Float, cosine: Float) { (sinf(x), cosf(x)) }
}
