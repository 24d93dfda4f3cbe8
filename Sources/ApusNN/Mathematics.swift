import Glibc

enum Mathematics {
    static func exponential(_ x: Double) -> Double { exp(x) }
    static func cosine(_ x: Double) -> Double { cos(x) }
}
