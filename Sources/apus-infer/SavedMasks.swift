import ApusCore
import ApusInference
import ApusVision

/// The folder that masks go to: for each object a black and white PNG of the image's size, `NAME-1.png` for the best;
/// for a class of every pixel one PNG whose palette indices are the classes.
struct SavedMasks {
    private var names: OutputNames

    var folder: String { names.folder }

    init(_ folder: String) throws(FileError) { names = try OutputNames(folder) }

    mutating func write(_ prediction: Prediction) throws(FileError) {
        switch prediction.result {
        case .segments(let segments):
            for (index, segment) in segments.enumerated() {
                let path = names.path(for: prediction.image, ending: "-\(index + 1).png")
                try FileSystem.writeWhole(segment.mask.picture.pngData(), to: path)
            }
        case .classMap(let map):
            let colors = [Color.black] + (1..<256).map(Color.palette)
            let path = names.path(for: prediction.image, ending: ".png")
            try FileSystem.writeWhole(map.pngData(palette: colors), to: path)
        case .detections, .poses, .oriented, .classifications: break
        }
    }
}

extension RegionMask {
    /// White where the object is.
    fileprivate var picture: Image {
        Image(uninitializedWidth: imageWidth, height: imageHeight, channels: 1) { pixels in
            pixels.update(repeating: 0)
            forEachRun { column, rows in
                for row in rows { pixels[(top + row) * imageWidth + left + column] = 255 }
            }
        }
    }
}
