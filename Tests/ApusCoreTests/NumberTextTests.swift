import ApusCore
import Testing

@Suite struct NumberTextTests {
    @Test func `decimals are those of printf`() {
        #expect(0.5.text(decimals: 3) == "0.500")
        #expect((-1234.5678).text(decimals: 1) == "-1234.6")
        #expect(2.5.text(decimals: 0) == "2")
        #expect(Double.nan.text(decimals: 2) == "nan")
        #expect(1e300.text(decimals: 1).count == 303)
    }

    @Test func `digits are those that matter`() {
        #expect(1_234_567.0.text(digits: 5) == "1.2346e+06")
        #expect(0.25.text(digits: 5) == "0.25")
        for value in [0.1, 1 / 3.0, 6.02214076e23, -Double.leastNonzeroMagnitude] { #expect(Double(value.text(digits: 17)) == value) }
    }
}
