import ApusCore
import FoundationEssentials
import Glibc
@testable import ApusVision

/// The goldens of `Oracles/generate.py`.
enum Oracle {
    static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Oracles/"

    static func image(_ name: String) throws -> Image { try Image(contentsOf: folder + name) }

    static func decode<T: Decodable>(_ name: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(FileSystem.read(folder + name)))
    }
}

/// A folder of its own below /tmp, removed with its files when the value goes.
final class TemporaryFolder {
    let path = "/tmp/apus-vision-tests-\(getpid())-\(UInt32.random(in: 0 ... .max))"

    init() throws { try FileSystem.createFolder(path) }

    deinit { Self.remove(path) }

    private static func remove(_ path: String) {
        for name in (try? FileSystem.names(in: path)) ?? [] {
            let child = path + "/" + name
            if unlink(child) != 0 { remove(child) }
        }
        rmdir(path)
    }
}

extension Image {
    /// Seeded noise.
    static func noise(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) -> Image {
        var stream = RandomStream(seed: seed)
        return Image(uninitializedWidth: width, height: height, channels: channels) { pixels in
            for index in pixels.indices { pixels[index] = UInt8(truncatingIfNeeded: stream.next()) }
        }
    }

    /// The largest difference of two values; the sizes must agree.
    func distance(to other: Image) -> Int {
        precondition((width, height, channels) == (other.width, other.height, other.channels), "other extents")
        return zip(pixels, other.pixels).map { abs(Int($0) - Int($1)) }.max() ?? 0
    }
}
