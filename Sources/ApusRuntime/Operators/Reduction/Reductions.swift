/// Summaries along axes.
let reductions: [any Operator.Type] = [
    CumulativeSum.self,
    L1Reduction.self,
    L2Reduction.self,
    LargestElements.self,
    LogOfSumOfExponentialsReduction.self,
    LogOfSumReduction.self,
    MaximumIndex.self,
    MaximumReduction.self,
    MeanReduction.self,
    MinimumIndex.self,
    MinimumReduction.self,
    ProductReduction.self,
    SumOfSquaresReduction.self,
    SumReduction.self,
]
