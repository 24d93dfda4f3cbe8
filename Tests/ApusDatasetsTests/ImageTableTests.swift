import Testing
@testable import ApusDatasets

@Suite struct ImageTableTests {
    @Test func `says what is known of images`() throws {
        let table = try ImageTable(Array("camera,filename,note\nleft,a.png,\n right ,\"b,c.png\",x\n".utf8), path: "t")
        #expect(table.columns == ["camera", "note"])
        #expect(table[0, "a.png"] == "left" && table[0, "b,c.png"] == "right" && table[1, "b,c.png"] == "x")
        #expect(table[1, "a.png"] == nil && table[0, "missing.png"] == nil)
    }

    @Test(arguments: ["", "name,camera\n", "filename,a,a\n", "filename,a\nx.png\n", "filename,a\nx.png,1\nx.png,2\n"])
    func `refuses what is no such table`(text: String) {
        #expect(throws: DatasetError.self) { try ImageTable(Array(text.utf8), path: "t") }
    }
}
