import Glibc
import Testing
@testable import ApusCore

@Suite struct FileSystemTests {
    private let folder: String

    init() throws {
        folder = "/tmp/apus-core-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        try FileSystem.createFolder(folder + "/a/b")
    }

    @Test func `a write is whole and leaves nothing beside it`() throws {
        let path = folder + "/a/b/file"
        try FileSystem.writeWhole("one", to: path)
        try FileSystem.writeWhole("two", to: path)
        #expect(try FileSystem.readText(path) == "two")
        #expect(try FileSystem.names(in: folder + "/a/b") == ["file"])
    }

    @Test func `what is no file is written to and stays what it is`() throws {
        let path = folder + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        try FileSystem.writeWhole("one", to: path)
        var bytes = [UInt8](repeating: 0, count: 8)
        #expect(read(reader, &bytes, 8) == 3)
        #expect(try FileSystem.names(in: folder) == ["a", "pipe"])
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    }

    @Test func `a missing folder is a typed error that names the path`() {
        let path = folder + "/none/file"
        #expect(throws: FileError("create", path, code: ENOENT)) { try FileSystem.writeWhole("x", to: path) }
    }

    @Test func `a folder is not a file`() {
        #expect(throws: FileError("read", folder, code: EISDIR)) { try FileSystem.read(folder) }
        #expect(throws: FileError("read", folder, code: EISDIR)) { try MappedFile(path: folder) }
    }

    @Test func `a mapped empty file has no bytes`() throws {
        try FileSystem.writeWhole([UInt8](), to: folder + "/empty")
        #expect(try MappedFile(path: folder + "/empty").bytes.count == 0)
    }

    @Test func `a pipe that nobody writes to is refused and not waited for`() throws {
        let path = folder + "/pipe"
        #expect(mkfifo(path, 0o600) == 0)
        #expect(throws: FileError("read", path, code: ENOTSUP)) { try MappedFile(path: path) }
    }

    @Test func `a file in the place of a folder is a typed error`() throws {
        let path = folder + "/file"
        try FileSystem.writeWhole("x", to: path)
        #expect(throws: FileError("create the folder", path, code: ENOTDIR)) { try FileSystem.createFolder(path) }
    }
}
