import ApusAugmentation
import ApusCore
import Glibc

/// One XML file of Pascal VOC.
struct VOCFile: Sendable {
    struct Object: Sendable {
        var name: String
        var box: AnnotatedBox?
        var rotatedBox: TurnedBox?
        var flags: Annotation.Flags = []
        var pose: String?
        var line: Int
    }

    /// An annotation, or why there is none, and what was wrong inside it.
    struct Reading: Sendable {
        var annotation: VOCFile?
        var faults: [Fault] = []
    }

    var path: String
    var fileName: String?
    var size: ImageSize?
    var objects: [Object] = []

    static func read(_ path: String) -> Reading {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch {
            let message = error.isNotFound ? "no such label file; image left out" : "\(error); image left out"
            return Reading(faults: [Fault(.missingLabels, file: path, message: message)])
        }
        return parse(bytes, path: path)
    }

    /// - Parameter path: what faults call these bytes.
    static func parse(_ bytes: [UInt8], path: String) -> Reading {
        do throws(XMLError) {
            return reading(of: try XMLElement.parse(bytes), path: path)
        } catch {
            let fault = Fault(
                .malformedLabels, file: path, line: error.line, message: "\(error.reason); image left out")
            return Reading(faults: [fault])
        }
    }

    private static func reading(of root: XMLElement, path: String) -> Reading {
        guard root.name == "annotation" else {
            let message = "<\(root.name)> instead of <annotation>; image left out"
            return Reading(faults: [Fault(.malformedLabels, file: path, line: root.line, message: message)])
        }
        var reading = Reading(annotation: VOCFile(path: path))
        reading.annotation?.fileName = root.first("filename")?.text
        reading.annotation?.size = size(root.first("size"))
        for element in root.all("object") {
            do throws(VOCObjectError) {
                reading.annotation?.objects.append(try Object(element))
            } catch {
                let message = error.reason + "; box left out"
                reading.faults.append(Fault(error.kind, file: path, line: error.line, message: message))
            }
        }
        return reading
    }

    private static func size(_ element: XMLElement?) -> ImageSize? {
        guard let width = element?.first("width").flatMap({ Int($0.text) }),
            let height = element?.first("height").flatMap({ Int($0.text) }), width > 0, height > 0
        else { return nil }
        return ImageSize(width: width, height: height)
    }
}

/// An object that cannot be used.
struct VOCObjectError: Error {
    var kind: Fault.Kind
    var line: Int
    var reason: String

    init(_ kind: Fault.Kind, _ element: XMLElement, _ reason: String) {
        (self.kind, line, self.reason) = (kind, element.line, reason)
    }
}

extension VOCFile.Object {
    fileprivate init(_ element: XMLElement) throws(VOCObjectError) {
        guard let name = element.first("name"), !name.text.isEmpty else {
            throw VOCObjectError(.malformedLabels, element, "an object without <name>")
        }
        self.name = name.text
        if let rotated = element.first("robndbox") {
            line = rotated.line
            let values = try rotated.numbers(["cx", "cy", "w", "h", "angle"])
            rotatedBox = TurnedBox(
                center: Point(values[0], values[1]), size: SIMD2(values[2], values[3]), angle: values[4])
        } else if let box = element.first("bndbox") {
            line = box.line
            let edges = try box.numbers(["xmin", "ymin", "xmax", "ymax"])
            self.box = AnnotatedBox(minX: edges[0], minY: edges[1], maxX: edges[2], maxY: edges[3])
        } else {
            throw VOCObjectError(.malformedLabels, element, "object '\(name.text)' has no <bndbox>")
        }
        for (key, flag) in Self.flags where element.first(key)?.text == "1" { flags.insert(flag) }
        pose = element.first("pose").flatMap { ["", "Unspecified"].contains($0.text) ? nil : $0.text }
    }

    /// The elements that are 0 or 1.
    static let flags: [(String, Annotation.Flags)] = [
        ("truncated", .truncated), ("difficult", .difficult), ("occluded", .occluded),
    ]
}

extension XMLElement {
    fileprivate func numbers(_ keys: [String]) throws(VOCObjectError) -> [Double] {
        try keys.map { (key) throws(VOCObjectError) in
            guard let child = first(key) else {
                throw VOCObjectError(.malformedLabels, self, "<\(name)> without <\(key)>")
            }
            switch LabelNumber(child.text) {
            case .finite(let value): return value
            case .nonFinite: throw VOCObjectError(.nonFiniteLabel, child, "<\(key)> is \(child.text)")
            case .malformed:
                throw VOCObjectError(.malformedLabels, child, "<\(key)> is '\(child.text.prefix(30))'")
            }
        }
    }
}

extension VOCFile.Reading {
    /// - Parameter offset: subtracted from xmin and ymin.
    func labels(classes: ClassTable, offset: Double) -> SourceLabels {
        guard let annotation else { return SourceLabels(faults: faults, leavesOutImage: true) }
        var labels = SourceLabels(faults: faults, declaredSize: annotation.size)
        for object in annotation.objects {
            switch classes.resolve(object.name) {
            case .label(let label): labels.annotations.append(object.annotation(label: label, offset: offset))
            case .dropped: break
            case .unknown(let reason):
                let message = "class \(reason); box left out"
                labels.faults.append(
                    Fault(.classOutOfRange, file: annotation.path, line: object.line, message: message))
            }
        }
        return labels
    }
}

extension VOCFile.Object {
    fileprivate func annotation(label: Int, offset: Double) -> Annotation {
        var annotation = Annotation(label: label)
        annotation.box = box.map {
            AnnotatedBox(minX: $0.minX - offset, minY: $0.minY - offset, maxX: $0.maxX, maxY: $0.maxY)
        }
        (annotation.rotatedBox, annotation.flags) = (rotatedBox, flags)
        (annotation.pose, annotation.line) = (pose, line)
        return annotation
    }
}

extension FileError {
    var isNotFound: Bool { code == ENOENT }
}
