import ApusCore
import ApusTorch
import Testing

@Suite struct TensorTests {
    @Test func `elements survive the way through a tensor`() {
        let array = NDArray((0..<24).map(Float.init), shape: [2, 3, 4])
        #expect(Tensor(array).array() == array)
        #expect(Tensor(array).permuted([2, 0, 1]).permuted([1, 2, 0]).array() == array)
    }
}
