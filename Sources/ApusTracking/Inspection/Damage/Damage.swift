/// Something wrong in a store, and how to mend it.
struct Damage: Equatable, Sendable {
    /// What makes it good; whatever is replaced or taken out of the store is kept beside it.
    enum Mending: Equatable, Sendable {
        /// Out of the store with it.
        case setAside
        /// The file holds this from then on.
        case write(String)
        /// A metric's file keeps what are points in it.
        case keepPoints
        case makeFolder
        /// It never was in the store, or was to go from it.
        case remove
    }

    var severity = StoreFinding.Severity.error
    var path: String
    var problem: String
    /// `nil` where only people can tell what is right.
    var mending: Mending?

    var finding: StoreFinding {
        StoreFinding(severity: severity, path: path, problem: problem, isMendable: mending != nil)
    }
}
