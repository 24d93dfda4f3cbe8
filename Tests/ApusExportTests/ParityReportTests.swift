import ApusInference
import ApusVision
import Testing

@testable import ApusExport

@Suite struct ParityReportTests {
    @Test func `a number against none is infinitely far`() {
        var difference = OutputDifference("x")
        difference.add([1, 2], [1.5, 2])
        #expect(difference.largest == 0.5 && difference.count == 2)
        difference.add([.nan], [1])
        #expect(difference.largest == .infinity)
    }

    @Test func `boxes agree one to one, by class, place and score`() {
        func detection(_ x: Float, label: Int, score: Float) -> Detection {
            Detection(BoundingBox(minX: x, minY: 0, maxX: x + 100, maxY: 100), label: label, score: score)
        }
        let a = [detection(0, label: 0, score: 0.9), detection(200, label: 1, score: 0.8)]
        var agreement = BoxAgreement()
        #expect(agreement.fraction == 1)
        agreement.add(a, a.reversed())
        #expect(agreement.matched == 2 && agreement.total == 2)
        agreement.add(a, [a[0], a[0], detection(200, label: 0, score: 0.8)])
        #expect(agreement.matched == 3 && agreement.total == 5)
    }
}
