import ApusCore
import Glibc
import Testing
@testable import ApusVision

@Suite struct ImageFilesTests {
    @Test func `a folder gives its images in order, by name or by content`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.createFolder(folder.path + "/b/.hidden")
        let png = Image(width: 1, height: 1, color: [0]).pngData()
        for name in ["b/z.PNG", "b/photograph", "a.jpeg", "b/.hidden/x.png"] {
            try FileSystem.writeWhole(png, to: folder.path + "/" + name)
        }
        try FileSystem.writeWhole("notes", to: folder.path + "/notes.txt")
        symlink(folder.path, folder.path + "/b/loop")
        let files = try ImageFiles.list(at: [folder.path])
        #expect(files == ["a.jpeg", "b/photograph", "b/z.PNG"].map { folder.path + "/" + $0 })
    }

    @Test func `a named file is listed whatever it is, a missing one is an error`() throws {
        let folder = try TemporaryFolder()
        try FileSystem.writeWhole("notes", to: folder.path + "/notes.txt")
        #expect(try ImageFiles.list(at: [folder.path + "/notes.txt"]) == [folder.path + "/notes.txt"])
        #expect(throws: FileError("open", folder.path + "/none", code: ENOENT)) {
            try ImageFiles.list(at: [folder.path + "/none"])
        }
    }
}
