import ApusTuning

/// Plays a search against a function: the finished trials, in order.
func played(_ search: Search, trials count: Int, _ score: ([String: String]) -> Double?) -> [Trial] {
    var trials: [Trial] = []
    for number in 0..<count {
        guard let values = search.proposal(number, after: trials) else { break }
        var trial = Trial(number: number, values: values)
        let value = score(values)
        trial.state = value == nil ? .failed : .complete
        trial.measurements = value.map { [Trial.Measurement(epoch: 1, value: $0)] } ?? []
        trials.append(trial)
    }
    return trials
}

/// A rate, a share, a batch size and a name.
let mixedSpace: [String: ParameterDomain] = [
    "rate": .interval(NumericDomain(low: 1e-5, high: 1e-1, isLog: true)),
    "share": .interval(NumericDomain(low: -1, high: 3)),
    "size": .interval(NumericDomain(low: 8, high: 64, step: 8)),
    "name": .choices(["adam", "sgd", "lion"]),
]

extension [String: String] {
    func number(_ key: String) -> Double { self[key].flatMap { Double($0) } ?? .nan }
}
