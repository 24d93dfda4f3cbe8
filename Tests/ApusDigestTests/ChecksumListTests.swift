import ApusCore
import Glibc
import Testing

@testable import ApusDigest

@Suite final class ChecksumListTests {
    private let folder = "/tmp/apus-checksums-\(UInt64.random(in: 0 ... .max))"

    init() throws {
        try FileSystem.createFolder(folder)
        try FileSystem.writeWhole("abc", to: folder + "/a b")
        try FileSystem.writeWhole("", to: folder + "/empty")
    }

    deinit {
        for name in (try? FileSystem.names(in: folder)) ?? [] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    private func write(_ text: String) throws { try FileSystem.writeWhole(text, to: folder + "/SHA256SUMS") }

    @Test func `reads what it wrote, and finds the files as they were`() throws {
        let list = try ChecksumList(of: ["a b", "empty"], in: folder)
        #expect(list.text.hasPrefix("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a b\n"))
        try write(list.text)
        let read = try #require(try ChecksumList(in: folder))
        #expect(read == list)
        try read.verify(in: folder)
    }

    @Test func `a changed byte and a missing file are found`() throws {
        let list = try ChecksumList(of: ["a b", "empty"], in: folder)
        try FileSystem.writeWhole("abd", to: folder + "/a b")
        let error = #expect(throws: ChecksumError.self) { try list.verify(in: folder) }
        #expect("\(try #require(error))".hasPrefix("\(folder)/a b is not the file that was registered"))
        unlink(folder + "/a b")
        #expect(throws: ChecksumError.file(FileError("open", folder + "/a b", code: ENOENT))) {
            try list.verify(in: folder)
        }
    }

    @Test func `a folder without a list has none`() throws { #expect(try ChecksumList(in: folder) == nil) }

    @Test(arguments: [
        "x  y", "\(digest) a", "\(digest)  ../a", "\(digest)  /a", "\(digest)  ", "\(digest)  a\n\(digest)  a",
    ])
    func `what is no list is refused with its line`(text: String) throws {
        try write(text)
        let line = text.split(separator: "\n").count
        #expect(throws: ChecksumError.malformed(folder + "/SHA256SUMS", line: line)) { try ChecksumList(in: folder) }
    }
}

private let digest = String(repeating: "0a", count: 32)
