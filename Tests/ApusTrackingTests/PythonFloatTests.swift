import ApusCore
import Testing

@testable import ApusTracking

@Suite struct PythonFloatTests {
    /// Python's own `repr` of these numbers.
    @Test(arguments: [
        (0.0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (0.5, "0.5"), (0.1, "0.1"), (100, "100.0"),
        (1e15, "1000000000000000.0"),
        (1e16, "1e+16"), (123456789012345680, "1.2345678901234568e+17"), (9007199254740992, "9007199254740992.0"),
        (0.0001, "0.0001"), (0.00001, "1e-05"), (1.5e-7, "1.5e-07"), (1e-300, "1e-300"), (1e300, "1e+300"),
        (.leastNonzeroMagnitude, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (0.10000000149011612, "0.10000000149011612"),
        (-2.5, "-2.5"), (.infinity, "inf"), (-.infinity, "-inf"), (.nan, "nan"), (1234.5678, "1234.5678"),
    ])
    func `spells numbers as Python does`(value: Double, text: String) {
        #expect(pythonText(of: value) == text)
    }

    @Test func `every number comes back`() {
        for sample in 0..<20_000 {
            var stream = RandomStream(seed: 1, epoch: 0, sample: sample, purpose: 0)
            let value = Double(bitPattern: UInt64.random(in: 0 ... .max, using: &stream))
            guard value.isFinite else { continue }
            #expect(Double(pythonText(of: value)) == value)
        }
    }
}
