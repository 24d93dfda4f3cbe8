/// Which part of a checkpoint holds the weights: training programs save them beside optimizers, epochs and averages.
struct WeightChoice {
    let heap: PickleHeap
    let limits: ReadingLimits

    /// The chosen part, its keys from the root joined by dots, and its tensors.
    typealias Choice = (key: String, tensors: [TensorTree.Found])

    /// Keys of averaged weights first: they are the ones to evaluate and to start from.
    static let preferred = [
        "ema", "model_ema", "ema_state_dict", "state_dict_ema", "model", "model_state_dict", "state_dict", "net",
        "network", "module", "weights", "params",
    ]
    private static let foreign: Set<String> = [
        "optimizer", "optimizers", "optimizer_state_dict", "optimizer_states", "scheduler", "lr_scheduler",
        "lr_schedulers", "scaler", "updates",
    ]

    /// The part under `key` (names joined by dots), or what is most likely the weights.
    func choose(from root: PickleValue, key: String?) throws(CheckpointError) -> Choice {
        if let key { return (key, try TensorTree.tensors(in: part(key, of: root), of: heap, limits: limits)) }
        var (value, path) = (root, [String]())
        while path.count < 8, let (name, inner) = try next(in: value) {
            path.append(name)
            value = inner
        }
        let tensors = try TensorTree.tensors(in: value, of: heap, limits: limits, skipping: WeightChoice.foreign)
        return (path.joined(separator: "."), tensors)
    }

    /// The first preferred key under which there are tensors. A tensor itself is no such part.
    private func next(in value: PickleValue) throws(CheckpointError) -> (String, PickleValue)? {
        for name in WeightChoice.preferred {
            guard let inner = heap.value(name, in: value), let node = heap.node(inner) else { continue }
            if case .tensor = node.kind { continue }
            if try !TensorTree.tensors(in: inner, of: heap, limits: limits).isEmpty { return (name, inner) }
        }
        return nil
    }

    private func part(_ key: String, of root: PickleValue) throws(CheckpointError) -> PickleValue {
        var value = root
        for name in key.split(separator: ".") {
            let state = heap.node(value)?.state ?? .none
            guard let inner = heap.value(String(name), in: value) ?? heap.value(String(name), in: state) else {
                throw CheckpointError(
                    expected: "the key '\(key)'", found: keys(of: value), remedy: "choose one of these, or none")
            }
            value = inner
        }
        return value
    }

    private func keys(of value: PickleValue) -> String {
        let keys = heap.node(value)?.entries.compactMap(\.key.namePart) ?? []
        let shown = keys.prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        return keys.isEmpty ? "no dictionary" : "the keys \(shown)" + (keys.count > 12 ? ", …" : "")
    }
}
