import ApusCore
import Glibc

/// Powers whose exponents are of another type than the bases: among integers exact, otherwise in doubles and cut off.
struct MixedPower: NumberVisitor {
    /// Row-major and of the result's shape.
    let base, exponent, result: Value
    let context: ExecutionContext

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        let bases = base.pointer(type), powers = result.pointer(type)
        if Element.isInteger, !exponent.dataType.isFloatingPoint {
            for (index, exponent) in try exponent.integers(context).enumerated() {
                powers[index] = .power(bases[index], exponent: exponent)
            }
        } else {
            for (index, exponent) in try exponent.anyDoubles(context).enumerated() {
                powers[index] = Element(wide: pow(bases[index].wide, exponent))
            }
        }
    }
}
