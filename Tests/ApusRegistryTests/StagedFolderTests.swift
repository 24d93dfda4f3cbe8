import ApusCore
import Glibc
import Testing

@testable import ApusRegistry

@Suite struct StagedFolderTests {
    @Test func `nothing is in place before the folder is committed`() throws {
        let root = try TemporaryFolder()
        let target = root.path + "/name/1"
        let staged = try StagedFolder(for: target)
        try staged.write("text", as: "a.txt")
        #expect(!FileSystem.exists(target))
        try staged.commit()
        #expect(try FileSystem.readText(target + "/a.txt") == "text")
        #expect(try FileSystem.names(in: root.path + "/name") == ["1"])
    }

    @Test func `a folder given up leaves nothing behind`() throws {
        let root = try TemporaryFolder()
        do {
            let staged = try StagedFolder(for: root.path + "/1")
            try staged.write("text", as: "a.txt")
        }
        #expect(try FileSystem.names(in: root.path).isEmpty)
    }

    @Test func `a version that is there is never changed`() throws {
        let root = try TemporaryFolder()
        let first = try StagedFolder(for: root.path + "/1")
        let second = try StagedFolder(for: root.path + "/1")
        try first.write("first", as: "a.txt")
        try second.write("second", as: "a.txt")
        try first.commit()
        let taken = FileError("create", root.path + "/1", code: EEXIST)
        #expect(throws: taken) { try second.commit() }
        #expect(throws: taken) { try StagedFolder(for: root.path + "/1") }
        #expect(try FileSystem.readText(root.path + "/1/a.txt") == "first")
    }
}
