/// How pixels outside a picture are made up; the raw values are OpenCV's.
public enum BorderMode: Int, Codable, Hashable, Sendable, CaseIterable, NamedCode {
    /// A `Fill`.
    case constant = 0
    /// `aaa|abcd|ddd`
    case replicate = 1
    /// `cba|abcd|dcb`
    case reflect = 2
    /// `bcd|abcd|abc`
    case wrap = 3
    /// `dcb|abcd|cba`
    case reflect101 = 4
}
