import ApusCore
import Glibc
import Testing
@testable import ApusVision

/// Set APUS_PICTURES to a folder to look at what these tests draw.
private func show(_ image: Image, _ name: String) throws {
    guard let folder = getenv("APUS_PICTURES") else { return }
    try FileSystem.writeWhole(image.pngData(), to: String(cString: folder) + "/" + name + ".png")
}

@Suite struct FontTests {
    @Test func `every letter is its own`() {
        let glyphs = (32..<127).map { code in
            (0..<12 * 6).map { cell in
                BitmapFont.hasInk(Character(UnicodeScalar(UInt8(code))), column: cell % 6, row: cell / 6)
            }
        }
        #expect(Set(glyphs).count == 95)
        #expect(glyphs.dropFirst().allSatisfy { $0.contains(true) })
        #expect(BitmapFont.hasInk("é", column: 0, row: 0) && !BitmapFont.hasInk("é", column: 2, row: 2))
    }

    @Test func `text can be read`() throws {
        var canvas = Canvas(width: 700, height: 240, color: .white)
        let ascii = String((32..<127).map { Character(UnicodeScalar(UInt8($0))) })
        canvas.text(ascii, x: 8, y: 8, .black)
        canvas.text("The quick brown fox jumps over the lazy dog 0123456789", x: 8, y: 40, scale: .init(1.5), .black)
        canvas.text("Ankle boot 0.87 é", x: 8, y: 90, scale: .init(2), .black)
        canvas.text("Platelets 97%", x: 8, y: 140, scale: .init(4), .black)
        try show(canvas.image, "font")
        #expect(canvas.image.pixels.contains(0))
    }

    @Test func `a text that is too long is shortened`() {
        #expect(TextScale(1).fitted("abcdefgh", width: 100) == "abcdefgh")
        #expect(TextScale(1).fitted("abcdefgh", width: 42) == "abcd..")
        #expect(TextScale(1).fitted("abcdefgh", width: 0) == "")
    }
}

@Suite struct BoxDrawingTests {
    private func box(_ x: Float, _ y: Float, _ width: Float, _ height: Float) -> BoundingBox {
        BoundingBox(minX: x, minY: y, maxX: x + width, maxY: y + height)
    }

    @Test func `labels stay inside the image and apart`() {
        var layout = LabelLayout(imageWidth: 400, imageHeight: 300, scale: .init(1))
        var stream = RandomStream(seed: 2)
        for index in 0..<40 {
            let rectangle = PixelRectangle(
                x: Int(stream.next() % 395), y: Int(stream.next() % 295), width: 5 + index, height: 5 + index)
            let frame = layout.place("class \(index)", on: rectangle).frame
            #expect(frame.x >= 0 && frame.y >= 0 && frame.x + frame.width <= 400 && frame.y + frame.height <= 300)
        }
        let shared = layout.placed.enumerated().flatMap { index, a in
            layout.placed[(index + 1)...].map { a.sharedArea(with: $0) }
        }
        #expect(shared.count { $0 > 0 } <= 2)
    }

    @Test func `boxes and labels are drawn`() throws {
        let photograph = Image.noise(width: 40, height: 30).resized(width: 640, height: 480)
        let drawn = photograph.drawing(boxes: [
            (box(60, 90, 200, 150), "T-shirt 0.91", .palette(0)), (box(70, 95, 190, 150), "Pullover 0.44", .palette(1)),
            (box(500, -20, 300, 200), "Ankle boot 0.87", .palette(2)), (box(0, 0, 640, 480), "everything", .palette(4)),
            (box(300, 300, 8, 8), "Platelets 0.5", .palette(3)), (box(290, 305, 12, 9), "RBC 0.97", .palette(6)),
            (box(295, 310, 12, 9), "WBC 0.31", .palette(5)),
        ])
        try show(drawn, "boxes")
        #expect(drawn.width == 640 && drawn != photograph)
    }

    @Test func `lines and letters grow with the image`() throws {
        let drawn = Image(width: 2000, height: 1500, color: [90, 110, 100])
            .drawing(boxes: [(box(300, 300, 900, 700), "Trouser 0.99", .palette(7))])
        try show(drawn, "large")
    }

    @Test func `odd boxes do no harm`() {
        let odd = [
            BoundingBox(minX: .nan, minY: 0, maxX: .infinity, maxY: 9), box(-50, -50, 10, 10), box(500, 500, 10, 10),
            BoundingBox(minX: 9, minY: 9, maxX: 2, maxY: 2), box(1e30, -1e30, 1e35, 1e35),
        ]
        for (width, height) in [(1, 1), (3, 200), (30, 20)] {
            let image = Image(width: width, height: height, color: [0, 0, 0])
            #expect(image.drawing(boxes: odd.map { ($0, "a long label", .palette(0)) }).width == width)
        }
    }

    @Test func `the first colours differ, and letters on them have contrast`() {
        let colors = (0..<100).map(Color.palette)
        #expect(Set(colors).count == 100)
        #expect(Color.white.contrasting == .black && Color.black.contrasting == .white)
    }
}

@Suite struct GridTests {
    @Test func `cells hold their images`() throws {
        let images = (0..<5).map { Image(width: 20 + 4 * $0, height: 30, color: [UInt8(40 * $0), 90, 200]) }
        let grid = Image.grid(images, columns: 3, spacing: 2)
        #expect((grid.width, grid.height) == (3 * 38 + 2, 2 * 32 + 2))
        try show(grid, "grid")
        #expect(Image.grid([], columns: 3).width > 0)
    }
}

@Suite struct LineChartTests {
    private func curve(_ name: String, _ value: (Double) -> Double) -> LineChart.Series {
        .init(name: name, points: (0...60).map { .init(x: Double($0), y: value(Double($0))) })
    }

    @Test func `draws several series`() throws {
        let chart = LineChart(
            title: "Training of garments", xLabel: "epoch", yLabel: "loss",
            series: [
                curve("train/box_loss") { 3 * exp(-$0 / 15) + 0.2 * sin($0) * exp(-$0 / 30) + 0.4 },
                curve("train/cls_loss") { 4 * exp(-$0 / 8) + 0.3 },
                curve("val/dfl_loss") { $0 > 20 && $0 < 25 ? .nan : 1 + 1 / (1 + $0) },
            ])
        try show(chart.image(), "chart")
        try show(chart.image(width: 320, height: 220), "chart-small")
        try show(chart.image(width: 1600, height: 1000), "chart-large")
        let many = LineChart(
            title: "Precision and recall of every class", xLabel: "recall", yLabel: "precision",
            series: (0..<10).map { index in
                .init(
                    name: "class number \(index)",
                    points: (0...20).map {
                        .init(x: Double($0) / 20, y: 1 - pow(Double($0) / 20, Double(index + 1)))
                    })
            })
        try show(many.image(), "chart-many")
        let crowd = LineChart(
            title: "Eighty classes", xLabel: "epoch", yLabel: "AP",
            series: (0..<80).map { index in curve("class \(index)") { $0 * Double(index) / 4800 } })
        try show(crowd.image(), "chart-crowd")
        let rates = LineChart(
            title: "", xLabel: "step", yLabel: "learning rate",
            series: [curve("") { 1e-4 * $0 / 60 }])
        try show(rates.image(width: 500, height: 300), "chart-rates")
    }

    @Test(arguments: [[], [1], [.nan], [2, 2, 2], [.infinity, 1], [1e300, -1e300], [0, 0]] as [[Double]])
    func `odd data do no harm`(values: [Double]) throws {
        let chart = LineChart(title: "t", xLabel: "x", yLabel: "y", series: [.init(name: "s", values: values)])
        let image = chart.image(width: 300, height: 200)
        #expect(image.width == 300)
        try show(image, "chart-odd-\(values.count)-\(values.first ?? 0)")
    }

    @Test func `axes have round steps`() {
        let scale = AxisScale([0.13, 0.87], maximumTicks: 6)
        #expect(scale.step == 0.2 && scale.low == 0 && abs(scale.high - 1) < 1e-12)
        #expect(scale.ticks.map(scale.label) == ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        let whole = AxisScale([0, 3], maximumTicks: 11, whole: true)
        #expect(whole.ticks.map(whole.label) == ["0", "1", "2", "3"])
        let tiny = AxisScale([0, 1e-4], maximumTicks: 6)
        #expect(tiny.ticks.map(tiny.label) == ["0", "2e-5", "4e-5", "6e-5", "8e-5", "1.0e-4"])
        let negative = AxisScale([-1, 1], maximumTicks: 5)
        #expect(negative.ticks.map(negative.label) == ["-1.0", "-0.5", "0.0", "0.5", "1.0"])
    }
}

@Suite struct EnlargedDrawingTests {
    @Test func `a thumbnail is enlarged by a whole factor, a large image is not`() {
        let box = [(BoundingBox(minX: 2, minY: 2, maxX: 20, maxY: 20), "x", Color.palette(0))]
        let small = Image(width: 50, height: 30, color: [0, 0, 0]).drawing(boxes: box, enlargedTo: 448)
        #expect((small.width, small.height) == (450, 270))
        let large = Image(width: 500, height: 300, color: [0, 0, 0])
        #expect(large.drawing(boxes: box, enlargedTo: 448) == large.drawing(boxes: box))
    }
}
