/// A regular expression as a tree.
indirect enum PatternNode {
    case scalar(ScalarSet)
    case boundary(Pattern.Boundary)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case repeated(PatternNode, least: Int, most: Int?)
}

/// Writes the machine's program for a tree.
struct PatternCompiler {
    private(set) var steps: [Pattern.Step] = []
    /// Nodes added so far, those that make no step included: empty groups repeat too.
    private var work = 0
    private static let limit = 20_000

    mutating func add(_ node: PatternNode) throws(PatternError) {
        work += 1
        guard work < Self.limit else { throw PatternError(reason: "of at most \(Self.limit) steps") }
        switch node {
        case .scalar(let set): steps.append(.scalar(set))
        case .boundary(let boundary): steps.append(.boundary(boundary))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .alternatives(let nodes): try addAlternatives(nodes[...])
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try add(node) }
            if let most { try addOptional(node, count: most - least) } else { try addLoop(node) }
        }
    }

    private mutating func addAlternatives(_ nodes: ArraySlice<PatternNode>) throws(PatternError) {
        var ends: [Int] = []
        for (index, node) in nodes.enumerated() {
            let fork = steps.count
            if index < nodes.count - 1 { steps.append(.fork(fork + 1, 0)) }
            try add(node)
            guard index < nodes.count - 1 else { break }
            ends.append(steps.count)
            steps.append(.jump(0))
            steps[fork] = .fork(fork + 1, steps.count)
        }
        for end in ends { steps[end] = .jump(steps.count) }
    }

    private mutating func addOptional(_ node: PatternNode, count: Int) throws(PatternError) {
        var forks: [Int] = []
        for _ in 0..<count {
            forks.append(steps.count)
            steps.append(.fork(0, 0))
            try add(node)
        }
        for fork in forks { steps[fork] = .fork(fork + 1, steps.count) }
    }

    private mutating func addLoop(_ node: PatternNode) throws(PatternError) {
        let fork = steps.count
        steps.append(.fork(0, 0))
        try add(node)
        steps.append(.jump(fork))
        steps[fork] = .fork(fork + 1, steps.count)
    }
}
