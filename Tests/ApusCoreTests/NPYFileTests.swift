import Testing
@testable import ApusCore

@Suite struct NPYFileTests {
    @Test(arguments: [[], [0], [3], [2, 3], [1, 2, 3, 4]])
    func `round trip`(extents: [Int]) throws {
        let shape = Shape(extents)
        let array = NDArray((0..<shape.count).map { Float($0) * 0.5 }, shape: shape)
        #expect(try NPYFile.decode(NPYFile.encode(array), path: "x.npy") == array)
    }

    @Test func `the header ends on a multiple of 64`() {
        let bytes = NPYFile.encode(NDArray([1, 2, 3] as [Int64]))
        #expect((bytes.count - 24) % 64 == 0)
        #expect(bytes[bytes.count - 25] == UInt8(ascii: "\n"))
    }

    @Test func `every cut of a file is a typed error`() {
        let bytes = NPYFile.encode(NDArray([1, 2, 3, 4] as [Float], shape: [2, 2]))
        for length in 0..<bytes.count {
            #expect(throws: NPYError.self) { try NPYFile.decode(Array(bytes[..<length]), path: "x.npy") }
        }
    }
}
