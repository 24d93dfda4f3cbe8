import ApusCore
import Testing

@testable import ApusTracking

@Suite struct MetricFileTests {
    private func parse(_ text: String) -> MetricFile.Contents { MetricFile.parse(Array(text.utf8)) }

    @Test func `reads every form that MLflow wrote`() {
        let contents = parse(
            "1795352674684 0.5\n1795352674684 nan -1\n5 1e+300 9 evalds ecaeafaf\n6 Infinity 3 a b c\n")
        #expect(contents.points.map(\.step) == [0, -1, 9, 3])
        #expect(contents.points[2].value == 1e300 && contents.points[3].value == .infinity)
        #expect(contents.problem == nil)
    }

    @Test func `tells what is damaged and reads the rest`() {
        #expect(parse("").problem == "the file is empty")
        #expect(parse("1 2 3\n1 2").problem == "the last line is cut off")
        #expect(parse("1 2 3\n\n1 x 3\n2 2 3.0\n4 4 4\n").badLines == [2, 3, 4])
        #expect(parse("1 2 3\n\n4 4 4\n").points.count == 2)
    }

    @Test func `cut anywhere, repair leaves the whole lines`() throws {
        let folder = try TemporaryFolder()
        let points = (0..<3).map { MetricPoint(value: Double($0) / 3, step: $0, timestamp: 1_795_352_674_684) }
        let whole = MetricFile.lines(points)
        let file = MetricFile(path: folder.path + "/m")
        for end in 0...whole.count {
            try FileSystem.writeWhole(Array(whole[..<end]), to: file.path)
            try file.removeTornLine()
            let kept = whole[..<end].lastIndex(of: 10).map { $0 + 1 } ?? 0
            if kept == 0 {
                #expect(!FileSystem.exists(file.path))
            } else {
                #expect(try FileSystem.read(file.path) == Array(whole[..<kept]))
            }
        }
    }
}
