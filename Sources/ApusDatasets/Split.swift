/// What a sample is for; raw values are the names in files and on the command line.
public enum Split: String, CaseIterable, Codable, Hashable, Sendable {
    case train, val, test

    /// The number in `/images/split`.
    var code: UInt8 {
        switch self {
        case .train: 0
        case .val: 1
        case .test: 2
        }
    }

    init?(code: UInt8) {
        guard code < 3 else { return nil }
        self = Split.allCases[Int(code)]
    }
}
