import ApusCore
import Glibc
import Testing

@testable import ApusTracking

/// What killed processes leave in the staging folder.
@Suite struct LeftoverTests {
    private let folder: TemporaryFolder
    private let store: TrackingStore
    private let id = String(repeating: "a", count: 32)

    init() throws {
        folder = try TemporaryFolder()
        store = try folder.store()
    }

    /// Leaves a run half made, as its owner's name says.
    private func leave(_ name: String, daysOld: Int = 0) throws -> String {
        let path = store.staging.folder + "/" + name
        try FileSystem.createFolder(path + "/tags/deep")
        try FileSystem.writeWhole("x", to: path + "/tags/deep/file")
        var times = [timeval](repeating: timeval(tv_sec: time(nil) - 86_401 * daysOld, tv_usec: 0), count: 2)
        #expect(utimes(path, &times) == 0)
        return path
    }

    private func name(process: Int32 = 4_000_000, start: String = "1", host: String? = nil, space: String? = nil)
        -> String
    {
        let own = StagingOwner.current
        return "\(id)-\(process)-\(start)-\(space ?? own.space)-\(host ?? own.process.host)"
    }

    @Test func `a name tells its owner`() throws {
        let owner = try #require(StagingOwner(of: StagingOwner.uniqueName()))
        #expect(owner == .current && !owner.isGone)
        #expect(StagingOwner(of: name(host: "a-b-c"))?.process.host == "a-b-c")
        #expect(StagingOwner(of: name())?.isGone == true)
        #expect(StagingOwner(of: name(host: "elsewhere"))?.isGone == false)
        #expect(StagingOwner(of: name(space: "1"))?.isGone == false)
        let own = StagingOwner.current.process
        #expect(StagingOwner(of: name(process: own.number, start: own.start))?.isGone == false)
        #expect(StagingOwner(of: name(process: own.number, start: own.start + "1"))?.isGone == true)
        for text in ["lock", "12-\(id)", "\(id)-x-1-2-h", "\(id)-1-2", ""] { #expect(StagingOwner(of: text) == nil) }
    }

    @Test func `fsck reports what nobody takes up again, and repair clears it`() throws {
        let gone = try leave(name()), foreign = try leave(name(host: "elsewhere"))
        let old = try leave("77-\(id)", daysOld: 1), living = try leave(StagingOwner.uniqueName())
        let young = try leave("78-\(id)")
        #expect(Set(store.check().map(\.path)) == [gone, old])
        #expect(store.check().allSatisfy { $0.severity == .warning && $0.isMendable })
        let repairs = try store.repair()
        #expect(Set(repairs.map(\.path)) == [gone, old] && repairs.allSatisfy { $0.keptAt == nil })
        #expect(store.check().isEmpty)
        for path in [foreign, living, young] { #expect(FileSystem.exists(path + "/tags/deep/file")) }
        #expect(try store.repair().isEmpty)
    }

    @Test func `versions whose making was killed are left over too`() throws {
        let models = folder.path + "/models/net"
        let paths = [".3.\(name()).staged", StagedVersion.name(for: "4"), ".5.1.2.staged"].map { models + "/" + $0 }
        for path in paths { try FileSystem.createFolder(path + "/files") }
        #expect(store.check().map(\.path) == [paths[0]])
        #expect(try store.repair().map(\.path) == [paths[0]])
        #expect(paths.map { FileSystem.exists($0) } == [false, true, true])
    }

    @Test func `the next opening clears it, a quick look does not`() throws {
        let gone = try leave(name()), living = try leave(StagingOwner.uniqueName())
        _ = try TrackingStore(root: store.root, repairing: false)
        #expect(FileSystem.exists(gone))
        _ = try TrackingStore(root: store.root)
        #expect(!FileSystem.exists(gone) && FileSystem.exists(living))
    }

    @Test func `whole trees go, of any names, links but not what they lead to`() throws {
        let root = folder.path + "/tree", outside = folder.path + "/outside"
        for level in 0..<5 {
            let path = root + String(repeating: "/in", count: level)
            try FileSystem.createFolder(path)
            for number in 0..<40 { try FileSystem.writeWhole("x", to: "\(path)/\(number)") }
        }
        try FileSystem.createFolder(outside)
        try FileSystem.writeWhole("mine", to: outside + "/file")
        #expect(symlink(outside, root + "/in/link") == 0)
        let name = Array((root + "/").utf8CString.dropLast()) + [CChar(bitPattern: 0xff), 0]
        #expect(name.withUnsafeBufferPointer { $0.baseAddress.map { mkdir($0, 0o777) } } == 0)
        removeTrees([root, folder.path + "/none"])
        #expect(try FileSystem.names(in: folder.path).sorted() == ["experiments", "outside"])
        #expect(try FileSystem.readText(outside + "/file") == "mine")
    }
}
