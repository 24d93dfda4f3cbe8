import Testing
@testable import ApusCore

@Suite struct ShapeTests {
    @Test func `strides are row-major`() {
        #expect(Shape([2, 3, 4]).strides == [12, 4, 1])
        #expect(Shape([]).strides == [])
    }

    @Test func `broadcasts as NumPy does`() {
        #expect(Shape([3, 1]).broadcast(with: [4]) == [3, 4])
        #expect(Shape([]).broadcast(with: [2, 2]) == [2, 2])
        #expect(Shape([3]).broadcast(with: [4]) == nil)
        #expect(Shape([0, 1]).broadcast(with: [1, 5]) == [0, 5])
    }

    @Test func `a product that overflows is nil`() {
        #expect(Shape([Int.max, 2]).checkedCount == nil)
        #expect(Shape([-1]).checkedCount == nil)
        #expect(Shape([5, 0]).checkedCount == 0)
    }
}
