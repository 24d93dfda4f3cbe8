/// Operators that decide what runs, and how often.
let control: [any Operator.Type] = [Conditional.self, Loop.self, Scan.self, BatchScan.self]
