import ApusCore
import ApusDatasets
import ApusModels
import ApusVision

/// A change of a model's input that should change what it finds in a known way, or not at all: a metamorphic test
/// (Chen et al., *Metamorphic Testing: A New Approach for Generating Next Test Cases*,
/// <https://arxiv.org/abs/2002.12543>).
public enum ImageChange: Hashable, Sendable {
    /// Left and right change places; what is found is mirrored back.
    case flip
    /// All moves one pixel to the right, the first column twice; what is found is moved back.
    case shift
    case jpeg(quality: Int)
    /// Every value times a factor.
    case brightness(Double)

    public static let usual: [ImageChange] = [
        .flip, .shift, .jpeg(quality: 50), .jpeg(quality: 20), .brightness(0.7), .brightness(1.3),
    ]

    public var name: String {
        switch self {
        case .flip: "flip"
        case .shift: "shift 1 px"
        case .jpeg(let quality): "JPEG quality \(quality)"
        case .brightness(let factor): "brightness × \(factor)"
        }
    }

    func image(_ image: Image) throws -> Image {
        switch self {
        case .flip: image.columns { image.width - 1 - $0 }
        case .shift: image.columns { max($0 - 1, 0) }
        case .jpeg(let quality): try Image(decoding: image.jpegData(quality: quality), name: name)
        case .brightness(let factor): image.mapped { UInt8(min(max((Double($0) * factor).rounded(), 0), 255)) }
        }
    }
}

extension Image {
    /// Each column taken from another of this image.
    fileprivate func columns(_ source: (Int) -> Int) -> Image {
        var changed = [UInt8](repeating: 0, count: pixels.count)
        for y in 0..<height {
            for x in 0..<width {
                let (target, origin) = ((y * width + x) * channels, (y * width + source(x)) * channels)
                for channel in 0..<channels { changed[target + channel] = pixels[origin + channel] }
            }
        }
        return Image(width: width, height: height, channels: channels, pixels: changed)
    }

    fileprivate func mapped(_ change: (UInt8) -> UInt8) -> Image {
        let table = (0...255).map { change(UInt8($0)) }
        return Image(width: width, height: height, channels: channels, pixels: pixels.map { table[Int($0)] })
    }
}

/// Runs a model on changed images and undoes the change in what it finds.
struct ChangedPredictor: BatchPredictor {
    let predictor: any BatchPredictor
    let change: ImageChange
    let layout: OutputGeometry

    func outputs(for batch: Batch) throws -> [NDArray] {
        let outputs = try predictor.outputs(for: try changed(batch))
        return switch change {
        case .flip: layout.mirrored(outputs, width: batch.width)
        case .shift: layout.moved(outputs, by: -1)
        case .jpeg, .brightness: outputs
        }
    }

    private func changed(_ batch: Batch) throws -> Batch {
        let bytes = batch.width * batch.height * 3
        let storage = Storage(byteCount: batch.count * bytes)
        for place in 0..<batch.count {
            let pixels = batch.withUnsafeBytes { Array($0[place * bytes..<(place + 1) * bytes]) }
            let image = try change.image(Image(width: batch.width, height: batch.height, channels: 3, pixels: pixels))
            image.pixels.withUnsafeBytes { source in
                UnsafeMutableRawBufferPointer(start: storage.base + place * bytes, count: bytes).copyMemory(
                    from: source)
            }
        }
        return Batch(
            pixels: storage, count: batch.count, width: batch.width, height: batch.height, indices: batch.indices,
            targets: batch.targets, keypoints: batch.keypoints, masks: batch.masks, labels: batch.labels,
            letterboxes: batch.letterboxes, crops: batch.crops)
    }
}
