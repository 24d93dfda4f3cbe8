import ApusCore
import ApusRuntime
import Glibc

/// What a model needs in memory, in bytes.
struct MemoryPlan: Encodable {
    /// The constants of the file; those that are used in place cost no memory of their own.
    let weights: Int
    /// What the session holds beside the file: packed weights, folded constants, tables.
    let packed: Int
    /// The values that are alive at once, where that is most.
    let peakValues: Int
    /// All buffers of one run, those that operators need for themselves included.
    let held: Int

    init(weights: Int, packed: Int, _ nodes: [NodeReport]) {
        (self.weights, self.packed) = (weights, packed)
        peakValues = Self.peak(nodes)
        held = nodes.map(\.heldBytes).max() ?? 0
    }

    /// A value lives from the node that makes it to the last that reads it.
    private static func peak(_ nodes: [NodeReport]) -> Int {
        var lastUse: [String: Int] = [:]
        for (index, node) in nodes.enumerated() {
            for value in node.inputs + node.outputs { lastUse[value.name] = index }
        }
        var living: [String: Int] = [:]
        var (live, peak) = (0, 0)
        for (index, node) in nodes.enumerated() {
            for value in node.inputs + node.outputs {
                let bytes = value.bytes ?? 0
                if living.updateValue(bytes, forKey: value.name) == nil { live += bytes }
            }
            peak = max(peak, live)
            for value in node.inputs + node.outputs where lastUse[value.name] == index {
                live -= living.removeValue(forKey: value.name) ?? 0
            }
        }
        return peak
    }

    /// The process's memory that is its own and touched: what no file backs.
    static func ownBytes() -> Int {
        let fields = (try? FileSystem.readText("/proc/self/statm"))?.split(separator: " ").compactMap { Int($0) } ?? []
        return fields.count > 2 ? (fields[1] - fields[2]) * Int(getpagesize()) : 0
    }
}
