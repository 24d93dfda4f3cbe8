import ApusCore
import ApusTorch
import Testing

@testable import ApusNN

@Suite struct DropoutTests {
    private func dropout(_ probability: Float, _ unit: Dropout.Unit = .number, seed: UInt64 = 0) -> Dropout {
        var weights = WeightInitializer(seed: seed)
        return Dropout(probability, unit: unit, using: &weights)
    }

    @Test func `evaluation changes nothing`() {
        let layer = dropout(0.5)
        layer.setTraining(false)
        #expect(layer(Tensor.ones([4, 5])).array() == Tensor.ones([4, 5]).array())
    }

    @Test func `training drops its share and keeps the mean`() {
        let values: [Float] = dropout(0.25)(Tensor.ones([100, 100])).elements()
        let dropped = values.count { $0 == 0 }
        #expect((2300...2700).contains(dropped))
        #expect(values.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-6 })
    }

    @Test func `a sample is dropped as one`() {
        let values: [Float] = dropout(0.5, .sample)(Tensor.ones([64, 2, 3])).elements()
        let samples = (0..<64).map { Set(values[$0 * 6..<$0 * 6 + 6]) }
        #expect(samples.allSatisfy { $0.count == 1 } && Set(samples).count == 2)
    }

    @Test func `parts of a batch are dropped as the whole is, at any step`() {
        let x = Tensor.ones([6, 40])
        let (whole, part) = (dropout(0.5), dropout(0.5))
        for _ in 0..<3 { _ = whole(x) }
        let masks: [Float] = whole(x).elements()
        var parts: [Float] = []
        for range in [0..<2, 2..<6] {
            part.begin(step: 3, firstSample: range.lowerBound)
            parts += part(Tensor.ones([range.count, 40])).elements()
        }
        #expect(parts == masks)
        #expect(Array(masks[..<40]) != Array(masks[40..<80]))
    }

    @Test func `masks follow from the seed and differ from step to step`() {
        let (a, b) = (dropout(0.5), dropout(0.5))
        let x = Tensor.ones([8, 8])
        let first = a(x).array()
        #expect(b(x).array() == first)
        #expect(a(x).array() != first)
        #expect(dropout(0.5, seed: 1)(x).array() != first)
    }
}
