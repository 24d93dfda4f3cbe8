import ApusVision

/// A picture of an evaluation report, with objects to draw on it.
public struct ReportImage: Sendable {
    public var name: String
    /// A PNG or JPEG file, whole.
    public var bytes: [UInt8]
    /// Pixels of the image that the objects are in; the file may be smaller.
    public var width, height: Int
    public var objects: [ReportObject]
    /// Shown under the picture.
    public var caption: String

    public init(
        name: String, bytes: [UInt8], width: Int, height: Int, objects: [ReportObject] = [], caption: String = ""
    ) {
        (self.name, self.bytes, self.width, self.height) = (name, bytes, width, height)
        (self.objects, self.caption) = (objects, caption)
    }

    var html: String {
        let small = max(width, height) < 160 ? " class=\"small\"" : ""
        let picture =
            dataAddress(bytes).map { "<img src=\"\($0)\" alt=\"\(escaped(name))\"\(small) loading=\"lazy\">" }
            ?? "<p class=\"empty\">not a PNG or JPEG file</p>"
        return """
            <figure><div class="picture">\(picture)\(overlay)</div>
            <figcaption><b>\(escaped(name))</b> \(escaped(caption))</figcaption></figure>

            """
    }

    /// Shapes first, then words, what is wrong before what is right: its words find room first.
    private var overlay: String {
        guard width > 0, height > 0, !objects.isEmpty else { return "" }
        let shapes = objects.map { $0.shapes(width: Float(width), height: Float(height)) }
        var labels = ReportLabels(width: Float(width), height: Float(height))
        let wrong = objects.filter { $0.status != .found } + objects.filter { $0.status == .found }
        let texts = wrong.map { labels.place($0) }
        return "<svg viewBox=\"0 0 \(width) \(height)\">\((shapes + texts).joined())</svg>"
    }
}
