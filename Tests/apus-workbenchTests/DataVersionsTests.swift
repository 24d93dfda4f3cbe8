import ApusCommandSupport
import ApusCore
import ApusVision
import Foundation
import Glibc
import Testing

/// A YOLO dataset of noise; returns its dataset.yaml.
private func writeDataset(_ folder: TemporaryFolder, count: Int, side: Int = 64, store: String = "") throws -> String {
    let images = folder.path + "/source/images"
    try FileSystem.createFolder(images)
    for index in 0..<count {
        var stream = RandomStream(seed: UInt64(index))
        let image = Image(uninitializedWidth: side, height: side, channels: 3) { pixels in
            for place in pixels.indices { pixels[place] = UInt8(truncatingIfNeeded: stream.next()) }
        }
        try FileSystem.writeWhole(image.jpegData(), to: "\(images)/\(index).jpg")
        try folder.write("0 0.5 0.5 0.25 0.\(index % 9 + 1)\n", to: "source/labels/\(index).txt")
    }
    try folder.write("train: images\nnames: [thing]\n", to: "source/data.yaml")
    return try folder.write(
        "name: noise\nsource: {format: yolo, path: source/data.yaml}\n\(store)", to: "dataset.yaml")
}

private struct Version: Decodable {
    var id: String
    var isLatest: Bool
    var images, newImageBytes, imageBytes: Int
}

private func versions(_ description: String) throws -> [Version] {
    struct Listing: Decodable { var versions: [Version] }
    let shown = try apus("data", "versions", description, "--json")
    return try JSONDecoder().decode(Listing.self, from: Data(shown.output.utf8)).versions
}

@Suite struct DataVersionsTests {
    @Test func `a preparation that is killed again and again ends as one that is not`() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let store = "store: {images: pixels, pack_mib: 1}\n"
        let description = try writeDataset(folder, count: 60, side: 200, store: store)
        let undisturbed = try apus("prepare", try writeDataset(other, count: 60, side: 200, store: store))
        #expect(undisturbed.status == 0)
        var stream = RandomStream(seed: 1)
        var killed = 0
        for _ in 0..<20 { killed += try kill("prepare", description, after: stream.uniform(in: 0.005...0.12)) ? 1 : 0 }
        #expect(killed > 0)
        let result = try apus("prepare", description)
        #expect(result.output == undisturbed.output && result.status == 0)
        #expect(try apus("data", "verify", description).status == 0)
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path + "/prepared")
        #expect(!names.contains { $0.hasSuffix(".tmp") || $0.hasSuffix("journal") })
    }

    /// Whether the command was still running when it was killed.
    private func kill(_ arguments: String..., after seconds: Float) throws -> Bool {
        let process = Process()
        process.executableURL = builtProducts.appending(path: "apus")
        process.arguments = arguments
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        try process.run()
        usleep(UInt32(seconds * 1e6))
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal
    }

    @Test func `versions are listed, compared, verified and cleaned up`() throws {
        let folder = try TemporaryFolder()
        let description = try writeDataset(folder, count: 5)
        let first = try apus("prepare", description).output.trimmingCharacters(in: .newlines)
        try folder.write("0 0.5 0.5 0.3 0.3\n", to: "source/labels/2.txt")
        try FileManager.default.removeItem(atPath: folder.path + "/source/images/4.jpg")
        let second = try apus("prepare", description).output.trimmingCharacters(in: .newlines)
        let listed = try versions(description)
        #expect(Set(listed.map(\.id)) == [first, second])
        #expect(listed.filter(\.isLatest).map(\.id) == [second])
        #expect(listed.map(\.newImageBytes).reduce(0, +) == listed.map(\.imageBytes).max())

        let difference = try apus("data", "diff", description, first, "latest")
        #expect(difference.status == 1)
        #expect(difference.output.contains("~ images/2.jpg: 1 objects added, 1 removed"))
        #expect(difference.output.contains("- images/4.jpg"))
        #expect(try apus("data", "diff", description, second, second).status == 0)
        #expect(try apus("data", "diff", description, "absent", second).status == 2)

        #expect(try apus("data", "verify", description).status == 0)
        let pack = folder.path + "/prepared/packs/" + (try FileSystem.names(in: folder.path + "/prepared/packs"))[0]
        #expect(try apus("data", "gc", description).output.isEmpty)
        var bytes = try FileSystem.read(pack)
        let jpeg = try FileSystem.read(folder.path + "/source/images/1.jpg")
        let start = try #require(bytes.indices.first { bytes[$0...].starts(with: jpeg) })
        bytes[start + 300] ^= 1
        try FileSystem.writeWhole(bytes, to: pack)
        let verified = try apus("data", "verify", description, "latest")
        #expect(verified.status == 1 && verified.output.contains("images/1.jpg is damaged"))

        for id in [first, second] { try FileManager.default.removeItem(atPath: "\(folder.path)/prepared/\(id).h5") }
        #expect(try apus("data", "gc", description, "--dry-run").output.contains(pack))
        #expect(FileSystem.exists(pack))
        #expect(try apus("data", "gc", description).status == 0)
        #expect(!FileSystem.exists(pack))
    }

    @Test func `a version comes back as the files it was made of`() throws {
        let folder = try TemporaryFolder()
        let description = try writeDataset(folder, count: 4)
        let id = try apus("prepare", description).output.trimmingCharacters(in: .newlines)
        try FileManager.default.removeItem(atPath: folder.path + "/source")
        let output = folder.path + "/restored"
        let restored = try apus("data", "restore", description, String(id.prefix(6)), output, "--to", "yolo")
        #expect(restored.status == 0, "\(restored.errors)")
        try folder.write("name: noise\nsource: {format: yolo, path: \(output)}\n", to: "again/dataset.yaml")
        let again = try apus("prepare", folder.path + "/again/dataset.yaml", "--json")
        #expect(again.status == 0, "\(again.errors)")
        let other = try JSONDecoder().decode([String: String].self, from: hashes(folder.path + "/again/prepared"))
        let first = try JSONDecoder().decode([String: String].self, from: hashes(folder.path + "/prepared"))
        #expect(Set(other.values) == Set(first.values) && other.count == 4)
        #expect(try apus("data", "restore", description, id, output).status == 2)
    }

    /// The hashes of the images by name, out of a version's manifest.
    private func hashes(_ folder: String) throws -> Data {
        struct Manifest: Decodable { var images: [String: String] }
        let name = try #require(try FileSystem.names(in: folder).first { $0.hasSuffix(".json") && $0 != "report.json" })
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
        return try JSONEncoder().encode(try JSONDecoder().decode(Manifest.self, from: data).images)
    }
}
