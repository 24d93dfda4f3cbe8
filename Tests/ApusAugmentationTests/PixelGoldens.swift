import ApusConfiguration
import ApusCore
import ApusVision

@testable import ApusAugmentation

/// What Oracles/make_pixel_goldens.py wrote.
struct PixelGoldens: Sendable {
    static let shared = try? PixelGoldens()

    struct Case: Decodable, Sendable {
        var transform: String
        var parameters: YAMLNode
        /// As JSON, in a list.
        var draw: String
        /// Its name; floats where it ends in ".float".
        var image: String
        var shape: [Int]
        var scale, offset: Double
        /// In levels.
        var tolerance: Int
        /// How many elements may be farther off.
        var beyond: Int
        /// A random field that stands in for the draw's own.
        var field: Wave?

        var name: String { "\(transform) \(draw) of \(image)" }
    }

    /// Numbers that the generator can make too.
    struct Wave: Decodable, Sendable {
        var period: Int
        var low, high: Double

        func numbers(_ count: Int) -> [Float] {
            (0..<count).map { Float(low + (high - low) * Double($0 * 37 % period) / Double(period - 1)) }
        }
    }

    private struct Index: Decodable {
        struct Entry: Decodable { var name: String, shape: [Int] }
        var images: [Entry]
        var cases: [Case]
    }

    let cases: [Case]
    private let images: [String: Raster]
    private let results: [[UInt8]]

    private init() throws {
        let text = String(decoding: try FileSystem.read(Goldens.folder + "pixels.json"), as: UTF8.self)
        let index = try Configuration.decodeJSON(Index.self, text, name: "pixels.json")
        var rest: ArraySlice<UInt8> = (try NPYFile.read(Goldens.folder + "pixels.npy").elements() as [UInt8])[...]
        func take(_ shape: [Int]) -> [UInt8] {
            let count = shape.reduce(1, *)
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        var images: [String: Raster] = [:]
        for entry in index.images {
            let size = ImageSize(width: entry.shape[1], height: entry.shape[0])
            let image = Raster(size: size, channels: entry.shape[2], uint8: take(entry.shape))
            images[entry.name] = image
            images[entry.name + ".float"] = image.inFloats(scale: 1 / 255)
        }
        (self.images, cases) = (images, index.cases)
        results = index.cases.map { take($0.shape) }
    }

    func image(of index: Int) -> Raster? { images[cases[index].image] }
    func result(of index: Int) -> [UInt8] { results[index] }
}
