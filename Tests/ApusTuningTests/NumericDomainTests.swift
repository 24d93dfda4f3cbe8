import Testing
@testable import ApusTuning

@Suite struct NumericDomainTests {
    private static let domains = [
        NumericDomain(low: 0, high: 1), NumericDomain(low: 1e-6, high: 10, isLog: true),
        NumericDomain(low: 8, high: 32, step: 8), NumericDomain(low: 0, high: 1, step: 0.3),
        NumericDomain(low: 1, high: 1000, step: 1, isLog: true), NumericDomain(low: 1e6, high: 1e6 + 1),
        NumericDomain(low: -1e300, high: 1e300), NumericDomain(low: 1e-300, high: 1e-299),
    ]

    @Test(arguments: domains) func `every coordinate is a value in range, larger for larger ones`(domain: NumericDomain)
    {
        let values = (0...1000).map { domain.value(at: Double($0) / 1000) }
        #expect(values == values.sorted())
        #expect(values.first == domain.low && values.last == domain.high)
        #expect(values.allSatisfy { (domain.low...domain.high).contains($0) })
    }

    @Test(arguments: domains) func `a value lies in its own cell`(domain: NumericDomain) {
        for index in 0...200 {
            let coordinate = Double(index) / 200
            let cell = domain.cell(of: domain.value(at: coordinate))
            #expect(cell.lowerBound - 1e-6 <= coordinate && coordinate <= cell.upperBound + 1e-6)
        }
    }

    @Test func `a grid ends at its last whole step`() {
        let domain = NumericDomain(low: 0, high: 1, step: 0.3)
        #expect(Set((0...100).map { domain.text(at: Double($0) / 100) }) == ["0", "0.3", "0.6", "0.9"])
        #expect(domain.count == 4)
    }
}
