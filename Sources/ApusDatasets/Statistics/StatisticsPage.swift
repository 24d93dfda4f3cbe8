import ApusAugmentation
import ApusCore
import ApusDigest
import ApusVision

/// A dataset's numbers as one HTML page that needs nothing else: no network, no script, pictures inside.
public struct StatisticsPage: Sendable {
    /// A picture of the dataset with its labels drawn.
    struct Example: Sendable {
        var name: String
        var caption: String
        var bytes: [UInt8]
    }

    public let statistics: DatasetStatistics
    let examples: [Example]

    /// Reads a dataset and decodes a few of its images.
    ///
    /// - Parameter examples: how many pictures the page shows.
    public init(
        _ dataset: NamedDataset, examples count: Int = 12, threads: Int = availableCores,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) {
        let listing = try dataset.listing(threads: threads)
        statistics = try DatasetStatistics.collect(dataset, listing, threads: threads, progress: progress)
        let chosen = ExampleChoice(listing.samples, count: count).samples
        examples = parallelMap(chosen.count, threads: threads) { index in
            Example(chosen[index], classNames: listing.classNames)
        }.compactMap { $0 }
    }

    init(statistics: DatasetStatistics, examples: [Example]) {
        (self.statistics, self.examples) = (statistics, examples)
    }

    /// The page. Whatever comes from outside is escaped.
    public func html() -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(statistics.name))</title><style>\(reportStyle)\(Self.style)</style></head><body><main>
        <header><h1>\(escaped(statistics.name))</h1><p>\(escaped(statistics.source))</p></header>
        \(headline)\(splitSection)\(classSection)\(imageSection)\(boxSection)\(heatSection)\(exampleSection)
        </main></body></html>

        """
    }

    private static let style = """
        .maps{display:grid;grid-template-columns:repeat(4,1fr);gap:18px}
        .maps img{width:100%;aspect-ratio:1;image-rendering:pixelated;border-radius:6px;display:block}
        .column{fill:var(--accent);opacity:.75}.value{fill:var(--ink);font-size:11px}
        .examples{display:grid;grid-template-columns:repeat(3,1fr);gap:18px}
        .examples img{width:100%;height:auto;border-radius:6px;display:block}
        @media(max-width:720px){.maps{grid-template-columns:1fr 1fr}.examples{grid-template-columns:1fr}}
        """

    private var headline: String {
        let cards = [
            ("images", statistics.images), ("objects", statistics.objects), ("classes", statistics.classes.count),
            ("without objects", statistics.emptyImages), ("unreadable", statistics.unreadableImages),
            ("image sizes", statistics.commonSizes.count),
        ]
        return "<section class=\"cards\">"
            + cards.map { "<div><span>\($0.0)</span><strong>\($0.1)</strong></div>" }.joined() + "</section>\n"
    }

    private var splitSection: String {
        let names = (Split.allCases.map(\.rawValue) + ["none"]).filter { statistics.splits[$0] != nil }
        let rows = names.compactMap { name in
            statistics.splits[name].map { counts in
                "<tr><th scope=\"row\">\(name == "none" ? "no split" : name)</th><td>\(counts.images)</td>"
                    + "<td>\(counts.objects)</td><td>\(counts.emptyImages)</td></tr>"
            }
        }
        let kinds = statistics.kinds.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
        return """
            <section><h2>Splits</h2><div class="scroll"><table class="numbers sizes"><thead><tr><th scope="col">split</th>\
            <th>images</th><th>objects</th><th>without objects</th></tr></thead><tbody>\(rows.joined())</tbody></table>\
            </div><p style="margin-top:14px">Labels: \(escaped(kinds.isEmpty ? "none" : kinds))</p></section>

            """
    }

    /// Classes by their objects, the most common first.
    private var classSection: String {
        let most = Double(max(statistics.classes.map(\.objects).max() ?? 0, 1))
        let splits = (Split.allCases.map(\.rawValue) + ["none"]).filter { statistics.splits[$0] != nil }
        let rows = statistics.classes.sorted { ($1.objects, $0.name) < ($0.objects, $1.name) }.map { counts in
            let share = fixed(Double(counts.objects) / most * 100, 1)
            let cells = splits.map { "<td>\(counts.splits[$0] ?? 0)</td>" }.joined()
            return """
                <tr><th scope="row">\(escaped(counts.name))</th>\
                <td class="bar"><i style="width:\(share)%"></i><span>\(counts.objects)</span></td>\
                <td>\(counts.images)</td>\(cells)</tr>

                """
        }
        let heads = splits.map { "<th>\($0 == "none" ? "no split" : $0)</th>" }.joined()
        return """
            <section><h2>Classes</h2><div class="scroll"><table class="numbers classes"><thead><tr>\
            <th scope="col">class</th><th>objects</th><th>images</th>\(heads)</tr></thead>\
            <tbody>\(rows.joined())</tbody></table></div></section>

            """
    }

    private var imageSection: String {
        """
        <section><h2>Images</h2><div class="charts">\
        \(chart("Width", "pixels", statistics.imageWidths, .whole))\
        \(chart("Height", "pixels", statistics.imageHeights, .whole))\
        \(chart("Aspect", "width over height", statistics.imageAspects, .decimal))\
        \(chart("Objects in an image", "objects", statistics.objectsPerImage, .counted))</div></section>

        """
    }

    private var boxSection: String {
        guard statistics.boxSizes.total > 0 else { return "" }
        return """
            <section><h2>Boxes</h2><div class="charts">\
            \(chart("Size", "side of a square of the same area, % of the image's", statistics.boxSizes, .percent))\
            \(chart("Aspect", "width over height", statistics.boxAspects, .decimal))</div></section>

            """
    }

    private func chart(_ title: String, _ label: String, _ histogram: Histogram, _ style: BarChart.Style) -> String {
        "<div><h3>\(title)</h3>\(BarChart(title: title, label: label, histogram: histogram, style: style).svg)</div>\n"
    }

    /// Where boxes lie: over all classes, then for each of the most common.
    private var heatSection: String {
        guard statistics.heatMap.boxes > 0 else { return "" }
        let common = statistics.classes.filter { $0.heatMap.boxes > 0 }.sorted { $0.objects > $1.objects }.prefix(11)
        let maps =
            [("all classes", statistics.heatMap)] + (common.count > 1 ? common.map { ($0.name, $0.heatMap) } : [])
        let figures = maps.map { name, map in
            "<figure><img alt=\"\(escaped(name))\" src=\"\(dataAddress(map.pngData) ?? "")\">"
                + "<figcaption>\(escaped(name)): \(map.boxes) boxes</figcaption></figure>"
        }
        return """
            <section><h2>Where objects lie</h2><p>Every image stretched to one square; the lighter, the more boxes \
            cover that part.</p><div class="maps">\(figures.joined())</div></section>

            """
    }

    private var exampleSection: String {
        guard !examples.isEmpty else { return "" }
        let figures = examples.map { example in
            "<figure><img alt=\"\(escaped(example.name))\" src=\"\(dataAddress(example.bytes) ?? "")\">"
                + "<figcaption><b>\(escaped(example.name))</b> \(escaped(example.caption))</figcaption></figure>"
        }
        return "<section><h2>Examples</h2><div class=\"examples\">\(figures.joined())</div></section>\n"
    }
}

/// Which images a page shows: the same as long as they are there, whatever else comes or goes.
private struct ExampleChoice {
    let samples: [SourceSample]

    init(_ samples: [SourceSample], count: Int) {
        let ranked = samples.indices.map { (rank: Self.rank(samples[$0].name), index: $0) }.sorted { $0 < $1 }
        self.samples = ranked.prefix(count).map { samples[$0.index] }
    }

    private static func rank(_ name: String) -> UInt64 {
        SHA256.hash(Array(name.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension StatisticsPage.Example {
    private static let side = 480

    /// `nil` where the image cannot be read.
    fileprivate init?(_ sample: SourceSample, classNames: [String]) {
        let image: Image, annotations: [Annotation]
        switch sample.content {
        case .generated(let make):
            let generated = make()
            guard let decoded = try? Image(decoding: generated.bytes, name: sample.name) else { return nil }
            (image, annotations) = (decoded, generated.labels.annotations)
        case .file(let path):
            guard let decoded = try? Image(contentsOf: path) else { return nil }
            (image, annotations) = (decoded, sample.labels(decoded.size).annotations)
        }
        (name, caption) = (sample.name, Self.caption(annotations, classNames, size: image.size))
        let scale = Double(Self.side) / Double(max(image.width, image.height))
        let width = max(1, Int(Double(image.width) * scale)), height = max(1, Int(Double(image.height) * scale))
        let small = image.resized(width: width, height: height, interpolation: scale < 1 ? .antialiased : .bilinear)
        bytes = small.drawing(labels: annotations, of: image.size, classNames: classNames).jpegData(quality: 82)
    }

    private static func caption(_ annotations: [Annotation], _ names: [String], size: ImageSize) -> String {
        let counts = Dictionary(grouping: annotations, by: \.label).mapValues(\.count)
        let parts = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \(names[$0.key])" }
        return "\(size), " + (parts.isEmpty ? "no object" : parts.joined(separator: ", "))
    }
}

extension Image {
    /// The image with annotations drawn that were made for another size of it.
    fileprivate func drawing(labels: [Annotation], of size: ImageSize, classNames: [String]) -> Image {
        let (x, y) = (Float(width) / Float(size.width), Float(height) / Float(size.height))
        let shown = labels.filter { !$0.isWholeImage }.prefix(60)
        // Names are left out where so many would cover the picture.
        let boxes = shown.map { annotation in
            let box = annotation.bounds(in: size)
            return (
                BoundingBox(
                    minX: Float(box.minX) * x, minY: Float(box.minY) * y, maxX: Float(box.maxX) * x,
                    maxY: Float(box.maxY) * y), shown.count <= 8 ? classNames[annotation.label] : "",
                Color.palette(annotation.label)
            )
        }
        let points = shown.flatMap { annotation in
            annotation.keypoints.enumerated().map { index, point in
                (
                    Keypoint(
                        x: Float(point.position.x) * x, y: Float(point.position.y) * y, visibility: point.visibility),
                    Color.palette(index)
                )
            }
        }
        return drawing(boxes: Array(boxes), points: points, enlargedTo: 1)
    }
}

extension HeatMap {
    /// 32×32 pixels from dark to light.
    var pngData: [UInt8] {
        let most = max(cells.max() ?? 0, 1e-9)
        let levels = cells.map { UInt8(($0 / most * 255).rounded()) }
        return IndexImage(width: Self.side, height: Self.side, indices: levels).pngData(palette: Self.palette)
    }

    /// Dark violet over red and orange to light yellow.
    private static let palette: [Color] = {
        let stops: [(Double, Double, Double)] = [
            (13, 8, 35), (79, 18, 99), (155, 41, 100), (220, 80, 57), (249, 155, 20), (252, 245, 165),
        ]
        return (0..<256).map { level in
            let position = Double(level) / 255 * Double(stops.count - 1)
            let index = min(Int(position), stops.count - 2), part = position - Double(index)
            let (a, b) = (stops[index], stops[index + 1])
            func mix(_ a: Double, _ b: Double) -> UInt8 { UInt8(a + (b - a) * part) }
            return Color(red: mix(a.0, b.0), green: mix(a.1, b.1), blue: mix(a.2, b.2))
        }
    }()
}
