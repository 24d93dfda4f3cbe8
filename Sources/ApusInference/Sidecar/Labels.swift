import ApusConfiguration
import ApusCore

/// The names of the classes: a list, a file of them, or `coco80`.
///
/// A file has one name a line, or is YAML or JSON: a list, a mapping from index to name, or either below `names`.
struct Labels: Codable, Hashable, Sendable {
    var names: [String]

    init(_ names: [String] = []) { self.names = names }

    init(from decoder: any Decoder) throws {
        if (try? decoder.unkeyedContainer()) != nil {
            names = try [String](from: decoder)
        } else {
            let path = try WorkspacePath(from: decoder)
            names = try path.written == "coco80" ? COCO.names : Self.read(path.resolved)
        }
    }

    func encode(to encoder: any Encoder) throws {
        if names == COCO.names { try "coco80".encode(to: encoder) } else { try names.encode(to: encoder) }
    }

    private static func read(_ path: String) throws(ConfigurationError) -> [String] {
        let isYAML = [".yaml", ".yml", ".json"].contains { path.lowercased().hasSuffix($0) }
        return try isYAML ? structured(YAMLReader.read(path: path)) : lines(path)
    }

    /// Empty lines at the end do not count; within the list they are classes without a name.
    private static func lines(_ path: String) throws(ConfigurationError) -> [String] {
        let text: String
        do throws(FileError) {
            text = try FileSystem.readText(path)
        } catch {
            throw ConfigurationError(
                .unreadable, at: .file(path, line: 0, column: 0), problem: error.description)
        }
        var names = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        while names.last?.isEmpty == true { names.removeLast() }
        return names
    }

    private static func structured(_ root: YAMLNode) throws(ConfigurationError) -> [String] {
        let node = root["names"] ?? root
        if let elements = node.elements, elements.allSatisfy({ $0.text != nil }) {
            return elements.compactMap(\.text)
        }
        let pairs = node.entries?.compactMap { entry in
            Int(entry.key).flatMap { index in entry.value.text.map { (index, $0) } }
        }
        guard let pairs, !pairs.isEmpty, let names = names(numbered: pairs) else {
            throw ConfigurationError(
                .wrongType, at: node.position, problem: "expected names in a list, or numbered from 0",
                remedy: "write one name a line into a .txt file")
        }
        return names
    }

    /// The names by index, `nil` where one is far outside or given twice; gaps are named by their number.
    static func names(numbered pairs: [(Int, String)]) -> [String]? {
        guard let last = pairs.map(\.0).max(), pairs.allSatisfy({ $0.0 >= 0 }), last < 1 << 20 else { return nil }
        var names = (0...last).map { "class \($0)" }
        for (index, name) in pairs { names[index] = name }
        return Set(pairs.map(\.0)).count == pairs.count ? names : nil
    }
}

/// The eighty classes of COCO's detection task, in the order that detectors number them.
enum COCO {
    static let names = """
        person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign parking_meter \
        bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase frisbee \
        skis snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle \
        wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut cake \
        chair couch potted_plant bed dining_table toilet tv laptop mouse remote keyboard cell_phone microwave oven \
        toaster sink refrigerator book clock vase scissors teddy_bear hair_drier toothbrush
        """.split(separator: " ").map { name in String(name.map { $0 == "_" ? " " : $0 }) }
}
