import ApusAugmentation
import ApusConfiguration
import ApusCore
import ApusVision
import Glibc

// Applies transforms to one RGB image as often as it is told, on one thread, each with draws of its own, and says how
// long each application took. `scripts/benchmark augment` runs it beside Albumentations.
//
// usage: apus-augment PIXELS WIDTH HEIGHT    (or: apus-augment --list)
//
// PIXELS holds WIDTH × HEIGHT × 3 bytes. Each line of standard input is a request, each line printed the times of one in
// milliseconds, or why there are none. The image is an application's own, as a pipeline's is: what makes it anew before
// each is not timed.

struct Request: Decodable {
    var name: String
    /// A mapping of the transform's parameters.
    var parameters: YAMLNode
    /// "color", "grey" or "float".
    var image: String
    var seconds: Double
}

func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func refuse(_ text: String) -> Never {
    let line = "apus-augment: \(text)\n"
    write(STDERR_FILENO, line, line.utf8.count)
    exit(2)
}

struct Images {
    let size: ImageSize
    let pixels: [UInt8]

    /// A copy that nothing else holds.
    func fresh(_ kind: String) -> Raster {
        switch kind {
        case "grey": Raster(size: size, channels: 1, uint8: stride(from: 0, to: pixels.count, by: 3).map { pixels[$0] })
        case "float": Raster(size: size, channels: 3, float32: pixels.map { Float($0) / 255 })
        default:
            Raster(size: size, channels: 3, uint8: { _ = $0.update(fromContentsOf: pixels) })
        }
    }
}

/// Milliseconds of each application within `seconds`, at least three, after one that is not counted.
func times<T: Transform>(_ transform: T, _ images: Images, _ request: Request) -> [Double] {
    var stream = RandomStream(seed: 1)
    var times: [Double] = []
    let end = now() + request.seconds
    while times.count < 4 || now() < end {
        var sample = Sample(image: images.fresh(request.image))
        let start = now()
        if let draw = transform.draw(for: sample, using: &stream) { transform.apply(draw, to: &sample) }
        times.append((now() - start) * 1e3)
    }
    return Array(times.dropFirst())
}

func answer(_ line: String, _ images: Images) -> String {
    do {
        let request = try Configuration.decodeJSON(Request.self, line, name: "request")
        let step = try TransformStep(
            name: request.name, entries: request.parameters.entries ?? [], at: .standard, path: request.name)
        return try Configuration.encodeJSON(["milliseconds": times(step.transform, images, request)])
    } catch {
        return (try? Configuration.encodeJSON(["error": ["\(error)"]])) ?? "{}"
    }
}

let words = CommandLine.arguments.dropFirst()
if words == ["--list"] {
    print(TransformRegistry.byName.keys.sorted().joined(separator: "\n"))
    exit(0)
}
guard words.count == 3, let width = Int(words[2]), let height = Int(words[3]), width > 0, height > 0,
    let pixels = try? FileSystem.read(words[1]), pixels.count == width * height * 3
else { refuse("usage: apus-augment PIXELS WIDTH HEIGHT, where PIXELS holds WIDTH × HEIGHT × 3 bytes; or --list") }
let images = Images(size: ImageSize(width: width, height: height), pixels: pixels)
while let line = readLine() {
    print(answer(line, images).filter { $0 != "\n" })
    fflush(nil)
}
