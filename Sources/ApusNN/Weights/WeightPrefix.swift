import ApusTorch

/// How a file's names become a model's: `module.` of distributed training, `model.` of a wrapper, and the like.
struct WeightPrefix: Equatable {
    var removed = ""
    var added = ""

    /// The model's name for a file's, or `nil` where the file's lacks the prefix.
    func renamed(_ name: String) -> String? { name.hasPrefix(removed) ? added + name.dropFirst(removed.count) : nil }

    /// The change under which most tensors agree in name and shape; none where that is as good.
    static func best(for own: StateDictionary, given: StateDictionary) -> WeightPrefix {
        let additions = [""] + prefixes(of: own.names)
        let candidates = ([""] + prefixes(of: given.names)).flatMap { removed in
            additions.map { WeightPrefix(removed: removed, added: $0) }
        }
        var best = (prefix: WeightPrefix(), count: -1)
        for prefix in candidates {
            let count = given.count { entry in
                guard let name = prefix.renamed(entry.name), let tensor = own[name] else { return false }
                return tensor.shape == entry.tensor.shape
            }
            if count > best.count { best = (prefix, count) }
        }
        return best.prefix
    }

    /// The first one, two and three parts of names, the most frequent ones.
    private static func prefixes(of names: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for name in names {
            var prefix = ""
            for part in name.split(separator: ".").dropLast().prefix(3) {
                prefix += part + "."
                counts[prefix, default: 0] += 1
            }
        }
        let frequent = counts.sorted { ($1.value, $0.key.utf8.count, $0.key) < ($0.value, $1.key.utf8.count, $1.key) }
        return frequent.prefix(6).map(\.key)
    }
}
