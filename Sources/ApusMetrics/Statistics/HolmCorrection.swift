/// The p-values of several tests made fit to be compared with one level: of all true hypotheses together, one is
/// rejected no more often than the level says.
///
/// Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal of Statistics 6, 1979.
public func holmAdjusted(_ pValues: [Double]) -> [Double] {
    let order = pValues.indices.sorted { (pValues[$0], $0) < (pValues[$1], $1) }
    var adjusted = pValues
    var highest = 0.0
    for (rank, index) in order.enumerated() {
        highest = max(highest, min(1, Double(pValues.count - rank) * pValues[index]))
        adjusted[index] = highest
    }
    return adjusted
}
