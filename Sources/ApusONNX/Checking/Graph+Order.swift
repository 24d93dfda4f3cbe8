extension Graph {
    /// The nodes in an order in which every value is there before it is read: the file's own where it is one.
    public func sortedNodes() throws(GraphError) -> [Node] { try nodes.sorted(from: scope()) }
}

extension [Node] {
    /// Kahn's algorithm, without recursion: a chain may be as long as the file.
    func sorted(from sources: Scope) throws(GraphError) -> [Node] {
        let reads = map { Set($0.reads) }
        guard !isSorted(from: sources, reads: reads) else { return self }
        var producers = [String: Int]()
        for (index, node) in enumerated() { for output in node.outputs { producers[output] = index } }
        var readers = [[Int]](repeating: [], count: count)
        var missing = [Int](repeating: 0, count: count)
        for index in indices {
            for value in reads[index] where !sources.contains(value) {
                guard let producer = producers[value] else {
                    throw .undefinedValue(value, node: self[index].label)
                }
                readers[producer].append(index)
                missing[index] += 1
            }
        }
        return try release(readers, missing)
    }

    private func isSorted(from sources: Scope, reads: [Set<String>]) -> Bool {
        let known = Scope([], within: sources)
        for (node, reads) in zip(self, reads) {
            guard reads.allSatisfy(known.contains) else { return false }
            for output in node.outputs { _ = known.insert(output) }
        }
        return true
    }

    private func release(_ readers: [[Int]], _ missing: [Int]) throws(GraphError) -> [Node] {
        var missing = missing
        var order = indices.filter { missing[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]].sorted() {
                missing[reader] -= 1
                if missing[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        guard order.count == count else {
            throw .cycle(through: indices.filter { missing[$0] > 0 }.prefix(4).map { self[$0].label })
        }
        return order.map { self[$0] }
    }
}

extension Node {
    /// The values that must be there before the node runs, those that its subgraphs take from outside included.
    public var reads: [String] { inputs.filter { !$0.isEmpty } + subgraphs.flatMap(\.captures) }
}

extension Graph {
    /// The values that the graph takes from the graphs around it.
    public var captures: [String] {
        let defined = Set(inputs.map(\.name)).union(constantNames).union(nodes.flatMap(\.outputs))
        return (nodes.flatMap(\.reads) + outputs.map(\.name)).filter { !defined.contains($0) }
    }
}
