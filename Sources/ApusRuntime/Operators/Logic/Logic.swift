/// Comparisons and truth values.
let logic: [any Operator.Type] = [
    Conjunction.self,
    Disjunction.self,
    Equality.self,
    ExclusiveDisjunction.self,
    GreaterThan.self,
    GreaterThanOrEqual.self,
    IsNotANumber.self,
    LessThan.self,
    LessThanOrEqual.self,
    Negated.self,
    Where.self,
]
