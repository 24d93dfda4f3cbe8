import ApusAugmentation
import ApusVision

/// What the objects of one image teach, ready for a batch.
struct ImageTargets: Sendable {
    /// Of the image 0.
    var targets: [DetectionTarget] = []
    var keypoints: [SIMD3<Float>] = []
    var masks = InstanceMasks()

    init() {}

    /// - Parameters:
    ///   - size: the image's, which the objects are in the pixels of.
    ///   - keypointCount: rows for each object; pose.
    init(_ objects: [SceneObject], for task: ObjectTask, size: ImageSize, keypointCount: Int) {
        targets = objects.map { DetectionTarget($0, for: task, in: size) }
        switch task {
        case .detect, .obb: break
        case .segment: for object in objects { masks.add(object, in: size) }
        case .pose: keypoints = objects.flatMap { Self.rows($0.shape?.keypoints, count: keypointCount, in: size) }
        }
    }

    /// Points that are not there are 0, 0, 0.
    private static func rows(_ keypoints: Keypoints?, count: Int, in size: ImageSize) -> [SIMD3<Float>] {
        (0..<count).map { index in
            guard let points = keypoints?.points, points.indices.contains(index), points[index].visibility != .absent
            else { return SIMD3(0, 0, 0) }
            let point = points[index]
            return SIMD3(
                point.x / Float(size.width), point.y / Float(size.height), Float(point.visibility.rawValue))
        }
    }
}

extension DetectionTarget {
    init(_ object: SceneObject, for task: ObjectTask, in size: ImageSize) {
        let (width, height) = (Float(size.width), Float(size.height))
        guard task == .obb, let turned = object.shape?.turned else {
            let box = object.box
            self.init(
                image: 0, label: object.label, centerX: box.centerX / width, centerY: box.centerY / height,
                width: box.width / width, height: box.height / height)
            return
        }
        self.init(
            image: 0, label: object.label, centerX: Float(turned.center.x) / width,
            centerY: Float(turned.center.y) / height, width: Float(turned.width) / width,
            height: Float(turned.height) / height, angle: Float(turned.standardAngle))
    }
}

extension InstanceMasks {
    /// Adds an object of an image of this size.
    mutating func add(_ object: SceneObject, in size: ImageSize) {
        let window = Window(around: object.box, in: size, offset: bytes.count)
        windows.append(window)
        bytes += repeatElement(0, count: window.width * window.height)
        for part in object.shape?.outline ?? [] { fill(part, window) }
    }

    /// Adds another image's, after those that are there.
    mutating func append(_ other: InstanceMasks) {
        windows += other.windows.map { window in
            var window = window
            window.offset += bytes.count
            return window
        }
        bytes += other.bytes
    }

    /// Sets the cells whose centres an odd number of the polygon's turns surround.
    private mutating func fill(_ polygon: [Point], _ window: Window) {
        var crossings = [[Double]](repeating: [], count: window.height)
        guard var previous = polygon.last.map(window.cells) else { return }
        for point in polygon.lazy.map(window.cells) {
            // From above, so that a seam that is walked down and up again crosses at one place.
            let (high, low) = previous.y < point.y ? (previous, point) : (point, previous)
            for row in Self.centers(high.y, low.y, limit: window.height) {
                let share = (Double(row) + 0.5 - high.y) / (low.y - high.y)
                crossings[row].append(high.x + share * (low.x - high.x))
            }
            previous = point
        }
        for (row, places) in crossings.enumerated() where !places.isEmpty {
            let places = places.sorted()
            for index in stride(from: 0, to: places.count - 1, by: 2) {
                for column in Self.centers(places[index], places[index + 1], limit: window.width) {
                    bytes[window.offset + row * window.width + column] = 1
                }
            }
        }
    }

    /// Whole numbers n with start ≤ n + ½ < end, from 0 to below `limit`.
    private static func centers(_ start: Double, _ end: Double, limit: Int) -> Range<Int> {
        func first(_ value: Double) -> Int { Int(min(max((value - 0.5).rounded(.up), 0), Double(limit))) }
        return first(start)..<max(first(start), first(end))
    }
}

extension InstanceMasks.Window {
    init(around box: BoundingBox, in size: ImageSize, offset: Int) {
        let cell = InstanceMasks.cell
        func span(_ low: Float, _ high: Float, _ limit: Int) -> (start: Int, length: Int) {
            let cells = (limit + cell - 1) / cell
            let start = min(max(Int((low / Float(cell)).rounded(.down)), 0), max(cells - 1, 0))
            let end = min(max(Int((high / Float(cell)).rounded(.up)), start + 1), cells)
            return (start, max(end - start, 0))
        }
        let (x, y) = (span(box.minX, box.maxX, size.width), span(box.minY, box.maxY, size.height))
        self.init(left: x.start, top: y.start, width: x.length, height: y.length, offset: offset)
    }

    /// A place of the image, in cells from the window's corner.
    func cells(_ point: Point) -> Point {
        point / Double(InstanceMasks.cell) - Point(Double(left), Double(top))
    }
}
