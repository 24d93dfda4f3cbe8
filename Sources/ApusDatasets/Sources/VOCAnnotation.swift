import ApusCore
import Glibc

/// One XML file of Pascal VOC.
struct VOCAnnotation: Sendable {
    struct Object: Sendable {
        var name: String
        var minX, minY, maxX, maxY: Double
        var line: Int
    }

    /// An annotation, or why there is none, and what was wrong inside it.
    struct Reading: Sendable {
        var annotation: VOCAnnotation?
        var faults: [Fault] = []
    }

    var path: String
    var fileName: String?
    var size: (width: Int, height: Int)?
    var objects: [Object] = []

    static func read(_ path: String) -> Reading {
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path) } catch {
            let message = error.isNotFound ? "no such label file; image left out" : "\(error); image left out"
            return Reading(faults: [Fault(.missingLabels, file: path, message: message)])
        }
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
        var reading = Reading(annotation: VOCAnnotation(path: path))
        reading.annotation?.fileName = root.first("filename")?.text
        reading.annotation?.size = size(root.first("size"))
        for element in root.all("object") {
            switch object(element, path: path) {
            case .success(let object): reading.annotation?.objects.append(object)
            case .failure(let error): reading.faults.append(error.fault)
            }
        }
        return reading
    }

    private static func size(_ element: XMLElement?) -> (width: Int, height: Int)? {
        guard let width = element?.first("width").flatMap({ Int($0.text) }),
            let height = element?.first("height").flatMap({ Int($0.text) }), width > 0, height > 0
        else { return nil }
        return (width, height)
    }

    private struct ObjectError: Error {
        var fault: Fault
    }

    private static func object(_ element: XMLElement, path: String) -> Result<Object, ObjectError> {
        guard let name = element.first("name"), !name.text.isEmpty else {
            return failure(.malformedLabels, element, "an object without <name>", path)
        }
        guard let box = element.first("bndbox") else {
            return failure(.malformedLabels, element, "object '\(name.text)' has no <bndbox>", path)
        }
        var edges = [Double]()
        for key in ["xmin", "ymin", "xmax", "ymax"] {
            guard let edge = box.first(key) else {
                return failure(.malformedLabels, box, "<bndbox> without <\(key)>", path)
            }
            switch LabelNumber(edge.text) {
            case .finite(let value): edges.append(value)
            case .nonFinite: return failure(.nonFiniteLabel, edge, "<\(key)> is \(edge.text)", path)
            case .malformed: return failure(.malformedLabels, edge, "<\(key)> is '\(edge.text.prefix(30))'", path)
            }
        }
        return .success(
            Object(name: name.text, minX: edges[0], minY: edges[1], maxX: edges[2], maxY: edges[3], line: box.line))
    }

    private static func failure(
        _ kind: Fault.Kind, _ element: XMLElement, _ message: String, _ path: String
    ) -> Result<Object, ObjectError> {
        .failure(ObjectError(fault: Fault(kind, file: path, line: element.line, message: message + "; box left out")))
    }
}

extension FileError {
    var isNotFound: Bool { code == ENOENT }
}
