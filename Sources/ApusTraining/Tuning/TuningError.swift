/// A search that cannot start or go on.
public enum TuningError: Error, Equatable, CustomStringConvertible {
    case unknownMetric(String, known: [String])
    /// The run is none of a search.
    case noSearch(run: String)
    case damagedJournal(path: String)
    case otherDataset(found: String, expected: String)
    /// More trials than there may be, or none beyond those that were to be.
    case trials(Int)
    case nothingSucceeded(trials: Int, last: String)

    public var description: String {
        switch self {
        case .unknownMetric(let name, let known):
            "tune.metric: '\(name)' is no metric of this task, which has \(known.joined(separator: ", "))"
        case .noSearch(let run): "run \(run) is no search; 'apus tune EXPERIMENT.yaml' starts one"
        case .damagedJournal(let path): "\(path) is damaged: it is no list of trials that Apus wrote"
        case .otherDataset(let found, let expected):
            "the search is about dataset \(expected), found \(found); restore that version or start a new search"
        case .trials(let count): "expected 1 to 10000 trials, found \(count)"
        case .nothingSucceeded(let trials, let last):
            "none of \(trials) trials has a result; the last one: \(last)"
        }
    }
}
